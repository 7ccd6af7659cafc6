//! Everything that can go wrong has its message, its hint and its exit code.

use serde_json::{Value, json};

use super::fake::{Answer, Fake};
use super::process::Place;
use pantry_model::ErrorCode;

fn keys_for(port: u16) -> String {
    let (server, mine) = (pantry_wire::generate_key_pair(), pantry_wire::generate_key_pair());
    format!(
        "user: admin\nserver: {{public_key: \"{}\", receive_port: {port}}}\n\
         curve: {{public_key: \"{}\", secret_key: \"{}\"}}\n",
        server.public,
        mine.public,
        mine.secret.expose_text()
    )
}

/// A port that nobody listens on.
fn closed_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn a_server_that_is_not_there() {
    let place = Place::new();
    let port = closed_port();
    place.write_secret(".pantry/keys.yml", &keys_for(port));
    let ended = place.run(&["status", "--connect-timeout", "1s"]);
    assert_eq!(ended.code, Some(4), "{ended:?}");
    assert_eq!(
        ended.stderr,
        format!(
            "error: there is no server at 127.0.0.1:{port}\n\n\
             hint: start it with `pantry server`, or say where it is with `--host`\n"
        )
    );
    assert_eq!(ended.stdout, "");

    let ended = place.run(&["--json", "status", "--connect-timeout", "1s"]);
    let error: Value = serde_json::from_str(&ended.stderr).unwrap();
    assert_eq!(error["error"]["code"], "not-there");
    assert_eq!(error["error"]["exit_code"], 4);
}

#[test]
fn keys_that_do_not_fit() {
    let fake = Fake::start(|_: &str, _: &Value, _: &[u8]| Answer::Reply(json!([])));
    let place = Place::new();
    let unknown = pantry_wire::generate_key_pair();
    place.write_secret("unknown.yml", &fake.keys_yml(fake.server_key, &unknown));
    place.write_secret("other.yml", &fake.keys_yml(unknown.public, &fake.admin));

    let ended = place.run(&["app", "list", "--curve-key-file", "unknown.yml"]);
    assert_eq!(ended.code, Some(5), "{ended:?}");
    assert!(ended.stderr.contains("does not know the key of admin"), "{}", ended.stderr);
    assert!(ended.stderr.contains("unknown.yml"), "{}", ended.stderr);

    let ended = place.run(&["app", "list", "--curve-key-file", "other.yml"]);
    assert_eq!(ended.code, Some(6), "{ended:?}");
    assert!(ended.stderr.contains("is not the Pantry server"), "{}", ended.stderr);
}

#[test]
fn files_that_are_not_in_order() {
    let place = Place::new();
    let ended = place.run(&["status"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stderr.contains("there are no credentials"), "{}", ended.stderr);
    assert!(ended.stderr.contains("keys/admin.yml"), "{}", ended.stderr);

    let config = place.write("server.yml", "log_level: info\nnetworking:\n  receive_port: 99999\n");
    let ended = place.run(&["--config", "server.yml", "status"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    let expected = format!(
        "error: {}:3: networking.receive_port: 99999 is out of range: 1 to 65535\n",
        config.display()
    );
    assert_eq!(ended.stderr, expected);

    let ended = place.run(&["status", "--curve-key-file", "nowhere.yml"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stderr.contains("nowhere.yml cannot be read"), "{}", ended.stderr);

    place.write(".pantry/config", "-a shop\n-a Shop\n");
    let ended = place.run(&["status"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stderr.contains(".pantry/config:2: "), "{}", ended.stderr);
}

#[test]
fn a_key_file_that_others_can_read_is_warned_of() {
    let fake = Fake::start(|_: &str, _: &Value, _: &[u8]| Answer::Reply(json!([])));
    let place = Place::new();
    place.write(".pantry/keys.yml", &fake.keys_yml(fake.server_key, &fake.admin));
    let ended = place.run(&["app", "list"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.stderr.matches("chmod 600").count(), 1, "{}", ended.stderr);
}

#[test]
fn a_command_line_that_is_not_in_order() {
    let place = Place::new();
    for (arguments, part) in [
        (&["frobnicate"][..], "unrecognized subcommand"),
        (&["-a", "shop", "exec"], "required"),
        (&["-a", "shop", "exec", "uptime"], "[-- <PROGRAM>...]"),
        (&["-a", "shop", "exec", "--timeout", "5", "--", "x"], "30s, 5m, 2h or 1d"),
        (&["-a", "Shop", "exec", "--", "x"], "is not an application name"),
        (&["client", "list"], "hint: say `-a APP`"),
        (&["-a", "shop", "client", "delete", "web1"], "hint: say `--yes`"),
        (&["-a", "shop", "client", "--check", "list"], "`--check` and `--data-dir` are for"),
        (&["job", "show", "17"], "is not a job id"),
    ] {
        let ended = place.run(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {ended:?}");
        assert!(ended.stderr.contains(part), "{arguments:?}: {}", ended.stderr);
        assert_eq!(ended.stdout, "");
    }
}

#[test]
fn what_the_server_refuses() {
    for (code, exit_code) in [
        (ErrorCode::Forbidden, 7),
        (ErrorCode::UnknownApplication, 8),
        (ErrorCode::NobodyMatches, 9),
        (ErrorCode::Taken, 10),
        (ErrorCode::Unavailable, 13),
        (ErrorCode::Interrupted, 13),
        (ErrorCode::ReadOnly, 13),
    ] {
        let fake = Fake::start(move |_: &str, _: &Value, _: &[u8]| Answer::Failure(code, "no"));
        let ended = fake.place().run(&["-a", "shop", "exec", "--", "uptime"]);
        assert_eq!(ended.code, Some(exit_code), "{ended:?}");
        assert!(ended.stderr.starts_with("error: no\n\nhint: "), "{}", ended.stderr);
    }
}

#[test]
fn input_that_is_too_large_is_not_sent() {
    let fake = Fake::start(|_: &str, _: &Value, _: &[u8]| panic!("nothing is to be asked"));
    let place = fake.place();
    let much = vec![b'x'; 3 * 1024 * 1024];
    let arguments = ["-a", "shop", "exec", "--stdin", "-", "--", "cat"];
    let ended = place.run_with_input(&arguments, &much);
    assert_eq!(ended.code, Some(12), "{ended:?}");
    std::fs::write(place.path("much"), &much).unwrap();
    let ended = place.run(&["-a", "shop", "exec", "--stdin", "much", "--", "cat"]);
    assert_eq!(ended.code, Some(12), "{ended:?}");
    assert!(fake.asked().is_empty());
}

#[test]
fn the_configuration_of_a_client() {
    let place = Place::new();
    let ended = place.run(&["client"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(ended.stderr.contains("client create IDENTITY"), "{}", ended.stderr);

    let keys = pantry_wire::generate_key_pair();
    let config = |rest: &str| {
        format!(
            "client: {{application: shop, identity: web1{rest}}}\n\
             curve: {{server_public_key: \"{0}\", public_key: \"{0}\", secret_key: \"{1}\"}}\n",
            keys.public,
            keys.secret.expose_text()
        )
    };
    place.write_secret("client.yml", &config(""));
    let ended = place.run(&["client", "--config", "client.yml", "--check"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.ends_with("client.yml is in order: the client shop/web1\n"));
    assert_eq!(ended.stderr, "");

    place.write("open.yml", &config(""));
    let ended = place.run(&["client", "--config", "open.yml", "--check"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.stderr.matches("chmod 600").count(), 1, "{}", ended.stderr);

    place.write_secret("bad.yml", &config(", parallel_jobs: 0"));
    let ended = place.run(&["client", "--config", "bad.yml", "--check"]);
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert!(
        ended.stderr.contains("bad.yml:1: client.parallel_jobs: 0 is out of range: 1 to 1000"),
        "{}",
        ended.stderr
    );
}
