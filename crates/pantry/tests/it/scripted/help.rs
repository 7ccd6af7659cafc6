//! The help of every command, as it is printed.

use super::process::Place;

const COMMANDS: &[&str] = &[
    "",
    "server",
    "client",
    "client create",
    "client list",
    "client show",
    "client delete",
    "status",
    "echo",
    "exec",
    "file",
    "file push",
    "file pull",
    "file list",
    "job",
    "job list",
    "job show",
    "job watch",
    "job output",
    "app",
    "app create",
    "app delete",
    "app shelf",
    "app shelf add",
    "shelf",
    "shelf create",
    "shelf list",
    "shelf show",
    "shelf publish",
    "shelf grant",
    "shelf revoke",
    "chef",
    "chef cookbook upload",
    "chef metadata",
    "chef node edit",
    "chef role upload",
    "chef data-bag show",
    "chef policy push",
    "chef run",
    "chef convert",
    "chef run show",
    "chef runs",
    "chef search",
    "chef solve",
    "admin check",
    "admin gc",
    "admin ledger",
    "admin migrate-store",
    "admin refusals",
    "admin reindex",
    "shelf mirror",
    "shelf promote",
    "shelf adopt",
    "shelf diff",
    "shelf where",
    "completions",
];

#[test]
fn every_command_explains_itself() {
    let place = Place::new();
    for command in COMMANDS {
        let mut arguments: Vec<&str> = command.split_whitespace().collect();
        arguments.push("--help");
        let ended = place.run(&arguments);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(ended.stderr, "");
        let name = format!("help_{}", command.replace(' ', "_"));
        insta::assert_snapshot!(name, ended.stdout);
    }
}

#[test]
fn shells_complete_every_noun() {
    for shell in ["bash", "zsh", "fish"] {
        let ended = Place::new().run(&["completions", shell]);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
        for word in ["exec", "chef", "data-bag", "search"] {
            assert!(ended.stdout.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn the_version_is_that_of_the_workspace() {
    let ended = Place::new().run(&["--version"]);
    assert_eq!(ended.stdout, format!("pantry {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(ended.code, Some(0));
}
