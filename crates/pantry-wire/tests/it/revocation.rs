//! A revoked client hears nothing more, is not heard any more, and its connections end.

use serde_json::json;

use crate::admission::frames_from;
use crate::house::{House, principal, stream, text};
use crate::pyzmq::{Peer, Spec};

const WHO: &str = "a/shop/i/web1";
const STREAMS: [&str; 2] = ["a/shop|", "a/shop/i/web1|"];

#[tokio::test]
async fn both_connections_of_a_revoked_client_end() {
    let mut house = House::new();
    let (keys, other_keys) = (house.admit(WHO), house.admit("a/shop/i/web2"));
    let other = ["a/shop|", "a/shop/i/web2|"];
    let mut other = Peer::start(&house, &other_keys, Spec { subscribe: &other, ..Spec::of("SUB") });
    house.granted("a/shop/i/web2").await;
    let mut hears = Peer::start(&house, &keys, Spec { subscribe: &STREAMS, ..Spec::of("SUB") });
    house.granted(WHO).await;
    let mut speaks = Peer::start(&house, &keys, Spec::of("DEALER"));
    speaks.send(&[frames_from(WHO, "hello")]).await;
    assert_eq!(house.message().await, (principal(WHO), "hello".to_owned()));
    house.server.publish(text(stream("a/shop|"), "before")).await.unwrap();
    assert_eq!(hears.heard().await, "before");

    house.book.forget(&keys.public);
    house.server.end_connections_of(principal(WHO)).await;
    for on in ["a/shop/i/web1|", "a/shop|"] {
        house.server.publish(text(stream(on), "after")).await.unwrap();
    }
    // The one that may still hear does, so it was published.
    assert_eq!((other.heard().await, other.heard().await), ("before".into(), "after".into()));
    for peer in [&mut hears, &mut speaks] {
        peer.event("disconnected").await;
        // They come again, and are not let in.
        peer.event("refused").await;
    }
    assert_eq!(hears.all_heard(), ["before"]);
    let (who, what) = house.refused().await;
    assert_eq!((who, what.as_str()), (keys.public.to_string(), "its key is not known here"));
}

#[tokio::test]
async fn what_a_revoked_client_had_sent_is_not_heard_any_more() {
    let mut house = House::new();
    let keys = house.admit(WHO);
    let mut peer = Peer::start(&house, &keys, Spec::of("DEALER"));
    peer.event("handshake").await;
    // More than waits in the events' channel, so some of it waits in libzmq.
    let frames: Vec<String> =
        frames_from(WHO, "again").iter().map(|frame| crate::pyzmq::hex(frame)).collect();
    peer.tell(json!({ "send": [frames], "times": 900 })).await;
    // The channel is full when its capacity is used up; the reader takes one and knows.
    house.message().await;
    while house.events.capacity() > 0 {
        tokio::task::yield_now().await;
    }
    house.book.forget(&keys.public);
    house.server.end_connections_of(principal(WHO)).await;
    let known = house.admit("u/admin");
    let _known = Peer::start(
        &house,
        &known,
        Spec { send: vec![frames_from("u/admin", "last")], ..Spec::of("DEALER") },
    );
    let mut heard = 0;
    loop {
        let (who, what) = house.message().await;
        if what == "last" {
            assert_eq!(who, principal("u/admin"));
            break;
        }
        heard += 1;
    }
    assert!(heard <= house.events.max_capacity() + 1, "{heard} messages after the revocation");
}

#[tokio::test]
async fn a_key_that_is_revoked_is_not_its_successor() {
    // The same name is given again, with a new key, before the old connection is ended.
    let mut house = House::new();
    let old = house.admit(WHO);
    let mut peer = Peer::start(&house, &old, Spec::of("DEALER"));
    peer.send(&[frames_from(WHO, "old")]).await;
    assert_eq!(house.message().await.1, "old");
    house.book.forget(&old.public);
    let new = house.admit(WHO);
    peer.send(&[frames_from(WHO, "still the old")]).await;
    peer.event("disconnected").await;
    let (who, _) = house.refused().await;
    assert_eq!(who, old.public.to_string());
    let _new = Peer::start(
        &house,
        &new,
        Spec { send: vec![frames_from(WHO, "new")], ..Spec::of("DEALER") },
    );
    assert_eq!(house.message().await.1, "new");
}
