//! `.pantry/config`: what would otherwise be typed every time, one option a line.
//!
//! ```text
//! # this project's machines
//! -a shop
//! --role web
//! ```
//! It is looked for upwards from the working directory; the nearest one counts, alone. An option
//! that is typed takes the place of the same option here: `-r db` is then only `db`, not `web` and
//! `db`. Relative paths are relative to the directory that `.pantry` is in.

use std::path::{Path, PathBuf};

use clap::Parser;

use super::Global;
use crate::chef_server::ChefServer;
use crate::config::ConfigError;
use crate::environment::Environment;
use crate::errors::CliError;

#[derive(Parser)]
#[command(name = "pantry", no_binary_name = true, disable_help_flag = true)]
struct Line {
    #[command(flatten)]
    global: Global,
    #[command(flatten)]
    chef: ChefServer,
}

/// Fills in what was not typed. `chef` are the options of `pantry chef`, if it is that.
pub(super) fn fill_in(
    typed: &mut Global,
    chef: Option<&mut ChefServer>,
    environment: &Environment,
) -> Result<(), CliError> {
    let Some(path) = environment.find_upwards(".pantry/config") else { return Ok(()) };
    let text = std::fs::read_to_string(&path).map_err(|source| CliError::File {
        action: "read",
        path: path.clone(),
        source,
    })?;
    let (mut defaults, mut chef_defaults) = (Global::default(), ChefServer::default());
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let parts = match line.split_once(char::is_whitespace) {
            Some((option, value)) => vec![option, value.trim_start()],
            None => vec![line],
        };
        let read = Line::try_parse_from(parts).map_err(|error| wrong(&path, at + 1, &error))?;
        defaults = merge(read.global, defaults);
        chef_defaults = read.chef.or(chef_defaults);
    }
    let root = path.parent().and_then(Path::parent).unwrap_or(&environment.working_directory);
    let from_root = |path: &mut Option<PathBuf>| *path = path.take().map(|path| root.join(path));
    from_root(&mut defaults.config);
    from_root(&mut defaults.curve_key_file);
    from_root(&mut chef_defaults.chef_key);
    from_root(&mut chef_defaults.chef_ca_file);
    if let Some(chef) = chef {
        *chef = std::mem::take(chef).or(chef_defaults);
    }
    let chosen = std::mem::take(typed);
    // A list that was typed is the whole list.
    defaults.roles = if chosen.roles.is_empty() { defaults.roles } else { Vec::new() };
    defaults.identities =
        if chosen.identities.is_empty() { defaults.identities } else { Vec::new() };
    *typed = merge(chosen, defaults);
    Ok(())
}

/// The first where it says something, else the second; lists one after the other.
fn merge(first: Global, second: Global) -> Global {
    Global {
        config: first.config.or(second.config),
        host: first.host.or(second.host),
        application: first.application.or(second.application),
        environment: first.environment.or(second.environment),
        roles: second.roles.into_iter().chain(first.roles).collect(),
        identities: second.identities.into_iter().chain(first.identities).collect(),
        search: first.search.or(second.search),
        json: first.json || second.json,
        curve_key_file: first.curve_key_file.or(second.curve_key_file),
        connect_timeout: first.connect_timeout.or(second.connect_timeout),
    }
}

fn wrong(path: &Path, line: usize, error: &clap::Error) -> CliError {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first).to_owned();
    CliError::Configuration(ConfigError::Wrong {
        place: format!("{}:{line}", path.display()),
        message: format!("{message}; a global option is expected, such as `-a shop`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(config: &str, typed: &[&str]) -> Result<Global, String> {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b");
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::create_dir(root.path().join(".pantry")).unwrap();
        std::fs::write(root.path().join(".pantry/config"), config).unwrap();
        let environment = Environment { working_directory: deep, ..Environment::of_process() };
        let mut global = Line::try_parse_from(typed).unwrap().global;
        fill_in(&mut global, None, &environment).map_err(|error| error.to_string())?;
        global.curve_key_file = global
            .curve_key_file
            .map(|path| path.strip_prefix(root.path()).unwrap_or(&path).to_owned());
        Ok(global)
    }

    #[test]
    fn what_is_typed_takes_the_place_of_what_is_written() {
        let config =
            "# shop\n\n-a shop\n-e prod\n  --role web\n-r db\n--curve-key-file=k.yml\n--json\n";
        let written = filled(config, &[]).unwrap();
        assert_eq!(written.application.unwrap().as_str(), "shop");
        assert_eq!(written.roles.len(), 2);
        assert_eq!(written.curve_key_file.unwrap(), Path::new("k.yml"));
        assert!(written.json);
        let typed = filled(config, &["-a", "bank", "-r", "mail"]).unwrap();
        assert_eq!(typed.application.unwrap().as_str(), "bank");
        assert_eq!(typed.environment.unwrap().as_str(), "prod");
        assert_eq!(typed.roles, ["mail".parse().unwrap()]);
    }

    #[test]
    fn a_mistake_names_its_line() {
        let error = filled("# x\n-a Shop\n", &[]).unwrap_err();
        assert!(error.contains(".pantry/config:2: ") && error.contains("`Shop` is not"), "{error}");
        let error = filled("exec\n", &[]).unwrap_err();
        assert!(error.contains("config:1: unexpected argument 'exec'"), "{error}");
    }
}
