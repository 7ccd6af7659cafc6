//! Which program runs, and what it is told on its command line.

use std::env;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use pantry_model::commands::chef_run::{ChefRun, Mode};

use super::settings::ChefConfig;

/// What is looked for on the PATH, the first one first.
const CLIENTS: &[&str] = &["cinc-client", "chef-client"];
const SOLOS: &[&str] = &["cinc-solo", "chef-solo"];

/// A program that can do a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it is.
    pub(super) path: PathBuf,
    /// Whether it is a chef-client that stands in for a chef-solo.
    pub(super) client_as_solo: bool,
}

/// Finds the program for this mode. An error is a sentence about `machine`.
pub(super) fn find(mode: Mode, config: &ChefConfig, machine: &str) -> Result<Found, String> {
    let path = env::var_os("PATH").unwrap_or_default();
    find_in(mode, config, machine, &path)
}

fn find_in(
    mode: Mode,
    config: &ChefConfig,
    machine: &str,
    path: &std::ffi::OsStr,
) -> Result<Found, String> {
    let on_path = |names: &[&str]| {
        let mut found = names.iter().filter_map(|name| {
            env::split_paths(path).map(|place| place.join(name)).find(|file| is_program(file))
        });
        found.next()
    };
    let as_client = |path| Found { path, client_as_solo: mode == Mode::Solo };
    let as_solo = |path| Found { path, client_as_solo: false };
    let configured = |setting: &str, program: &Path| match is_program(program) {
        true => Ok(program.to_owned()),
        false => Err(format!(
            "{machine} has no program {}, which {setting} in its client.yml names",
            program.display()
        )),
    };
    if mode == Mode::Solo {
        if let Some(program) = &config.solo_command {
            return configured("chef.solo_command", program).map(as_solo);
        }
        if let Some(program) = &config.command {
            let program = configured("chef.command", program)?;
            let beside = beside(&program).filter(|solo| is_program(solo));
            return Ok(beside.map_or_else(|| as_client(program), as_solo));
        }
        if let Some(program) = on_path(SOLOS) {
            return Ok(as_solo(program));
        }
    } else if let Some(program) = &config.command {
        return configured("chef.command", program).map(as_client);
    }
    on_path(CLIENTS).map(as_client).ok_or_else(|| {
        let names = if mode == Mode::Solo { [SOLOS, CLIENTS].concat() } else { CLIENTS.to_vec() };
        format!(
            "{machine} has no Chef: none of {} is in the agent's PATH. Install Cinc Client or Chef \
             Infra Client there, or name the program with chef.command in its client.yml",
            names.join(", ")
        )
    })
}

/// The chef-solo that belongs to a chef-client.
fn beside(client: &Path) -> Option<PathBuf> {
    let name = client.file_name()?.to_str()?;
    let stem = name.strip_suffix("client")?;
    Some(client.with_file_name(format!("{stem}solo")))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

/// What it is told. `attributes` is where chef-solo finds the node's.
pub(super) fn arguments(
    found: &Found,
    asked: &ChefRun,
    configuration: &Path,
    attributes: &Path,
) -> Vec<String> {
    let path = |path: &Path| path.display().to_string();
    let mut arguments = vec!["--config".to_owned(), path(configuration)];
    if asked.mode == Mode::Zero || found.client_as_solo {
        arguments.push("--local-mode".to_owned());
    }
    if asked.mode == Mode::Solo {
        arguments.extend(["--json-attributes".to_owned(), path(attributes)]);
    }
    // For people who watch it come, and who watch several machines at once.
    arguments.extend(["--force-formatter", "--no-color"].map(str::to_owned));
    let list = |list: &pantry_model::run_list::RunList| {
        list.items().iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    };
    if let Some(instead) = &asked.override_run_list {
        arguments.extend(["--override-runlist".to_owned(), list(instead)]);
    }
    // In the other modes it is in the node's document.
    if asked.mode == Mode::Server
        && let Some(from_now_on) = &asked.run_list
    {
        arguments.extend(["--runlist".to_owned(), list(from_now_on)]);
    }
    if asked.why_run {
        arguments.push("--why-run".to_owned());
    }
    if let Some(level) = asked.log_level {
        arguments.extend(["--log_level".to_owned(), level.to_string()]);
    }
    arguments
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn program(folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, "").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    #[test]
    fn the_program_is_found_or_a_sentence_says_what_is_missing() {
        let home = tempfile::tempdir().unwrap();
        let (first, second) = (home.path().join("first"), home.path().join("second"));
        fs::create_dir_all(&first).unwrap();
        fs::create_dir_all(&second).unwrap();
        let path = env::join_paths([&first, &second]).unwrap();
        let mut config = ChefConfig::default();
        let found = |mode, config: &ChefConfig| find_in(mode, config, "web1", &path);

        let none = found(Mode::Zero, &config).unwrap_err();
        assert!(
            none.starts_with("web1 has no Chef: none of cinc-client, chef-client is"),
            "{none}"
        );
        let none = found(Mode::Solo, &config).unwrap_err();
        assert!(none.contains("cinc-solo, chef-solo, cinc-client, chef-client"), "{none}");

        // A file that cannot be run is none.
        fs::write(first.join("cinc-client"), "").unwrap();
        let chef = program(&first, "chef-client");
        let as_is = |path: &Path| Found { path: path.to_owned(), client_as_solo: false };
        assert_eq!(found(Mode::Server, &config), Ok(as_is(&chef)));
        assert_eq!(
            found(Mode::Solo, &config),
            Ok(Found { path: chef.clone(), client_as_solo: true })
        );
        let cinc = program(&second, "cinc-client");
        assert_eq!(found(Mode::Zero, &config), Ok(as_is(&cinc)));
        let solo = program(&second, "cinc-solo");
        assert_eq!(found(Mode::Solo, &config), Ok(as_is(&solo)));

        config.command = Some(chef.clone());
        assert_eq!(found(Mode::Zero, &config), Ok(as_is(&chef)));
        assert!(found(Mode::Solo, &config).unwrap().client_as_solo, "there is none beside it");
        let solo = program(&first, "chef-solo");
        assert_eq!(found(Mode::Solo, &config), Ok(as_is(&solo)));
        config.command = Some(home.path().join("gone"));
        let gone = found(Mode::Zero, &config).unwrap_err();
        assert!(gone.ends_with("/gone, which chef.command in its client.yml names"), "{gone}");
    }

    #[test]
    fn each_option_is_an_argument() {
        let found = Found { path: "/bin/chef-client".into(), client_as_solo: false };
        let text = |found: &Found, asked: &ChefRun| {
            arguments(found, asked, Path::new("/d/client.rb"), Path::new("/d/solo.json")).join(" ")
        };
        let mut asked = ChefRun::default();
        assert_eq!(
            text(&found, &asked),
            "--config /d/client.rb --local-mode --force-formatter --no-color"
        );
        asked.run_list = Some(vec!["recipe[a]".parse().unwrap()].into());
        asked.override_run_list =
            Some(vec!["recipe[b::c]".parse().unwrap(), "role[d]".parse().unwrap()].into());
        asked.why_run = true;
        asked.log_level = Some(pantry_model::commands::chef_run::LogLevel::Info);
        let all = text(&found, &asked);
        assert!(
            all.ends_with("--override-runlist recipe[b::c],role[d] --why-run --log_level info"),
            "{all}"
        );
        assert!(!all.contains("--runlist"), "{all}");
        asked.mode = Mode::Server;
        let all = text(&found, &asked);
        assert!(all.contains(" --runlist recipe[a]") && !all.contains("--local-mode"), "{all}");
        let asked = ChefRun { mode: Mode::Solo, ..ChefRun::default() };
        let all = text(&found, &asked);
        assert!(
            all.contains("--json-attributes /d/solo.json") && !all.contains("--local"),
            "{all}"
        );
        let all = text(&Found { client_as_solo: true, ..found }, &asked);
        assert!(all.contains("--local-mode --json-attributes"), "{all}");
    }
}
