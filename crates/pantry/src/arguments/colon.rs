//! `pantry client:create web1` means `pantry client create web1`.

use std::ffi::OsString;

use clap::{ArgAction, Command};

/// Splits the noun at its colons. Only the first argument that is neither an option nor an option's
/// value is the noun, so a program's own arguments are left alone.
pub(super) fn split(typed: Vec<OsString>, command: &Command) -> Vec<OsString> {
    let Some(at) = noun_position(&typed, command) else { return typed };
    let mut split = Vec::with_capacity(typed.len() + 2);
    for (place, argument) in typed.into_iter().enumerate() {
        match argument.to_str() {
            Some(text) if place == at && is_path_of_commands(text) => {
                split.extend(text.split(':').map(OsString::from));
            }
            _ => split.push(argument),
        }
    }
    split
}

fn is_path_of_commands(text: &str) -> bool {
    text.contains(':')
        && text.split(':').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
        })
}

fn noun_position(typed: &[OsString], command: &Command) -> Option<usize> {
    let mut skip_value = false;
    for (at, argument) in typed.iter().enumerate().skip(1) {
        let text = argument.to_str()?;
        if std::mem::take(&mut skip_value) {
            continue;
        }
        if text == "--" {
            return None;
        }
        match text.strip_prefix('-') {
            Some(option) if !option.is_empty() => skip_value = wants_a_value(option, command),
            _ => return Some(at),
        }
    }
    None
}

/// Whether the option's value is the next argument: `-a` and `--application`, not `-ashop`,
/// `--application=shop` or `--json`.
fn wants_a_value(option: &str, command: &Command) -> bool {
    command.get_arguments().any(|argument| {
        let named = match option.strip_prefix('-') {
            Some(long) => argument.get_long() == Some(long),
            None => argument.get_short().is_some_and(|short| option == short.to_string()),
        };
        named && matches!(argument.get_action(), ArgAction::Set | ArgAction::Append)
    })
}

#[cfg(all(test, feature = "cli"))]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn split_text(typed: &str) -> String {
        let typed = typed.split(' ').map(OsString::from).collect();
        let split = split(typed, &super::super::Arguments::command());
        split.iter().map(|part| part.to_str().unwrap()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn only_the_noun_is_split() {
        for (typed, meant) in [
            ("pantry client:create web1", "pantry client create web1"),
            ("pantry -a shop --json job:show x", "pantry -a shop --json job show x"),
            ("pantry -ashop app:list", "pantry -ashop app list"),
            ("pantry --host a:b app:list", "pantry --host a:b app list"),
            ("pantry --host=a:b app:list", "pantry --host=a:b app list"),
            ("pantry echo a:b", "pantry echo a:b"),
            ("pantry exec -- a:b", "pantry exec -- a:b"),
            ("pantry -- a:b", "pantry -- a:b"),
            ("pantry client: create", "pantry client: create"),
            ("pantry C:create", "pantry C:create"),
        ] {
            assert_eq!(split_text(typed), meant);
        }
    }
}
