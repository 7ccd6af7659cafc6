//! Deliveries and sessions: what is done, said, said again, and never done twice.

use std::fs;
use std::time::Duration;

use pantry_agent::{AgentError, AgentState};
use pantry_model::protocol::Reported;
use pantry_model::{Incarnation, OutputStream};

use crate::broker::Broker;
use crate::machine::{Machine, pair, ready_pair, web1};

#[tokio::test]
async fn echo_comes_back_with_one_report() {
    let (mut broker, _machine, _agent) = ready_pair().await;
    let echo = broker.delivery(1, "echo", serde_json::json!({ "text": "hi" }));
    let heard = broker.carry_out(&echo, b"").await;
    assert_eq!(heard.text(OutputStream::Stdout), "hi\n");
    assert_eq!(heard.reports.len(), 1);
    let end = heard.end().unwrap();
    assert_eq!((end.what, end.ending.exit_code), (Reported::Succeeded, Some(0)));
    assert_eq!((end.ending.output_bytes, end.ending.output_chunks), (3, 1));
}

#[tokio::test]
async fn a_long_echo_is_output_like_any_other() {
    let (mut broker, _machine, _agent) = ready_pair().await;
    let text = "x".repeat(300_000);
    let echo = broker.delivery(1, "echo", serde_json::json!({ "text": text }));
    let heard = broker.carry_out(&echo, b"").await;
    assert_eq!(heard.text(OutputStream::Stdout), format!("{text}\n"));
}

#[tokio::test]
async fn a_delivery_runs_once_however_often_it_comes() {
    let (mut broker, machine, agent) = ready_pair().await;
    let counter = machine.home.path().join("runs");
    let deliver = broker.shell(1, &format!("echo ran >> {}", counter.display()));
    let runs = || fs::read_to_string(&counter).unwrap().lines().count();
    for _ in 0..3 {
        broker.deliver(&deliver, b"").await;
    }
    broker.over(deliver.job).await;
    // The answer to a duplicate says how it ended.
    let before = broker.heard[&deliver.job].reports.len();
    broker.deliver(&deliver, b"").await;
    broker.until(|broker| broker.heard[&deliver.job].reports.len() > before).await;
    let again = broker.heard[&deliver.job].reports.last().unwrap();
    assert_eq!((again.what, again.ending.exit_code), (Reported::Succeeded, Some(0)));
    agent.stop().await;

    let _agent = machine.start();
    let before = broker.heard[&deliver.job].reports.len();
    broker.until(|broker| broker.hellos.len() > 1).await;
    broker.deliver(&deliver, b"").await;
    broker.until(|broker| broker.heard[&deliver.job].reports.len() > before).await;
    assert_eq!(runs(), 1);
}

#[tokio::test]
async fn what_was_not_recorded_is_said_again_after_a_reconnect() {
    let (mut broker, _machine, _agent) = ready_pair().await;
    broker.records = false;
    let deliver = broker.shell(1, "echo out; exit 3");
    broker.carry_out(&deliver, b"").await;
    broker.heard.clear();
    broker.restart().await;
    broker.records = true;
    let heard = broker.over(deliver.job).await;
    assert_eq!(heard.text(OutputStream::Stdout), "out\n");
    assert_eq!(heard.end().unwrap().ending.exit_code, Some(3));
    let [first, second] = [&broker.hellos[0], broker.hellos.last().unwrap()];
    assert_ne!(first.session, second.session);
    assert_eq!(first.incarnation, second.incarnation);
    assert_eq!(second.open, [deliver.job]);
}

#[tokio::test]
async fn another_incarnations_delivery_is_left_alone() {
    let (mut broker, machine, _agent) = ready_pair().await;
    let file = machine.home.path().join("touched");
    let mut deliver = broker.shell(1, &format!("touch {}", file.display()));
    deliver.incarnation = Incarnation(deliver.incarnation.0.wrapping_add(1));
    broker.deliver(&deliver, b"").await;
    // What comes after it is done, so it was seen.
    let echo = broker.delivery(2, "echo", serde_json::json!({ "text": "hi" }));
    broker.carry_out(&echo, b"").await;
    assert!(!broker.heard.contains_key(&deliver.job) && !file.exists());
}

#[tokio::test]
async fn a_stopped_agent_knows_what_it_had_begun_and_what_not() {
    let (mut broker, mut machine) = pair();
    machine.config.parallel_jobs = 1;
    let agent = machine.start();
    broker.until(|broker| !broker.hellos.is_empty()).await;
    let (begun, done) = (machine.home.path().join("begun"), machine.home.path().join("done"));
    let first = broker.shell(1, &format!("echo begun; echo $$ > {}; sleep 1000", begun.display()));
    broker.deliver(&first, b"").await;
    broker.until(|broker| broker.heard.get(&first.job).is_some_and(|h| !h.output.is_empty())).await;
    let second = broker.shell(2, &format!("cat > {}", done.display()));
    let third = broker.shell(3, "exit 0");
    let mut third = third;
    third.time_to_live = Duration::from_secs(20);
    let payload = "line\n".repeat(10_000);
    broker.deliver(&second, payload.as_bytes()).await;
    broker.deliver(&third, b"").await;
    broker.reported(second.job, Reported::Accepted).await;
    broker.reported(third.job, Reported::Accepted).await;
    // What is over at once does not wait for what takes long.
    let echo = broker.delivery(4, "echo", serde_json::json!({ "text": "hi" }));
    broker.carry_out(&echo, b"").await;
    agent.stop().await;

    let leader: i32 = fs::read_to_string(&begun).unwrap().trim().parse().unwrap();
    gone(leader).await;
    machine.clock.forward(Duration::from_secs(30));
    let _agent = machine.start();
    let heard = broker.over(first.job).await;
    assert_eq!(heard.end().unwrap().what, Reported::Forgotten);
    assert_eq!(heard.text(OutputStream::Stdout), "begun\n");
    assert_eq!(broker.over(second.job).await.end().unwrap().what, Reported::Succeeded);
    assert_eq!(fs::read_to_string(&done).unwrap(), payload);
    assert_eq!(broker.over(third.job).await.end().unwrap().what, Reported::NotStarted);
}

/// Waits until there is no such process, nor a zombie of it.
async fn gone(process: i32) {
    let wait = async {
        while fs::read_to_string(format!("/proc/{process}/stat"))
            .is_ok_and(|stat| !stat.contains(") Z "))
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::broker::DEADLINE, wait).await.unwrap();
}

#[tokio::test]
async fn a_job_that_waits_too_long_is_not_started() {
    let (mut broker, mut machine) = pair();
    machine.config.parallel_jobs = 1;
    let _agent = machine.start();
    broker.until(|broker| !broker.hellos.is_empty()).await;
    let long = broker.shell(1, "sleep 1000");
    broker.deliver(&long, b"").await;
    broker.reported(long.job, Reported::Started).await;
    let mut short = broker.shell(2, "exit 0");
    short.time_to_live = Duration::from_millis(300);
    let heard = broker.carry_out(&short, b"").await;
    let whats: Vec<Reported> = heard.reports.iter().map(|report| report.what).collect();
    assert_eq!(whats, [Reported::Accepted, Reported::NotStarted]);
}

#[tokio::test]
async fn an_order_that_makes_no_sense_fails_with_a_sentence() {
    let (mut broker, _machine, _agent) = ready_pair().await;
    for (number, command, arguments, reason) in [
        (1, "dance", serde_json::json!({}), "has no command `dance`"),
        (
            2,
            "exec",
            serde_json::json!({ "program": 7 }),
            "the arguments of `exec` are not in order",
        ),
    ] {
        let deliver = broker.delivery(number, command, arguments);
        let end = broker.carry_out(&deliver, b"").await.end().unwrap().clone();
        assert_eq!(end.what, Reported::Failed);
        assert!(end.ending.reason.as_ref().unwrap().contains(reason), "{end:?}");
    }
}

#[tokio::test]
async fn a_name_that_is_taken_ends_the_agent() {
    let (mut broker, machine) = pair();
    broker.welcomes = false;
    let agent = machine.start();
    broker.until(|broker| !broker.hellos.is_empty()).await;
    let error = agent.ends().await.unwrap_err();
    assert!(matches!(error, AgentError::IdentityInUse { .. }));
    assert_eq!(error.to_string(), "another agent is connected as shop/web1");
}

#[tokio::test]
async fn the_state_says_how_the_connection_is() {
    let mut broker = Broker::start(&web1());
    let mut machine = Machine::of(&broker);
    let _agent = machine.start();
    machine.state(AgentState::Refused).await;
    broker.keys.admit(machine.keys.public, &web1());
    broker.until(|broker| !broker.hellos.is_empty()).await;
    machine.state(AgentState::Ready).await;
}

#[tokio::test]
async fn it_says_that_it_is_there() {
    let (mut broker, mut machine) = pair();
    machine.config.heartbeat_interval = Duration::from_millis(100);
    let _agent = machine.start();
    broker.until(|broker| broker.heartbeats >= 3).await;
}

#[tokio::test]
async fn a_second_agent_on_the_same_directory_ends_at_once() {
    let (_broker, machine, _agent) = ready_pair().await;
    let error = machine.start().ends().await.unwrap_err();
    assert!(error.to_string().starts_with("another agent is running with the data directory"));
}
