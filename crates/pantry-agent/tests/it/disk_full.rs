//! A disk without room: simulated by the limit on file sizes, which holds for everybody, root too.

use pantry_model::OutputStream;
use pantry_model::protocol::Reported;

use crate::machine::pair;

/// Files of at most 64 KiB; SIGXFSZ, which a full disk does not send, is ignored.
const SMALL_FILES: &str = "trap '' XFSZ; ulimit -f 128";

#[tokio::test]
async fn what_cannot_be_written_down_is_refused_and_the_agent_lives() {
    let (mut broker, machine) = pair();
    let _agent = machine.start_process(SMALL_FILES);
    broker.until(|broker| !broker.hellos.is_empty()).await;
    let text = "x".repeat(20_000);
    let mut refused = None;
    for number in 1..20 {
        let echo = broker.delivery(number, "echo", serde_json::json!({ "text": text }));
        let end = broker.carry_out(&echo, b"").await.end().unwrap().clone();
        if end.what != Reported::Succeeded {
            refused = Some((echo, end));
            break;
        }
    }
    let (echo, end) = refused.expect("the journal has room for ever");
    assert_eq!(end.what, Reported::Refused);
    let reason = end.ending.reason.unwrap();
    assert!(reason.starts_with("web1's agent cannot take the job: it cannot write"), "{reason}");
    assert!(reason.contains("journal: File too large"), "{reason}");
    // It is not run later, and what is small enough still is.
    let before = broker.heard[&echo.job].reports.len();
    broker.deliver(&echo, b"").await;
    broker.until(|broker| broker.heard[&echo.job].reports.len() > before).await;
    assert_eq!(broker.heard[&echo.job].reports.last().unwrap().what, Reported::Refused);
    let small = broker.delivery(100, "echo", serde_json::json!({ "text": "hi" }));
    assert_eq!(broker.carry_out(&small, b"").await.end().unwrap().what, Reported::Succeeded);
    // A payload has a file of its own.
    let cat = broker.delivery(101, "exec", serde_json::json!({ "program": "cat" }));
    let end = broker.carry_out(&cat, &[b'x'; 100_000]).await.end().unwrap().clone();
    assert_eq!(end.what, Reported::Refused);
    assert!(end.ending.reason.unwrap().contains("payloads"));
}

#[tokio::test]
async fn output_that_finds_no_room_is_cut_and_the_job_goes_on() {
    let (mut broker, machine) = pair();
    let _agent = machine.start_process(SMALL_FILES);
    broker.until(|broker| !broker.hellos.is_empty()).await;
    let deliver = broker.shell(1, "head -c 1000000 /dev/zero; exit 5");
    let heard = broker.carry_out(&deliver, b"").await;
    let end = heard.end().unwrap();
    assert_eq!((end.what, end.ending.exit_code), (Reported::Failed, Some(5)));
    assert_eq!(end.ending.output_bytes, 1_000_000);
    let kept = heard.text(OutputStream::Stdout).len();
    assert!((1..65_536).contains(&kept), "{kept}");
    let mark = heard.text(OutputStream::Stderr);
    let expected = format!("\n[pantry: output cut after {kept} bytes, the agent cannot write ");
    assert!(mark.starts_with(&expected) && mark.contains("File too large"), "{mark}");
}
