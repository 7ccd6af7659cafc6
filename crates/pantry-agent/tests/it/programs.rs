//! Programs of every kind: how they are started, fed, ended, and what is said of them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use pantry_model::OutputStream;
use pantry_model::protocol::{Deliver, Reported};

use crate::broker::Broker;
use crate::machine::{pair, ready_pair};

fn program(broker: &Broker, number: u32, program: &str) -> Deliver {
    broker.delivery(number, "exec", serde_json::json!({ "program": program }))
}

#[tokio::test]
async fn what_cannot_be_started_is_told_apart() {
    let (mut broker, machine, _agent) = ready_pair().await;
    let home = machine.home.path().display().to_string();
    fs::write(format!("{home}/plain"), "#!/bin/sh\n").unwrap();
    fs::write(format!("{home}/odd"), "#!/no/such/interpreter\n").unwrap();
    fs::set_permissions(format!("{home}/odd"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::write(format!("{home}/garbage"), [1, 2, 3]).unwrap();
    fs::set_permissions(format!("{home}/garbage"), fs::Permissions::from_mode(0o755)).unwrap();
    let cases = [
        (
            "no-such-program".to_owned(),
            "web1 has no program `no-such-program` in its PATH".to_owned(),
        ),
        ("/no/such/program".to_owned(), "web1 has no program `/no/such/program`".to_owned()),
        (
            format!("{home}/plain"),
            format!("web1 cannot run `{home}/plain`: the file is not executable"),
        ),
        (
            format!("{home}/odd"),
            format!("web1 cannot run `{home}/odd`: the interpreter that it names is not there"),
        ),
        (home.clone(), format!("web1 cannot run `{home}`: it is a directory")),
        (
            format!("{home}/garbage"),
            format!("web1 cannot start `{home}/garbage`: Exec format error (os error 8)"),
        ),
    ];
    for (number, (name, reason)) in (1..).zip(cases) {
        let deliver = program(&broker, number, &name);
        let end = broker.carry_out(&deliver, b"").await.end().unwrap().clone();
        assert_eq!(end.what, Reported::Failed);
        assert_eq!(end.ending.reason, Some(reason));
    }
}

#[tokio::test]
async fn exit_codes_and_signals_are_told() {
    let (mut broker, _machine, _agent) = ready_pair().await;
    let deliver = broker.shell(1, "echo out; echo err >&2; exit 42");
    let heard = broker.carry_out(&deliver, b"").await;
    let end = heard.end().unwrap();
    assert_eq!((end.what, end.ending.exit_code), (Reported::Failed, Some(42)));
    assert_eq!(heard.text(OutputStream::Stdout), "out\n");
    assert_eq!(heard.text(OutputStream::Stderr), "err\n");
    let deliver = broker.shell(2, "kill -KILL $$");
    let end = broker.carry_out(&deliver, b"").await.end().unwrap();
    assert_eq!((end.what, end.ending.exit_code), (Reported::Failed, None));
    assert_eq!(end.ending.signal, Some(9));
}

#[tokio::test]
async fn a_program_finds_who_and_where_it_is() {
    let (mut broker, mut machine) = pair();
    machine.config.environment = Some("production".parse().unwrap());
    let _agent = machine.start();
    broker.until(|broker| !broker.hellos.is_empty()).await;
    let script = "echo $PANTRY_APPLICATION $PANTRY_IDENTITY $PANTRY_JOB $PANTRY_ENVIRONMENT; pwd; \
                  test -n \"$PATH\" && cat";
    let deliver = broker.shell(1, script);
    let heard = broker.carry_out(&deliver, b"").await;
    let expected = format!("shop web1 {} production\n/\n", deliver.job);
    assert_eq!(heard.text(OutputStream::Stdout), expected, "and stdin is empty");
}

#[tokio::test]
async fn stdin_is_the_payload_read_or_not() {
    let (mut broker, _machine, _agent) = ready_pair().await;
    for (number, size) in (1..).zip([1, 4096, 4097, 1_500_000]) {
        let payload = b"0123456789abcdef".repeat(size / 16 + 1);
        let payload = &payload[..size];
        let deliver = broker.delivery(number, "exec", serde_json::json!({ "program": "cat" }));
        let heard = broker.carry_out(&deliver, payload).await;
        assert_eq!(heard.text(OutputStream::Stdout).as_bytes(), payload);
        let deliver = program(&broker, 100 + number, "true");
        let heard = broker.carry_out(&deliver, payload).await;
        assert_eq!(heard.end().unwrap().what, Reported::Succeeded);
    }
    let script = b"words=$(echo many words)\necho \"got: $words\"\n";
    let arguments = serde_json::json!({ "program": "sh", "arguments": ["-s"] });
    let deliver = broker.delivery(200, "exec", arguments);
    let heard = broker.carry_out(&deliver, script).await;
    assert_eq!(heard.text(OutputStream::Stdout), "got: many words\n");
}

#[tokio::test]
async fn who_ignores_sigterm_is_killed_with_all_that_it_started() {
    let (mut broker, mut machine) = pair();
    machine.config.grace = Duration::from_millis(300);
    let _agent = machine.start();
    broker.until(|broker| !broker.hellos.is_empty()).await;
    let script = "trap '' TERM; sleep 1000 & echo $!; echo $$; while :; do sleep 0.05; done";
    let mut deliver = broker.shell(1, script);
    deliver.order.timeout = Duration::from_millis(200);
    let heard = broker.carry_out(&deliver, b"").await;
    let end = heard.end().unwrap();
    assert_eq!((end.what, end.ending.signal), (Reported::TimedOut, Some(9)));
    assert_eq!(end.ending.reason.as_deref(), Some("`sh` ran longer than 0.2 s and was ended"));
    for process in heard.text(OutputStream::Stdout).lines() {
        let stat = fs::read_to_string(format!("/proc/{process}/stat"));
        assert!(stat.is_err() || stat.unwrap().contains(") Z "), "{process} lives");
    }
}

#[tokio::test]
async fn who_ends_at_sigterm_says_its_last_words() {
    let (mut broker, _machine, _agent) = ready_pair().await;
    let script = "trap 'echo bye; exit 7' TERM; sleep 1000 & wait";
    let mut deliver = broker.shell(1, script);
    deliver.order.timeout = Duration::from_millis(200);
    let heard = broker.carry_out(&deliver, b"").await;
    let end = heard.end().unwrap();
    assert_eq!((end.what, end.ending.exit_code), (Reported::TimedOut, Some(7)));
    assert_eq!(heard.text(OutputStream::Stdout), "bye\n");
}

#[tokio::test]
async fn children_that_are_left_behind_hold_nothing_up_and_live_on() {
    let (mut broker, machine, _agent) = ready_pair().await;
    let fifo = machine.home.path().join("fifo");
    let script = format!("mkfifo {0}; (read x < {0}) & echo $!", fifo.display());
    let deliver = broker.shell(1, &script);
    let started = Instant::now();
    let heard = broker.carry_out(&deliver, b"").await;
    assert_eq!(heard.end().unwrap().what, Reported::Succeeded);
    assert!(started.elapsed() < Duration::from_secs(20));
    let child = heard.text(OutputStream::Stdout).trim().to_owned();
    assert!(fs::exists(format!("/proc/{child}")).unwrap(), "a service that was started is gone");
    // A reader opens the other end, so this does not wait for anyone else.
    fs::write(&fifo, "end\n").unwrap();
}
