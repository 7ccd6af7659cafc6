//! A whole Pantry, doing its main job.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use pantry_testkit::installation::Installation;
use serde_json::Value;

/// The binary that was built with these tests.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_pantry");

pub(crate) fn installation() -> Result<Installation> {
    Installation::new(BINARY.as_ref())
}

/// Lines of JSON, as `--json` writes them.
pub(crate) fn json_lines(text: &str) -> Result<Vec<Value>> {
    text.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

/// What `exec --json` says of each client, by identity: its state.
pub(crate) fn summary(lines: &[Value]) -> Vec<(String, String)> {
    let clients = lines.last().and_then(|line| line["clients"].as_array());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let states = clients.into_iter().flatten();
    states.map(|it| (text(&it["identity"]), text(&it["state"]))).collect()
}

#[test]
fn a_job_reaches_exactly_the_machines_that_are_meant() -> Result<()> {
    let house = installation()?;
    let _server = house.start_server()?;
    for application in ["shop", "shop2"] {
        house.succeed(&["app", "create", application])?;
    }
    let enrolled = [
        ("shop", "web1", "prod", "web"),
        ("shop", "web2", "test", "web"),
        ("shop", "db1", "prod", "db"),
        ("shop2", "web1", "prod", "web"),
    ];
    let mut clients = Vec::new();
    for (application, identity, environment, role) in enrolled {
        house.enrol(application, identity, &["-e", environment, "-r", role])?;
        clients.push(house.start_client(application, identity)?);
    }
    for (target, meant) in [
        (vec!["-a", "shop"], "shop/db1 shop/web1 shop/web2"),
        (vec!["-a", "shop", "-e", "prod"], "shop/db1 shop/web1"),
        (vec!["-a", "shop", "-r", "web"], "shop/web1 shop/web2"),
        (vec!["-a", "shop", "-i", "web*", "-e", "prod"], "shop/web1"),
        (vec!["-a", "shop2"], "shop2/web1"),
        (vec!["-i", "web1"], "shop/web1 shop2/web1"),
    ] {
        let mark = format!("mark-{}", target.join(""));
        let script =
            format!("echo $PANTRY_APPLICATION/$PANTRY_IDENTITY >> {}", house.path(&mark).display());
        let mut arguments = target;
        arguments.extend(["exec", "--shell", &script]);
        house.succeed(&arguments)?;
        // What the machines did, not what was said of it.
        let done = std::fs::read_to_string(house.path(&mark))?;
        let mut done: Vec<_> = done.lines().collect();
        done.sort_unstable();
        assert_eq!(done.join(" "), meant, "{arguments:?}");
    }
    Ok(())
}

#[test]
fn machines_are_asked_by_what_they_tell_of_themselves() -> Result<()> {
    let house = installation()?;
    let _server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    let mut clients = Vec::new();
    for (identity, facts) in [("web1", "{ohai: never}"), ("web2", "off")] {
        house.enrol("shop", identity, &["-r", "web"])?;
        let file = house.path(&format!("shop-{identity}.yml"));
        let config = std::fs::read_to_string(&file)?;
        std::fs::write(
            &file,
            config.replace("client:\n", &format!("client:\n  facts: {facts}\n")),
        )?;
        clients.push(house.start_client("shop", identity)?);
    }
    let query = "os:linux AND kernel_name:Linux AND pantry_identity:web* AND roles:web";
    let known = ["-a", "shop", "-s", query, "--json", "client", "list"];
    let deadline = Instant::now() + Duration::from_secs(60);
    while !house.succeed(&known)?.contains("web1") {
        ensure!(Instant::now() < deadline, "nothing was told");
    }
    let exec = |query: &'static str| {
        house.run(&["-a", "shop", "-s", query, "--json", "exec", "--", "true"])
    };
    let done = exec("os:linux")?;
    let lines = json_lines(&String::from_utf8(done.stdout)?)?;
    assert_eq!(summary(&lines), [("web1".to_owned(), "succeeded".to_owned())]);
    let list: Value =
        serde_json::from_str(&house.succeed(&["--json", "-a", "shop", "job", "list"])?)?;
    let id = list[0]["job"]["id"].as_str().unwrap_or_default();
    let shown = house.succeed(&["job", "show", id])?;
    ensure!(shown.contains("-s 'os:linux'"), "{shown}");
    for (query, code, part) in
        [("os:none", 9, "matches -s 'os:none'"), ("os:(linux", 2, "at character")]
    {
        let refused = exec(query)?;
        let told = String::from_utf8(refused.stderr)?;
        ensure!(refused.status.code() == Some(code) && told.contains(part), "{told}");
    }
    Ok(())
}

#[test]
fn output_and_endings_are_those_of_the_programs() -> Result<()> {
    let house = installation()?;
    let _server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    house.enrol("shop", "web1", &[])?;
    let _client = house.start_client("shop", "web1")?;

    std::fs::write(house.path("input"), "hello\n")?;
    let script = "read line; echo \"got $line\"; echo oops >&2; exit 3";
    let output =
        house.run(&["-a", "shop", "exec", "--stdin", "input", "--", "sh", "-c", script])?;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout)?, "web1 | got hello\n");
    let told = String::from_utf8(output.stderr)?;
    assert!(told.contains("oops") && told.contains("exit code 3"), "{told}");

    let list = house.succeed(&["--json", "-a", "shop", "job", "list"])?;
    let list: Value = serde_json::from_str(&list)?;
    let id = list[0]["job"]["id"].as_str().unwrap_or_default().to_owned();
    let stored = house.run(&["job", "output", &id, "-i", "web1"])?;
    assert_eq!(stored.stdout, b"got hello\n");
    assert_eq!(stored.stderr, b"oops\n");

    for (arguments, state, reason) in [
        (vec!["--", "no-such-program"], "failed", "no-such-program"),
        (vec!["--timeout", "1s", "--", "sleep", "100"], "timed-out", ""),
        (vec!["--", "/etc/passwd"], "failed", "not executable"),
    ] {
        let mut all = vec!["--json", "-a", "shop", "exec"];
        all.extend(arguments);
        let output = house.run(&all)?;
        assert_eq!(output.status.code(), Some(1), "{all:?}");
        let text = String::from_utf8(output.stdout)?;
        let states = summary(&json_lines(&text)?);
        assert_eq!(states, [("web1".to_owned(), state.to_owned())], "{text}");
        ensure!(text.contains(reason), "{text}");
    }
    Ok(())
}

#[test]
fn a_client_that_is_away_gets_its_work_when_it_comes_back() -> Result<()> {
    let house = installation()?;
    let _server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    house.enrol("shop", "web1", &[])?;
    let output = house.run(&["-a", "shop", "exec", "--", "echo", "late"])?;
    assert_eq!(output.status.code(), Some(11));
    let told = String::from_utf8(output.stderr)?;
    assert!(told.contains("web1 is away"), "{told}");
    let list: Value = serde_json::from_str(&house.succeed(&["--json", "job", "list"])?)?;
    let id = list[0]["job"]["id"].as_str().unwrap_or_default().to_owned();

    let _client = house.start_client("shop", "web1")?;
    assert_eq!(house.succeed(&["job", "watch", &id])?, "web1 | late\n");
    Ok(())
}

#[test]
fn a_deleted_client_hears_nothing_more_and_a_name_can_be_enrolled_again() -> Result<()> {
    let house = installation()?;
    let _server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    house.enrol("shop", "web1", &[])?;
    let mut client = house.start_client("shop", "web1")?;
    house.succeed(&["-a", "shop", "client", "delete", "web1", "--yes"])?;
    client.wait_for("does not know")?;
    let gone = house.run(&["-a", "shop", "-i", "web1", "echo", "hi"])?;
    assert_eq!(gone.status.code(), Some(9));
    client.kill()?;

    std::fs::remove_file(house.path("shop-web1.yml"))?;
    std::fs::remove_dir_all(house.path("shop-web1.data"))?;
    house.enrol("shop", "web1", &[])?;
    let _client = house.start_client("shop", "web1")?;
    assert_eq!(house.succeed(&["-a", "shop", "echo", "again"])?, "web1 | again\n");
    Ok(())
}

#[test]
fn a_restored_disk_never_gets_what_was_sent_before() -> Result<()> {
    let house = installation()?;
    let _server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    house.enrol("shop", "web1", &[])?;
    let mut client = house.start_client("shop", "web1")?;
    let mark = house.path("mark");
    // It outlives its agent, but not this test's folder.
    let script = format!("echo once >> {0}; while [ -e {0} ]; do sleep 0.1; done", mark.display());
    let started = house.succeed(&["-a", "shop", "exec", "--no-wait", "--shell", &script])?;
    let id = started.split_whitespace().next().unwrap_or_default().to_owned();
    let mut watch = pantry_testkit::process::Process::spawn(
        "watch",
        &mut house.command(&["--json", "job", "watch", &id]),
    )?;
    watch.wait_for("\"running\"")?;
    client.kill()?;
    // The machine is rebuilt: same key, empty disk.
    std::fs::remove_dir_all(house.path("shop-web1.data"))?;
    let _client = house.start_client("shop", "web1")?;
    watch.wait_for("\"interrupted\"")?;
    assert_eq!(std::fs::read_to_string(mark)?, "once\n");
    Ok(())
}
