//! `pantry job …`: what was asked of clients, and what came of it.

pub(crate) mod list;
pub(crate) mod output;
pub(crate) mod show;
pub(crate) mod watch;

use pantry_model::commands::job::JobView;
use pantry_model::{Identity, Order};

use super::Context;
use crate::errors::CliError;

/// Options of `job`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List jobs, the newest first
    List(list::Options),
    /// Show a job and what came of it on each client
    Show(show::Options),
    /// Watch a job until it is over
    Watch(watch::Options),
    /// Print the output that a job has had so far
    Output(output::Options),
}

/// Does it.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    match options.verb {
        Verb::List(options) => list::run(&options, context).await,
        Verb::Show(options) => show::run(&options, context).await,
        Verb::Watch(options) => watch::run(&options, context).await,
        Verb::Output(options) => output::run(&options, context).await,
    }
}

/// The clients of a job that `-i` means; none if it was not said.
fn chosen(view: &JobView, context: &Context) -> Result<Vec<Identity>, CliError> {
    let patterns = &context.global.identities;
    let chosen: Vec<_> = view
        .deliveries
        .iter()
        .map(|delivery| &delivery.identity)
        .filter(|identity| patterns.iter().any(|pattern| pattern.matches(identity)))
        .cloned()
        .collect();
    if chosen.is_empty() && !patterns.is_empty() {
        let patterns: Vec<_> = patterns.iter().map(|p| format!("-i {}", p.as_str())).collect();
        return Err(CliError::NobodyInJob { patterns: patterns.join(" ") });
    }
    Ok(chosen)
}

/// What was asked, in a few words: `exec puppet apply`, `echo hi`.
fn order_in_words(order: &Order) -> String {
    let mut words = vec![order.command.clone()];
    if let Some(arguments) = order.arguments.as_object() {
        for name in ["program", "arguments", "text"] {
            match arguments.get(name) {
                Some(serde_json::Value::String(text)) => words.push(quoted(text)),
                Some(serde_json::Value::Array(list)) => {
                    words.extend(list.iter().filter_map(|word| word.as_str()).map(quoted));
                }
                _ => {}
            }
        }
    }
    words.join(" ")
}

fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./=:,@%+".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn an_order_reads_as_it_was_typed() {
        let order = |command: &str, arguments| Order {
            command: command.to_owned(),
            arguments,
            timeout: Duration::from_secs(1),
        };
        let exec = serde_json::json!({"program": "sh", "arguments": ["-c", "echo 'a b'"]});
        assert_eq!(order_in_words(&order("exec", exec)), r"exec sh -c 'echo '\''a b'\'''");
        assert_eq!(order_in_words(&order("echo", serde_json::json!({"text": "hi"}))), "echo hi");
        assert_eq!(order_in_words(&order("new", serde_json::json!([1]))), "new");
    }
}
