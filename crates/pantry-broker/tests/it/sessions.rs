//! Who is let in, who is not, and what a hello does to what was sent before.

use std::sync::atomic::Ordering;

use pantry_model::protocol::{MAX_FACTS_BYTES, Reported, Unwelcome, UnwelcomeReason};
use pantry_model::{DeliveryState, Ending, MessageType};
use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn a_second_agent_with_the_same_key_is_turned_away_while_the_first_is_here() {
    let house = House::new().await;
    let mut first = house.web1(1).await;
    let mut second = house.connect_web1().await;
    second.hello(5, 2, &[]).await;
    let unwelcome: Unwelcome = second.message(MessageType::Unwelcome).await.document().unwrap();
    assert_eq!((unwelcome.session, unwelcome.reason), (Some(5), UnwelcomeReason::IdentityInUse));
    // The first one is none the worse for it.
    let job = house.start_job(60_000).await;
    assert_eq!(first.delivered().await.job, job);
    drop(first);
    loop {
        second.hello(6, 2, &[]).await;
        let answer = second.message_of(&[MessageType::Unwelcome, MessageType::Ready]).await;
        if answer.metadata.kind == MessageType::Ready {
            break;
        }
    }
}

#[tokio::test]
async fn whoever_has_not_said_hello_is_asked_to() {
    let house = House::new().await;
    let mut peer = house.connect_web1().await;
    peer.say(MessageType::Heartbeat, &json!(null)).await;
    let unwelcome: Unwelcome = peer.message(MessageType::Unwelcome).await.document().unwrap();
    assert_eq!((unwelcome.session, unwelcome.reason), (None, UnwelcomeReason::HelloFirst));
}

#[tokio::test]
async fn words_that_no_agent_says_end_the_connection_and_nothing_else() {
    let house = House::new().await;
    let mut admin = house.connect_admin().await;
    for (kind, document) in [
        (MessageType::Hello, json!({"session": "none"})),
        (MessageType::Reports, json!([])),
        (MessageType::Facts, json!(["no object"])),
        (MessageType::Facts, json!({"a": "x".repeat(MAX_FACTS_BYTES)})),
        (MessageType::Output, json!({"job": "x"})),
        (MessageType::Deliver, json!({})),
        (MessageType::Request, json!({"command": "status", "arguments": {}})),
    ] {
        let mut web1 = house.web1(1).await;
        web1.say(kind, &document).await;
        web1.ended().await;
        // The others go on.
        admin.request(&pantry_model::commands::app::AppList {}).await;
        admin.message(MessageType::Reply).await;
    }
    admin.say(MessageType::Hello, &json!({})).await;
    admin.ended().await;
}

#[tokio::test]
async fn what_a_machine_reports_of_itself_can_be_searched_for() {
    let house = House::new().await;
    let mut web1 = house.web1(1).await;
    web1.say(MessageType::Facts, &json!({"platform": "debian"})).await;
    let scope = pantry_store::Scope::of(&crate::house::web1());
    let found = async {
        let node = pantry_store::Kind::Node;
        while house.usecases.names_found(&scope, node, "platform:debian").await.unwrap() != ["web1"]
        {
            // A delivery is not kept waiting.
            let job = house.start_job(60_000).await;
            assert_eq!(web1.delivered().await.job, job);
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(30), found).await.unwrap();
}

#[tokio::test]
async fn an_earlier_incarnation_s_deliveries_are_over_and_its_queue_is_not() {
    let house = House::new().await;
    let mut web1 = house.web1(1).await;
    let (sent, accepted) = (house.start_job(60_000).await, house.start_job(60_000).await);
    web1.delivered().await;
    web1.delivered().await;
    web1.report(accepted, Reported::Accepted, Ending::default()).await;
    house.delivery(accepted, |it| it.state == DeliveryState::Accepted).await;
    drop(web1);
    // Written down while nobody is here, so it is for whoever comes.
    let queued = loop {
        let job = house.start_job(60_000).await;
        let delivery = house.delivery(job, |_| true).await;
        if delivery.state == DeliveryState::Queued {
            break job;
        }
    };
    let mut web1 = house.web1(2).await;
    assert_eq!(web1.delivered().await.job, queued);
    for job in [sent, accepted] {
        house.delivery(job, |it| it.state == DeliveryState::Interrupted).await;
    }
}

#[tokio::test]
async fn what_is_not_answered_is_published_again_and_what_is_known_is_not() {
    let house = House::new().await;
    let mut web1 = house.web1(1).await;
    let job = house.start_job(60_000).await;
    assert_eq!(web1.delivered().await.job, job);
    // Not answered: again by itself, and at once when the machine says hello anew.
    assert_eq!(web1.delivered().await.job, job);
    web1.hello(2, 1, &[]).await;
    assert_eq!(web1.delivered().await.job, job);
    let other = house.start_job(60_000).await;
    assert_eq!(web1.delivered().await.job, other);
    // On its disk, so its report is on the way.
    web1.hello(3, 1, &[job, other]).await;
    web1.ready(3).await;
    let third = house.start_job(60_000).await;
    assert_eq!(web1.delivered().await.job, third);
}

#[tokio::test]
async fn a_machine_that_has_forgotten_what_it_accepted_ends_it_interrupted() {
    let house = House::new().await;
    let mut web1 = house.web1(1).await;
    let job = house.start_job(60_000).await;
    web1.delivered().await;
    web1.report(job, Reported::Started, Ending::default()).await;
    house.delivery(job, |it| it.state == DeliveryState::Running).await;
    web1.hello(2, 1, &[]).await;
    house.delivery(job, |it| it.state == DeliveryState::Interrupted).await;
}

#[tokio::test]
async fn time_to_live_ends_by_the_server_s_clock() {
    let house = House::new().await;
    let queued = house.start_job(5_000).await;
    let mut web1 = house.connect_web1().await;
    house.clock.0.fetch_add(6_000, Ordering::SeqCst);
    house.delivery(queued, |it| it.state == DeliveryState::Expired).await;
    web1.hello(1, 1, &[]).await;
    web1.ready(1).await;
    let sent = house.start_job(5_000).await;
    web1.delivered().await;
    house.clock.0.fetch_add(6_000, Ordering::SeqCst);
    let ended = house.delivery(sent, |it| it.state == DeliveryState::Interrupted).await;
    assert!(ended.ending.reason.unwrap().contains("never answered"));
    // The same incarnation knows better after all.
    web1.report(sent, Reported::Succeeded, Ending::default()).await;
    house.delivery(sent, |it| it.state == DeliveryState::Succeeded).await;
}
