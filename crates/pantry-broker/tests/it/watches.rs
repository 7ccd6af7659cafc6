//! Watching a job: everything that happens, output only as far as there is credit.

use std::collections::BTreeMap;

use pantry_model::commands::job::JobWatch;
use pantry_model::protocol::{Credit, Failure, OutputChunks, Recorded, Reported, WatchEvent};
use pantry_model::{DeliveryState, Ending, ErrorCode, JobId, MessageType, OutputStream, Timestamp};

use crate::house::{House, Peer};

fn watch(job: JobId, credit: u64, seen: u64, follow: bool) -> JobWatch {
    let identity = "web1".parse().unwrap();
    let seen = if seen > 0 { BTreeMap::from([(identity, seen)]) } else { BTreeMap::new() };
    JobWatch { job, identities: Vec::new(), seen, credit, follow }
}

async fn output(web1: &mut Peer, job: JobId, first: u64, texts: &[&str]) {
    let chunks = texts.iter().map(|text| (OutputStream::Stdout, text.len())).collect();
    let bytes = texts.concat().into_bytes();
    web1.say_with(MessageType::Output, &OutputChunks { job, first, chunks }, bytes).await;
    // Reports are recorded apart from output, and may be so before.
    let is_recorded = |recorded: Recorded| recorded.output.iter().any(|(of, _)| *of == job);
    while !is_recorded(web1.message(MessageType::Recorded).await.document().unwrap()) {}
}

/// The next event; of output, its bytes.
async fn event(admin: &mut Peer) -> (WatchEvent, String) {
    let message = admin.message(MessageType::Event).await;
    let bytes = String::from_utf8(message.payload().to_vec()).unwrap();
    (message.document().unwrap(), bytes)
}

/// The next event that is output: its first sequence number and its bytes.
async fn next_output(admin: &mut Peer) -> (u64, String) {
    loop {
        if let (WatchEvent::Output { first, .. }, bytes) = event(admin).await {
            return (first, bytes);
        }
    }
}

#[tokio::test]
async fn a_watch_says_all_that_happens_and_then_that_it_is_done() {
    let house = House::new().await;
    let mut web1 = house.web1(1).await;
    let job = house.start_job(60_000).await;
    web1.delivered().await;
    let mut admin = house.connect_admin().await;
    let request = admin.request(&watch(job, 1000, 0, true)).await;
    assert_eq!(admin.message(MessageType::Reply).await.metadata.reply_to, Some(request));
    let (first, _) = event(&mut admin).await;
    assert!(
        matches!(&first, WatchEvent::Delivery { delivery, online: true } if delivery.state == DeliveryState::Sent),
        "{first:?}"
    );
    web1.report(job, Reported::Started, Ending::default()).await;
    let (started, _) = event(&mut admin).await;
    assert!(
        matches!(&started, WatchEvent::Delivery { delivery, .. } if delivery.state == DeliveryState::Running)
    );
    output(&mut web1, job, 0, &["hello"]).await;
    assert_eq!(next_output(&mut admin).await, (0, "hello".to_owned()));
    let ending = Ending { output_chunks: 1, ..Ending::default() };
    web1.report(job, Reported::Succeeded, ending).await;
    let (ended, _) = event(&mut admin).await;
    assert!(
        matches!(&ended, WatchEvent::Delivery { delivery, .. } if delivery.state == DeliveryState::Succeeded)
    );
    assert_eq!(event(&mut admin).await.0, WatchEvent::Done);
}

#[tokio::test]
async fn without_credit_no_output_is_sent_and_with_it_nothing_is_missing() {
    let house = House::new().await;
    let mut web1 = house.web1(1).await;
    let job = house.start_job(60_000).await;
    web1.delivered().await;
    web1.report(job, Reported::Started, Ending::default()).await;
    output(&mut web1, job, 0, &["aaaa", "bbbb", "cccc"]).await;
    let mut admin = house.connect_admin().await;
    // Five bytes are one chunk; the other watch wants to go on from the last chunk.
    let small = admin.request(&watch(job, 5, 0, true)).await;
    assert_eq!(next_output(&mut admin).await, (0, "aaaa".to_owned()));
    assert_eq!(next_output(&mut admin).await, (1, "bbbb".to_owned()));
    output(&mut web1, job, 3, &["dddd"]).await;
    let resumed = admin.request(&watch(job, 1000, 3, true)).await;
    let message = loop {
        let message = admin.message(MessageType::Event).await;
        if matches!(message.document().unwrap(), WatchEvent::Output { .. }) {
            break message;
        }
    };
    assert_eq!((message.metadata.reply_to, message.payload()), (Some(resumed), &b"dddd"[..]));
    admin.say(MessageType::Credit, &Credit { watch: small, bytes: 1000 }).await;
    assert_eq!(next_output(&mut admin).await, (2, "ccccdddd".to_owned()));
}

#[tokio::test]
async fn what_is_stored_is_shown_without_waiting_for_more() {
    let house = House::new().await;
    let mut web1 = house.web1(1).await;
    let job = house.start_job(60_000).await;
    web1.delivered().await;
    web1.report(job, Reported::Started, Ending::default()).await;
    output(&mut web1, job, 0, &["so far"]).await;
    let mut admin = house.connect_admin().await;
    admin.request(&watch(job, 1000, 0, false)).await;
    assert_eq!(next_output(&mut admin).await, (0, "so far".to_owned()));
    assert_eq!(event(&mut admin).await.0, WatchEvent::Done);
}

#[tokio::test]
async fn a_deleted_client_ends_the_wait_for_it() {
    let house = House::new().await;
    let job = house.start_job(60_000).await;
    let mut admin = house.connect_admin().await;
    admin.request(&watch(job, 1000, 0, true)).await;
    event(&mut admin).await;
    house.usecases.delete_machine(&house.admin, &crate::house::web1()).await.unwrap();
    let (ended, _) = event(&mut admin).await;
    assert!(
        matches!(&ended, WatchEvent::Delivery { delivery, .. } if delivery.state == DeliveryState::Cancelled)
    );
    assert_eq!(event(&mut admin).await.0, WatchEvent::Done);
}

#[tokio::test]
async fn a_job_that_is_not_there_cannot_be_watched() {
    let house = House::new().await;
    let mut admin = house.connect_admin().await;
    admin.request(&watch(JobId::new(Timestamp(1), 1), 1000, 0, true)).await;
    let failure: Failure = admin.message(MessageType::Failure).await.document().unwrap();
    assert_eq!(failure.code, ErrorCode::UnknownJob);
}
