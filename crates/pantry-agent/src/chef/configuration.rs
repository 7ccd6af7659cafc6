//! The configuration that a run is given: `client.rb` or `solo.rb`, in the data directory and not in
//! the repository.
//!
//! Every path that Chef would otherwise look for in `/etc/chef`, `/var/chef` or at home is said, so
//! that a run depends on nothing that another Chef on the machine has left, and leaves nothing there.

use std::fmt::Write as _;
use std::path::Path;

use pantry_model::chef::RunTree;
use pantry_model::commands::chef_run::Mode;

use super::folders::Folders;
use super::settings::ChefConfig;

/// The name of the file for this mode.
pub(super) fn name(mode: Mode) -> &'static str {
    match mode {
        Mode::Zero | Mode::Server => "client.rb",
        Mode::Solo => "solo.rb",
    }
}

/// Its text. `server_host` is the host that this machine knows as its server.
pub(super) fn text(
    run: &RunTree,
    folders: &Folders,
    config: &ChefConfig,
    server_host: &str,
) -> String {
    let mut text =
        String::from("# Written by Pantry for each run: what is changed here is lost.\n");
    let mut say = |setting: &str, value: &str| {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{setting} {value}");
    };
    let path = |path: &Path| ruby(&path.display().to_string());
    whose(run).iter().for_each(|(setting, value)| say(setting, value));
    let repository = folders.repository();
    if run.mode != Mode::Server {
        say("chef_repo_path", &path(&repository));
    }
    if run.mode == Mode::Solo {
        // What old ones look for, each for itself.
        let folders = ["cookbook", "role", "environment", "data_bag", "node"];
        let names = ["cookbooks", "roles", "environments", "data_bags", "nodes"];
        for (setting, name) in folders.into_iter().zip(names) {
            say(&format!("{setting}_path"), &path(&repository.join(name)));
        }
    }
    if run.mode == Mode::Zero {
        say("local_mode", "true");
    }
    server(run, config, server_host).iter().for_each(|(setting, value)| say(setting, value));
    // In local mode no signature is looked at, but recipes may decrypt with it what was encrypted for
    // this machine.
    if run.mode == Mode::Server || folders.key().exists() {
        say("client_key", &path(&folders.key()));
    }
    say("cache_path", &path(folders.path()));
    say("file_cache_path", &path(&folders.cache()));
    say("file_backup_path", &path(&folders.backup()));
    say("lockfile", &path(&folders.chef_lock()));
    if config.secret_file.exists() {
        say("encrypted_data_bag_secret", &path(&config.secret_file));
    }
    let messages = path(&folders.messages());
    // Chefs before 14 know no such thing, and go on without.
    let _ = writeln!(
        text,
        "begin\n  data_collector.output_locations({{ files: [{messages}] }})\nrescue StandardError\n  nil\nend"
    );
    text
}

/// Which node this is, and where it is: settings and what they are, as Ruby.
pub(super) fn whose(run: &RunTree) -> Vec<(&'static str, String)> {
    let mut settings = vec![("node_name", ruby(run.node.as_str()))];
    match &run.policy {
        Some(policy) => settings.extend([
            ("use_policyfile", "true".to_owned()),
            ("policy_document_native_api", "true".to_owned()),
            ("policy_name", ruby(policy.name.as_str())),
            ("policy_group", ruby(policy.group.as_str())),
        ]),
        // With a policy, Chef refuses to be told an environment.
        None => settings.push(("environment", ruby(run.environment.as_str()))),
    }
    settings
}

/// Where the server is, in mode `server`, and how it is known: the same.
pub(super) fn server(
    run: &RunTree,
    config: &ChefConfig,
    server_host: &str,
) -> Vec<(&'static str, String)> {
    let Some(server) = &run.server else { return Vec::new() };
    let scheme = if server.tls { "https" } else { "http" };
    let host = match server_host.contains(':') {
        true => format!("[{server_host}]"),
        false => server_host.to_owned(),
    };
    let url = format!("{scheme}://{host}:{}/organizations/{}", server.port, server.application);
    let mut settings = vec![("chef_server_url", ruby(&url))];
    if !config.verify {
        settings.push(("ssl_verify_mode", ":verify_none".to_owned()));
    } else if let Some(file) = &config.trusted_certificates {
        settings.push(("ssl_ca_file", ruby(&file.display().to_string())));
    }
    settings
}

/// The attributes that chef-solo is told: the node's own, and its run list.
pub(super) fn attributes(run: &RunTree, node: Option<&[u8]>) -> Vec<u8> {
    let node: serde_json::Value =
        node.and_then(|text| serde_json::from_slice(text).ok()).unwrap_or_default();
    let normal = node.get("normal").and_then(serde_json::Value::as_object);
    let mut attributes = normal.cloned().unwrap_or_default();
    // Chef takes either for the run list.
    attributes.remove("recipes");
    if run.policy.is_none() {
        attributes.insert("run_list".to_owned(), serde_json::json!(run.run_list));
    }
    serde_json::Value::Object(attributes).to_string().into_bytes()
}

/// A text as Ruby reads it, with nothing in it that Ruby would replace.
pub(super) fn ruby(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use pantry_model::chef::ChefServer;
    use pantry_model::commands::chef_run::FollowedPolicy;

    use super::*;

    fn run(mode: Mode) -> RunTree {
        RunTree {
            mode,
            node: "web1".parse().unwrap(),
            environment: "prod".parse().unwrap(),
            run_list: vec!["recipe[web]".parse().unwrap()].into(),
            policy: None,
            server: None,
            cookbooks: Vec::new(),
            documents: Vec::new(),
        }
    }

    #[test]
    fn each_mode_is_told_what_it_needs() {
        let home = tempfile::tempdir().unwrap();
        let folders = Folders::of(home.path());
        folders.make().unwrap();
        let top = folders.path().display().to_string();
        let config =
            ChefConfig { secret_file: home.path().join("secret"), ..ChefConfig::default() };
        let has = |text: &str, line: &str| text.lines().any(|it| it == line);

        let zero = text(&run(Mode::Zero), &folders, &config, "10.0.0.1");
        for line in [
            "node_name 'web1'",
            "environment 'prod'",
            "local_mode true",
            &format!("chef_repo_path '{top}/repository'"),
            &format!("file_cache_path '{top}/cache'"),
            &format!("lockfile '{top}/cache/chef-client-running.pid'"),
            &format!("  data_collector.output_locations({{ files: ['{top}/messages.json'] }})"),
        ] {
            assert!(has(&zero, line), "{line}\n{zero}");
        }
        for part in ["chef_server_url", "encrypted_data_bag_secret", "client_key", "policy"] {
            assert!(!zero.contains(part), "{part}\n{zero}");
        }

        std::fs::write(&config.secret_file, "s").unwrap();
        std::fs::write(folders.key(), "k").unwrap();
        let mut followed = run(Mode::Zero);
        followed.policy =
            Some(FollowedPolicy { name: "web".parse().unwrap(), group: "live".parse().unwrap() });
        let zero = text(&followed, &folders, &config, "10.0.0.1");
        assert!(has(&zero, "policy_name 'web'") && has(&zero, "policy_group 'live'"), "{zero}");
        assert!(!zero.contains("environment"), "{zero}");
        assert!(has(&zero, &format!("client_key '{top}/client.pem'")), "{zero}");
        let secret = format!("encrypted_data_bag_secret '{}/secret'", home.path().display());
        assert!(has(&zero, &secret), "{zero}");

        let mut server = run(Mode::Server);
        let application = "shop".parse().unwrap();
        server.server = Some(ChefServer { port: 443, tls: true, application });
        let told = text(&server, &folders, &config, "::1");
        assert!(has(&told, "chef_server_url 'https://[::1]:443/organizations/shop'"), "{told}");
        assert!(!told.contains("ssl_") && !told.contains("repository"), "{told}");
        let config = ChefConfig { trusted_certificates: Some("/ca.pem".into()), ..config };
        let told = text(&server, &folders, &config, "pantry");
        assert!(has(&told, "ssl_ca_file '/ca.pem'"), "{told}");
        let config = ChefConfig { verify: false, ..config };
        let told = text(&server, &folders, &config, "pantry");
        assert!(has(&told, "ssl_verify_mode :verify_none") && !told.contains("ca_file"), "{told}");

        let solo = text(&run(Mode::Solo), &folders, &config, "pantry");
        assert!(has(&solo, &format!("data_bag_path '{top}/repository/data_bags'")), "{solo}");
    }

    #[test]
    fn solo_is_told_the_nodes_attributes() {
        let node = br#"{"normal":{"web":{"port":80},"recipes":["x"]},"run_list":["recipe[old]"]}"#;
        let text = attributes(&run(Mode::Solo), Some(node));
        let expected = serde_json::json!({"web": {"port": 80}, "run_list": ["recipe[web]"]});
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&text).unwrap(), expected);
        let text = attributes(&run(Mode::Solo), None);
        assert_eq!(text, br#"{"run_list":["recipe[web]"]}"#);
    }

    #[test]
    fn ruby_reads_what_was_meant() {
        assert_eq!(ruby(r"a'b\c#{d}"), r"'a\'b\\c#{d}'");
    }
}
