//! What machines report: recorded before it is acknowledged, complete before it is final.

use pantry_model::protocol::{OutputChunks, Recorded, Reported};
use pantry_model::{DeliveryState, Ending, JobId, MessageType, OutputStream, Timestamp};

use crate::house::{House, Peer, web1};

async fn output(peer: &mut Peer, job: JobId, first: u64, texts: &[&str]) {
    let chunks = texts.iter().map(|text| (OutputStream::Stdout, text.len())).collect();
    let bytes = texts.concat().into_bytes();
    peer.say_with(MessageType::Output, &OutputChunks { job, first, chunks }, bytes).await;
}

async fn recorded(peer: &mut Peer) -> Recorded {
    peer.message(MessageType::Recorded).await.document().unwrap()
}

#[tokio::test]
async fn a_report_is_acknowledged_when_it_is_written_down_and_again_when_it_is_repeated() {
    let house = House::new().await;
    let mut web1 = house.web1(1).await;
    let job = house.start_job(60_000).await;
    assert_eq!(web1.message(MessageType::Deliver).await.payload(), b"input");
    for _ in 0..2 {
        let ending = Ending { exit_code: Some(3), ..Ending::default() };
        web1.report(job, Reported::Failed, ending).await;
        assert_eq!(recorded(&mut web1).await.reports, [(job, Reported::Failed)]);
        let delivery = house.delivery(job, |_| true).await;
        assert_eq!((delivery.state, delivery.ending.exit_code), (DeliveryState::Failed, Some(3)));
    }
    // Nothing changes what is final.
    web1.report(job, Reported::Succeeded, Ending::default()).await;
    assert_eq!(recorded(&mut web1).await.reports, [(job, Reported::Succeeded)]);
    assert_eq!(house.delivery(job, |_| true).await.state, DeliveryState::Failed);
}

#[tokio::test]
async fn a_delivery_is_final_only_when_all_of_its_output_is_here() {
    let house = House::new().await;
    let mut web1 = house.web1(1).await;
    let job = house.start_job(60_000).await;
    web1.delivered().await;
    output(&mut web1, job, 0, &["one "]).await;
    assert_eq!(recorded(&mut web1).await.output, [(job, 1)]);
    let ending = Ending { output_chunks: 3, output_bytes: 13, ..Ending::default() };
    web1.report(job, Reported::Succeeded, ending.clone()).await;
    let answer = recorded(&mut web1).await;
    assert_eq!((answer.reports, answer.output), (vec![], vec![(job, 1)]));
    // A gap is not taken, and what is here already is passed over.
    output(&mut web1, job, 2, &["three"]).await;
    assert_eq!(recorded(&mut web1).await.output, [(job, 1)]);
    output(&mut web1, job, 0, &["one ", "two ", "three"]).await;
    assert_eq!(recorded(&mut web1).await.output, [(job, 3)]);
    web1.report(job, Reported::Succeeded, ending).await;
    assert_eq!(recorded(&mut web1).await.reports, [(job, Reported::Succeeded)]);
    let stored = house.store.output(job, &web1_identity(), 0, 1000).await.unwrap();
    let text: Vec<u8> = stored.into_iter().flat_map(|chunk| chunk.bytes).collect();
    assert_eq!(text, b"one two three");
}

fn web1_identity() -> pantry_model::Identity {
    web1().identity
}

#[tokio::test]
async fn of_a_job_that_is_not_its_own_nothing_is_kept_and_nothing_is_asked_for() {
    let house = House::new().await;
    let mut web1 = house.web1(1).await;
    let stranger = JobId::new(Timestamp(5), 5);
    web1.report(stranger, Reported::Succeeded, Ending::default()).await;
    assert_eq!(recorded(&mut web1).await.reports, [(stranger, Reported::Succeeded)]);
    output(&mut web1, stranger, 0, &["x"]).await;
    assert_eq!(recorded(&mut web1).await.output, [(stranger, u64::MAX)]);
}

#[tokio::test]
async fn a_reason_without_end_is_cut() {
    let house = House::new().await;
    let mut web1 = house.web1(1).await;
    let job = house.start_job(60_000).await;
    web1.delivered().await;
    web1.report(job, Reported::Failed, Ending::because("é".repeat(100_000))).await;
    let delivery = house.delivery(job, |it| it.state == DeliveryState::Failed).await;
    assert!(delivery.ending.reason.unwrap().len() <= 2048);
}
