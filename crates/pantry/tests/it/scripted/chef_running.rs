//! `chef run`: what is asked of the server, and what is told apart before that.

use serde_json::{Value, json};

use super::fake::{Answer, Fake, started};

#[test]
fn what_is_typed_is_what_the_job_says() {
    let fake = Fake::start(|_: &str, _: &Value, _: &[u8]| started(1));
    let place = fake.place();
    place.write("locks.json", r#"{"nginx": "64b3e6"}"#);
    for (typed, arguments) in [
        (&[][..], json!({"mode": "zero", "why_run": false})),
        (
            &["--run-list", "role[web],nginx::tls@1.2.3", "-W", "--log-level", "debug"],
            json!({
                "mode": "zero", "why_run": true, "log_level": "debug",
                "run_list": ["role[web]", "recipe[nginx::tls@1.2.3]"],
            }),
        ),
        (
            &["--mode", "server", "--override-run-list", ""],
            json!({"mode": "server", "why_run": false, "override_run_list": []}),
        ),
        (
            &["--policy", "web", "--policy-group", "prod"],
            json!({
                "mode": "zero", "why_run": false,
                "policy": {"name": "web", "group": "prod"},
            }),
        ),
        (
            &["--mode", "solo", "--data-bag", "users", "--data-bag", "keys"],
            json!({"mode": "solo", "why_run": false, "data_bags": ["users", "keys"]}),
        ),
        (
            &["--artifacts", "locks.json"],
            json!({"mode": "zero", "why_run": false, "artifacts": {"nginx": "64b3e6"}}),
        ),
    ] {
        let run = [&["-a", "shop", "-r", "web", "chef", "run", "--no-wait"][..], typed].concat();
        let ended = place.run(&run);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let (command, asked, _) = fake.asked().pop().unwrap();
        assert_eq!(command, "job-start");
        let order = json!({"command": "chef:run", "arguments": arguments, "timeout_ms": 3_600_000});
        assert_eq!(asked["order"], order);
        assert_eq!(asked["target"], json!({"roles": ["web"]}));
    }
}

#[test]
fn what_does_not_go_together_is_not_asked() {
    let fake = Fake::start(|_: &str, _: &Value, _: &[u8]| started(1));
    let place = fake.place();
    place.write("locks.json", "[]");
    for (typed, code, said) in [
        (&["--policy", "web"][..], 2, "--policy-group"),
        (&["--policy", "a", "--policy-group", "b", "--run-list", "c"], 2, "cannot be used with"),
        (&["--run-list", ""], 2, "it is empty"),
        (&["--run-list", "a b"], 2, "`a b`: an item of a run list is"),
        (&["--mode", "local"], 2, "one of zero, solo, server"),
        (&["--data-bag", "users"], 2, "--data-bag is for --mode solo"),
        (&["--mode", "server", "--artifacts", "locks.json"], 2, "cannot go with --mode server"),
        (&["--mode", "solo", "--policy", "a", "--policy-group", "b"], 2, "follows no policy"),
        (&["--artifacts", "locks.json"], 2, "locks.json: it is no JSON object of cookbooks' names"),
        (&["--artifacts", "none.json"], 3, "none.json cannot be read"),
    ] {
        let ended = place.run(&[&["-a", "shop", "chef", "run"][..], typed].concat());
        assert_eq!(ended.code, Some(code), "{typed:?}: {ended:?}");
        assert!(ended.stderr.contains(said), "{typed:?}: {}", ended.stderr);
    }
    assert!(fake.asked().is_empty());
}
