//! Output: all of it, in order, whatever is lost on the way; and no more of it than is kept.

use pantry_model::OutputStream;
use pantry_model::protocol::Reported;

use crate::machine::{pair, ready_pair};

/// A script that writes so many numbered lines.
fn lines(count: u32) -> String {
    format!("seq -f 'line %08.0f' {count}")
}

#[tokio::test]
async fn output_arrives_whole_though_messages_are_lost() {
    let (mut broker, _machine, _agent) = ready_pair().await;
    broker.loses = vec![2, 3, 7, 20];
    let deliver = broker.shell(1, &lines(200_000));
    let heard = broker.carry_out(&deliver, b"").await;
    let text = heard.text(OutputStream::Stdout);
    assert_eq!(text.lines().count(), 200_000);
    assert_eq!(text.lines().last(), Some("line 00200000"));
    assert_eq!(heard.end().unwrap().ending.output_bytes, text.len() as u64);
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_not_sent_more_than_the_window() {
    let (mut broker, _machine, _agent) = ready_pair().await;
    broker.records = false;
    let deliver = broker.shell(1, &lines(200_000));
    broker.deliver(&deliver, b"").await;
    broker.reported(deliver.job, Reported::Succeeded).await;
    // The end is told after all that may be sent, so nothing more is on its way but what was
    // being read just then; an echo that comes back after it has overtaken nothing.
    let echo = broker.delivery(2, "echo", serde_json::json!({ "text": "hi" }));
    broker.carry_out(&echo, b"").await;
    let sent: usize = broker.heard[&deliver.job].messages.iter().map(|(_, bytes)| bytes).sum();
    assert!((256 * 1024..=512 * 1024).contains(&sent), "{sent} bytes were sent");

    broker.records = true;
    broker.record_output(deliver.job).await;
    let heard = broker.over(deliver.job).await;
    assert_eq!(heard.text(OutputStream::Stdout).lines().count(), 200_000);
}

#[tokio::test]
async fn small_writes_are_gathered_and_come_while_it_runs() {
    let (mut broker, machine, _agent) = ready_pair().await;
    let fifo = machine.home.path().join("fifo");
    let script = format!(
        "mkfifo {0}; for i in $(seq 500); do echo $i; echo e >&2; done; read x < {0}; echo $x",
        fifo.display()
    );
    let deliver = broker.shell(1, &script);
    broker.deliver(&deliver, b"").await;
    broker
        .until(|broker| {
            broker.heard.get(&deliver.job).is_some_and(|heard| {
                heard.text(OutputStream::Stdout).ends_with("\n500\n")
                    && heard.text(OutputStream::Stderr).len() == 1000
            })
        })
        .await;
    std::fs::write(&fifo, "go on\n").unwrap();
    let heard = broker.over(deliver.job).await;
    assert!(heard.text(OutputStream::Stdout).ends_with("\n500\ngo on\n"));
    assert!(heard.messages.len() < 100, "{} messages", heard.messages.len());
}

#[tokio::test]
async fn a_line_of_a_gigabyte_is_cut_and_takes_no_memory() {
    let (mut broker, machine) = pair();
    let agent = machine.start_process(":");
    broker.until(|broker| !broker.hellos.is_empty()).await;
    let before = agent.peak_memory();
    let deliver = broker.shell(1, "head -c 1000000000 /dev/zero");
    let heard = broker.carry_out(&deliver, b"").await;
    let limit = 16 * 1024 * 1024;
    assert_eq!(heard.text(OutputStream::Stdout).len(), limit);
    let mark =
        format!("\n[pantry: output cut after {limit} bytes; the setting is client.output_limit]\n");
    assert_eq!(heard.text(OutputStream::Stderr), mark);
    assert_eq!(heard.output.last().unwrap().0, OutputStream::Stderr);
    let end = heard.end().unwrap();
    assert_eq!((end.what, end.ending.output_bytes), (Reported::Succeeded, 1_000_000_000));
    let peak = agent.peak_memory();
    println!("peak memory: {before} kB idle, {peak} kB after a gigabyte");
    assert!(peak < before + 8 * 1024, "{before} kB before, {peak} kB at the most");
}
