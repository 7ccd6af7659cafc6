//! Who hears what: pyzmq asks for streams that are not its own.

use pantry_wire::server::Event;
use serde_json::json;

use crate::admission::frames_from;
use crate::house::{House, principal, stream, text};
use crate::pyzmq::{Peer, Spec, hex};

const OWN: [&str; 2] = ["a/shop|", "a/shop/i/web1|"];

async fn publish(house: &House, on: &str, what: &str) {
    house.server.publish(text(stream(on), what)).await.unwrap();
}

#[tokio::test]
async fn a_machine_hears_its_own_streams_and_nobody_else_does() {
    for topic in ["a/shop/i/web1|", "a/shop|", "", "a/", "a/shop", "a/shop/i/web1", "a/shop/i/"] {
        let mut house = House::new();
        let entitled_keys = house.admit("a/shop/i/web1");
        let mut entitled =
            Peer::start(&house, &entitled_keys, Spec { subscribe: &OWN, ..Spec::of("SUB") });
        house.granted("a/shop/i/web1").await;

        // Of another application; and of the same, where the topic is not its right there either.
        let who = if topic == "a/shop|" { "a/other/i/web1" } else { "a/shop/i/evil" };
        let keys = house.admit(who);
        let mut evil = Peer::start(&house, &keys, Spec { subscribe: &[topic], ..Spec::of("SUB") });
        let expected = (who.to_owned(), format!("it may not subscribe to {topic:?}"));
        // It connects and asks again, as often as it is put out.
        for round in 0..2 {
            assert_eq!(house.refused().await, expected);
            for on in OWN {
                let what = format!("{on} {round}");
                publish(&house, on, &what).await;
                assert_eq!(entitled.heard().await, what);
            }
            evil.event("disconnected").await;
        }
        assert_eq!(evil.all_heard(), [""; 0], "{topic:?} by {who}");
    }
}

#[tokio::test]
async fn a_user_hears_nothing_published() {
    let mut house = House::new();
    let keys = house.admit("u/admin");
    let mut peer = Peer::start(&house, &keys, Spec { subscribe: &["u/admin|"], ..Spec::of("SUB") });
    let what = "it may not subscribe to \"u/admin|\"".to_owned();
    assert_eq!(house.refused().await, ("u/admin".to_owned(), what));
    peer.event("disconnected").await;
}

#[tokio::test]
async fn asking_for_more_loses_what_was_granted() {
    let mut house = House::new();
    let keys = house.admit("a/shop/i/web1");
    let mut peer = Peer::start(&house, &keys, Spec { subscribe: &OWN, ..Spec::of("SUB") });
    house.granted("a/shop/i/web1").await;
    peer.tell(json!({ "subscribe": [hex(b"a/shop/i/web2|")] })).await;
    house.refused().await;
    publish(&house, "a/shop/i/web2|", "for web2").await;
    publish(&house, "a/shop/i/web1|", "for web1").await;
    peer.event("disconnected").await;
    assert_eq!(peer.all_heard(), [""; 0]);
}

#[tokio::test]
async fn a_stream_is_heard_until_it_is_given_back() {
    let mut house = House::new();
    let keys = house.admit("a/shop/i/web1");
    let mut peer = Peer::start(&house, &keys, Spec { subscribe: &OWN, ..Spec::of("SUB") });
    house.granted("a/shop/i/web1").await;
    let own = hex(OWN[1].as_bytes());
    peer.tell(json!({ "unsubscribe": [own] })).await;
    // Subscription messages are in order: once this is granted again, the other was taken back.
    let all = hex(OWN[0].as_bytes());
    peer.tell(json!({ "unsubscribe": [all] })).await;
    peer.tell(json!({ "subscribe": [all] })).await;
    let who = principal("a/shop/i/web1");
    house
        .wait("the stream to be granted again", |event| match event {
            Event::Granted { principal, stream } if principal == who => {
                (stream.as_str() == OWN[0]).then_some(())
            }
            _ => None,
        })
        .await;
    publish(&house, OWN[1], "given back").await;
    publish(&house, OWN[0], "for all").await;
    assert_eq!(peer.heard().await, "for all");
}

#[tokio::test]
async fn subscribing_without_end_gives_nothing_more() {
    let mut house = House::new();
    let keys = house.admit("a/shop/i/web1");
    let mut peer = Peer::start(&house, &keys, Spec::of("XSUB"));
    peer.event("handshake").await;
    let [application, own] = OWN.map(|topic| hex(&[b"\x01", topic.as_bytes()].concat()));
    peer.tell(json!({ "send": [[own]], "times": 5_000 })).await;
    peer.tell(json!({ "send": [[application]] })).await;
    let mut granted = Vec::new();
    house
        .wait("both streams", |event| {
            if let Event::Granted { stream, .. } = event {
                granted.push(stream.to_string());
            }
            granted.contains(&OWN[0].to_owned()).then_some(())
        })
        .await;
    assert_eq!(granted, [OWN[1], OWN[0]], "each is granted once");
    publish(&house, OWN[1], "once").await;
    publish(&house, OWN[0], "and then").await;
    assert_eq!(
        (peer.heard().await, peer.heard().await),
        ("once".to_owned(), "and then".to_owned())
    );
}

#[tokio::test]
async fn what_is_no_subscription_ends_the_connection() {
    let mut house = House::new();
    let keys = house.admit("a/shop/i/web1");
    let mut peer = Peer::start(&house, &keys, Spec::of("XSUB"));
    peer.event("handshake").await;
    for message in ["ff", ""] {
        peer.tell(json!({ "send": [[message]] })).await;
        let what = "it sent something that is no subscription to the publishing port".to_owned();
        assert_eq!(house.refused().await, ("a/shop/i/web1".to_owned(), what));
        peer.event("disconnected").await;
        peer.event("handshake").await;
    }
}

/// libzmq keeps subscriptions and the pipes they came from in two lines. A message that is no
/// subscription stands only in the first: without care, the next grant of a machine's stream would
/// go to whoever asked for something right after it.
#[tokio::test]
async fn nobody_gets_what_another_is_granted() {
    let mut house = House::new();
    let (good, evil) = ("a/shop/i/good", "a/shop/i/evil");
    let (good_keys, evil_keys) = (house.admit(good), house.admit(evil));
    let user_keys = house.admit("u/admin");
    let ask = |who: &str| json!({ "send": [[hex(format!("\x01{who}|").as_bytes())]] });
    let mut user = Peer::start(&house, &user_keys, Spec::of("DEALER"));
    user.event("handshake").await;
    for round in 0..5 {
        let mut victim = Peer::start(&house, &good_keys, Spec::of("XSUB"));
        let mut first = Peer::start(&house, &evil_keys, Spec::of("XSUB"));
        let mut second = Peer::start(&house, &evil_keys, Spec::of("XSUB"));
        for peer in [&mut victim, &mut first, &mut second] {
            peer.event("handshake").await;
        }
        // While the directory is busy with the user's message, they stand in line in this order.
        house.book.set_busy(true);
        user.send(&[frames_from("u/admin", "hello")]).await;
        house.book.asked().await;
        first.tell(json!({ "send": [["ff"]] })).await;
        victim.tell(ask(good)).await;
        second.tell(ask(evil)).await;
        house.book.set_busy(false);
        let mut missing = vec![principal(good), principal(evil)];
        house
            .wait("both to hear their own streams", |event| {
                if let Event::Granted { principal, .. } = event {
                    missing.retain(|who| *who != principal);
                }
                missing.is_empty().then_some(())
            })
            .await;
        publish(&house, &format!("{good}|"), "secret").await;
        assert_eq!(victim.heard().await, "secret");
        publish(&house, &format!("{evil}|"), "yours").await;
        second.heard().await;
        assert_eq!(second.all_heard(), ["yours"], "round {round}");
    }
}
