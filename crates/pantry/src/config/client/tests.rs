//! What `client.yml` may say.

use pantry_model::{CurveKeyPair, CurveSecretKey};

use super::super::parse;
use super::*;

fn text(machine: &str, host: &str) -> String {
    let (application, identity) = machine.split_once('/').unwrap();
    let machine = MachineId {
        application: application.parse().unwrap(),
        identity: identity.parse().unwrap(),
    };
    let keys = CurveKeyPair {
        public: CurvePublicKey::from_bytes([200; 32]),
        secret: CurveSecretKey::from_bytes([99; 32]),
    };
    let server = ServerAddress { server_host: host.to_owned(), ..ServerAddress::default() };
    let server_key = CurvePublicKey::from_bytes([255; 32]);
    NewClient { machine: &machine, server: &server, server_key, keys: &keys }.to_string()
}

fn surroundings(host_name: &str) -> Environment {
    Environment {
        #[cfg(feature = "server")]
        aws: crate::environment::Aws::default(),
        working_directory: "/".into(),
        config_dir: "/etc/pantry".into(),
        data_dir: "/var/lib/pantry".into(),
        home: None,
        host_name: host_name.to_owned(),
        ..Environment::of_process()
    }
}

fn read_back(text: &str) -> Result<ClientConfig, String> {
    let path = Path::new("client.yml");
    let config: ClientConfig = parse(path, text).map_err(|error| error.to_string())?;
    config.check(path).map_err(|error| error.to_string())?;
    Ok(config)
}

#[test]
fn what_is_written_for_a_new_client_reads_back() {
    let config = read_back(&text("shop/007", "10.0.0.1")).unwrap();
    let machine = config.machine(Path::new("client.yml"), &surroundings("other")).unwrap();
    assert_eq!(machine.to_string(), "shop/007");
    assert_eq!(config.networking.server_host, "10.0.0.1");
    assert_eq!(config.curve.secret_key.0.expose(), &[99; 32]);
    assert_eq!(config.curve.server_public_key.as_bytes(), &[255; 32]);
    assert_eq!(config.client.heartbeat_interval, Duration::from_secs(30));
    assert!(!format!("{config:?}").contains(&CurveSecretKey::from_bytes([99; 32]).expose_text()));
}

#[test]
fn the_identity_is_the_host_s_name_unless_it_is_said() {
    let unnamed = text("shop/web1", "::1").replace("  identity: \"web1\"\n", "");
    let config = read_back(&unnamed).unwrap();
    let path = Path::new("client.yml");
    let machine = config.machine(path, &surroundings("db7.example.org")).unwrap();
    assert_eq!(machine.identity.as_str(), "db7.example.org");
    let error = config.machine(path, &surroundings("a b")).unwrap_err().to_string();
    assert!(error.starts_with("client.yml: client.identity: is not said"), "{error}");
}

#[test]
fn a_client_keeps_out_of_the_server_s_data_directory() {
    let config = read_back(&text("shop/web1", "::1")).unwrap();
    let environment = surroundings("x");
    assert_eq!(config.data_dir(None, &environment), Path::new("/var/lib/pantry/client"));
    assert_eq!(config.data_dir(Some(Path::new("d")), &environment), Path::new("/d"));
}

#[test]
fn facts_are_told_unless_they_are_off() {
    use pantry_agent::{FactsConfig, Ohai};
    let good = text("shop/web1", "10.0.0.1");
    let facts = |setting: &str| {
        let with = format!("client:\n  {setting}\n");
        read_back(&good.replace("client:\n", &with)).unwrap().client.facts.0
    };
    let hourly = |ohai| Some(FactsConfig { ohai, interval: Duration::from_secs(3600) });
    assert_eq!(facts(""), hourly(Ohai::Auto));
    assert_eq!(facts("facts: {}"), hourly(Ohai::Auto));
    assert_eq!(facts("facts: {ohai: never}"), hourly(Ohai::Never));
    assert_eq!(
        facts("facts: {ohai: /opt/ohai, interval: 1h}"),
        hourly(Ohai::At("/opt/ohai".into()))
    );
    let often = FactsConfig { interval: Duration::from_secs(300), ..FactsConfig::default() };
    assert_eq!(facts("facts: {interval: 5m}"), Some(often));
    for off in ["off", "'off'", "false"] {
        assert_eq!(facts(&format!("facts: {off}")), None, "{off}");
    }
}

#[test]
fn chef_is_found_and_waits_unless_it_is_said_otherwise() {
    use pantry_agent::{ChefConfig, WhenBusy};
    let good = text("shop/web1", "10.0.0.1");
    let chef = |setting: &str| -> ChefConfig {
        read_back(&format!("{good}{setting}\n")).unwrap().chef.into()
    };
    assert_eq!(chef(""), ChefConfig::default());
    assert_eq!(chef("chef: {}"), ChefConfig::default());
    let all = "chef: {command: /opt/chef-client, solo_command: /opt/chef-solo, cache_limit: 1048576, \
               when_busy: refuse, secret_file: /s, config_dir: /etc/cinc, \
               trusted_certificates: /ca.pem, verify: false}";
    let expected = ChefConfig {
        command: Some("/opt/chef-client".into()),
        solo_command: Some("/opt/chef-solo".into()),
        cache_limit: 1_048_576,
        when_busy: WhenBusy::Refuse,
        secret_file: "/s".into(),
        config_dir: "/etc/cinc".into(),
        trusted_certificates: Some("/ca.pem".into()),
        verify: false,
    };
    assert_eq!(chef(all), expected);
}

#[test]
fn what_cannot_be_is_said() {
    let good = text("shop/web1", "10.0.0.1");
    for (from, to, part) in [
        ("application: \"shop\"", "application: \"Shop\"", "client.application: `Shop` is not an"),
        ("  application: \"shop\"\n", "", "missing field `application`"),
        ("client:", "commands: {deny: ['a b']}\nclient:", "commands.deny: `a b` is not the name"),
        ("client:", "commands: {files: []}\nclient:", "commands.files: is empty"),
        (
            "client:",
            "commands: {files: [srv]}\nclient:",
            "commands.files: `srv` is no absolute path",
        ),
        (
            "client:\n",
            "client:\n  heartbeat_interval: 0\n",
            "heartbeat_interval: 0 is out of range",
        ),
        (
            "client:\n",
            "client:\n  parallel_jobs: 0\n",
            "parallel_jobs: 0 is out of range: 1 to 1000",
        ),
        ("client:\n", "client:\n  facts: on\n", "`off`, or `ohai` and `interval`"),
        ("client:\n", "client:\n  facts: {ohai: bin/ohai}\n", "the absolute path of a program"),
        ("client:\n", "client:\n  facts: {interval: 30s}\n", "the shortest is 1m"),
        ("client:\n", "client:\n  facts: {interval: 10}\n", "a whole number and its unit"),
        ("client:\n", "client:\n  facts: {every: 1h}\n", "unknown field `every`"),
        ("curve:", "chef: {command: chef-client}\ncurve:", "chef-client is no absolute path"),
        ("curve:", "chef: {when_busy: never}\ncurve:", "chef.when_busy"),
        ("curve:", "chef: {comand: /c}\ncurve:", "unknown field `comand`"),
        ("secret_key: \"", "secret_key: \"x", "curve.secret_key: not a CURVE key"),
    ] {
        let error = read_back(&good.replace(from, to)).unwrap_err();
        assert!(error.contains(part), "{to}: {error}");
    }
    let secret = CurveSecretKey::from_bytes([99; 32]).expose_text();
    let error = read_back(&good.replace("secret_key: \"", "secret_key: \"x")).unwrap_err();
    assert!(!error.contains(&secret), "{error}");
}
