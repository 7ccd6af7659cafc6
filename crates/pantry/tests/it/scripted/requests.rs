//! What is asked of the server, and how its answers are printed.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use super::fake::{Answer, Fake, JOB, job};

fn view(identity: &str, online: bool) -> Value {
    json!({
        "machine": {"application": "shop", "identity": identity},
        "placement": {"environment": "prod", "roles": ["db", "web"]},
        "created_at": 1_000, "online": online, "last_seen": null, "address": "10.0.0.7\u{1b}[2J",
        "version": "0.1.0", "incarnation": null,
    })
}

#[test]
fn defaults_and_the_colon_form_and_options_on_both_sides() {
    let fake =
        Fake::start(|_: &str, _: &Value, _: &[u8]| Answer::Reply(json!([view("web1", true)])));
    let place = fake.place();
    place.write(".pantry/config", "# ours\n-a shop\n-r web\n");
    for arguments in [
        &["client:list", "-e", "prod"][..],
        &["-e", "prod", "client", "list"],
        &["client", "-e", "prod", "list"],
    ] {
        let ended = place.run(arguments);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(
            ended.stdout,
            "CLIENT  ENVIRONMENT  ROLES    HERE  ADDRESS       VERSION\n\
             web1    prod         db, web  yes   10.0.0.7␛[2J  0.1.0\n"
        );
    }
    assert_eq!(fake.asked().len(), 3);
    for (command, arguments, _) in fake.asked() {
        assert_eq!(command, "client-list");
        let target = json!({"environment": "prod", "roles": ["web"]});
        assert_eq!(arguments, json!({"application": "shop", "target": target}));
    }
    let ended = place.run(&["client", "list", "--json"]);
    let clients: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(clients[0]["machine"]["identity"], "web1");
}

#[test]
fn a_new_client_s_secret_key_stays_here() {
    let fake = Fake::start(|_: &str, _: &Value, _: &[u8]| Answer::Reply(view("web1", false)));
    let place = fake.place();
    let create = ["-a", "shop", "-e", "prod", "-r", "web,db", "client", "create", "web1"];
    let ended = place.run(&[&create[..], &["--out", "web1.yml"]].concat());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.stdout, "");
    let path = place.path("web1.yml");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let text = std::fs::read_to_string(&path).unwrap();
    let (command, asked, _) = fake.asked().remove(0);
    assert_eq!(command, "client-create");
    assert_eq!(asked["placement"], json!({"environment": "prod", "roles": ["db", "web"]}));
    assert!(text.contains(&format!("public_key: \"{}\"", asked["key"].as_str().unwrap())));
    let secret = text.lines().last().unwrap().split('"').nth(1).unwrap();
    assert!(!asked.to_string().contains(secret));
    // What was written is what `pantry client` reads.
    let ended = place.run(&["client", "--config", "web1.yml", "--check"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");

    // A file that is there is neither overwritten nor is the server asked.
    let ended = place.run(&[&create[..], &["--out", "web1.yml"]].concat());
    assert_eq!(ended.code, Some(3), "{ended:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    assert_eq!(fake.asked().len(), 1);

    // Without a file it is printed, with the address that clients are to use.
    let ended = place.run(&[&create[..], &["--host", "localhost"]].concat());
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.contains("server_host: \"localhost\""), "{}", ended.stdout);
    assert_eq!(ended.stderr, "");
}

#[test]
fn a_deletion_is_asked_for_once_it_is_confirmed() {
    let fake = Fake::start(|_: &str, _: &Value, _: &[u8]| Answer::Reply(Value::Null));
    let place = fake.place();
    let ended = place.run(&["app", "delete", "shop", "--yes"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.stderr, "deleted the application shop\n");
    assert_eq!(fake.asked()[0].1, json!({"application": "shop"}));
}

#[test]
fn a_job_is_shown_with_what_came_of_it() {
    let fake = Fake::start(|command: &str, _: &Value, _: &[u8]| match command {
        "job-show" => Answer::Reply(json!({
            "job": job(),
            "deliveries": [
                {"identity": "web1", "state": "succeeded", "changed_at": 65_000, "started_at": 5_000,
                 "ending": {"exit_code": 0, "output_bytes": 12, "output_chunks": 1}},
                {"identity": "web2", "state": "failed", "changed_at": 65_000,
                 "ending": {"signal": 9, "reason": "killed", "output_bytes": 0, "output_chunks": 0}},
            ],
        })),
        _ => Answer::Reply(json!([{"job": job(), "states": {"succeeded": 1, "timed-out": 2}}])),
    });
    let place = fake.place();
    let ended = place.run(&["job", "show", JOB]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    insta::assert_snapshot!("job_show", ended.stdout);
    let ended = place.run(&["job", "list"]);
    insta::assert_snapshot!("job_list", ended.stdout);
}

#[test]
fn the_state_of_the_server() {
    let fake = Fake::start(|_: &str, _: &Value, _: &[u8]| {
        Answer::Reply(json!({"version": "0.1.0", "started_at": 0, "applications": [
            {"application": "shop", "clients": 3, "online": 2, "open_deliveries": 1},
        ]}))
    });
    let ended = fake.place().run(&["status"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let (first, rest) = ended.stdout.split_once('\n').unwrap();
    assert!(first.starts_with("Pantry 0.1.0, up for "), "{first}");
    assert_eq!(
        rest,
        "\nAPPLICATION  CLIENTS  ONLINE  OPEN DELIVERIES\nshop         3        2       1\n"
    );
}

#[test]
fn the_ledger_says_when_there_is_more() {
    let fake = Fake::start(|command: &str, _: &Value, _: &[u8]| match command {
        "ledger-list" => Answer::Reply(json!([
            {"position": 7, "at": 0, "actor": "u/admin", "verb": "create", "kind": "client",
             "name": "web1", "hash": "ab".repeat(32)},
        ])),
        _ => Answer::Reply(json!([
            {"at": 0, "who": "a key", "address": "127.0.0.1", "what": "its key is not known here",
             "count": 3},
        ])),
    });
    let place = fake.place();
    let ended = place.run(&["-a", "shop", "admin", "ledger", "--limit", "1", "--after", "6"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(
        ended.stdout.contains("u/admin  create  client  web1  abababababab"),
        "{}",
        ended.stdout
    );
    assert!(ended.stderr.contains("--after 7"), "{}", ended.stderr);
    let asked = json!({"application": "shop", "after": 6, "limit": 1});
    assert_eq!(fake.asked()[0].1, asked);
    let ended = place.run(&["-a", "shop", "admin", "ledger", "--limit", "3"]);
    assert!(ended.stderr.contains("earlier ones: `--after 3`"), "{}", ended.stderr);
    let ended = place.run(&["admin", "refusals"]);
    assert!(ended.stdout.contains("its key is not known here"), "{}", ended.stdout);
}
