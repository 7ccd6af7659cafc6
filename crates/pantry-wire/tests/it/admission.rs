//! Who gets in: pyzmq with the right key, and nobody else.

use pantry_model::{CurveKeyPair, Message};
use pantry_wire::frames::encode;
use pantry_wire::generate_key_pair;
use pantry_wire::server::{Event, Limits};
use std::time::Duration;

use crate::house::{House, principal, stream, text};
use crate::pyzmq::{Peer, Spec};

pub(crate) fn frames_from(who: &str, what: &str) -> Vec<Vec<u8>> {
    encode(&text(stream("server|"), what).from(principal(who))).unwrap()
}

fn dealer(house: &House, keys: &CurveKeyPair, who: &str, what: &str) -> Peer {
    Peer::start(house, keys, Spec { send: vec![frames_from(who, what)], ..Spec::of("DEALER") })
}

/// The next message is from this one, so nothing of whoever was refused before came in.
async fn only_the_known_one_is_heard(house: &mut House) {
    let keys = house.admit("a/shop/i/known");
    let _known = dealer(house, &keys, "a/shop/i/known", "hello");
    assert_eq!(house.message().await, (principal("a/shop/i/known"), "hello".to_owned()));
}

#[tokio::test]
async fn a_known_key_is_admitted_and_answered() {
    let mut house = House::new();
    let keys = house.admit("u/admin");
    let mut peer = dealer(&house, &keys, "u/admin", "hello");
    let connection = house
        .wait("the message", |event| match event {
            Event::Message { connection, principal: who, address, message, .. } => {
                assert_eq!((who, address.as_str()), (principal("u/admin"), "127.0.0.1"));
                assert_eq!(message.payload(), b"");
                Some(connection)
            }
            _ => None,
        })
        .await;
    let answer: Message = text(stream("server|"), "answer");
    house.server.send(&connection, answer).await.unwrap();
    assert_eq!(peer.heard().await, "answer");
}

#[tokio::test]
async fn an_unknown_key_is_refused() {
    let mut house = House::new();
    let keys = generate_key_pair();
    let mut peer = dealer(&house, &keys, "a/shop/i/known", "let me in");
    peer.event("refused").await;
    let expected = (keys.public.to_string(), "its key is not known here".to_owned());
    assert_eq!(house.refused().await, expected);
    only_the_known_one_is_heard(&mut house).await;
}

#[tokio::test]
async fn whoever_does_not_speak_curve_is_refused() {
    for mechanism in ["NULL", "PLAIN"] {
        for socket in ["DEALER", "SUB"] {
            let mut house = House::new();
            let keys = house.admit("a/shop/i/web1");
            let send = match socket {
                "SUB" => Vec::new(),
                _ => vec![frames_from("a/shop/i/web1", "let me in")],
            };
            let spec = Spec { mechanism, send, subscribe: &["a/shop|"], ..Spec::of(socket) };
            let spec = if socket == "SUB" { spec } else { Spec { subscribe: &[], ..spec } };
            let mut peer = Peer::start(&house, &keys, spec);
            peer.event("handshake-failed").await;
            let (who, what) = house.refused().await;
            // Both sides notice, and either can be the first to hang up.
            let either = what == "it does not speak CURVE with this server's key"
                || what == "it did not finish the handshake";
            assert!(who == "unknown" && either, "{mechanism}: {who}: {what}");
            only_the_known_one_is_heard(&mut house).await;
            assert_eq!(peer.all_heard(), [""; 0]);
        }
    }
}

#[tokio::test]
async fn a_client_with_a_wrong_server_key_is_refused() {
    let mut house = House::new();
    let keys = house.admit("a/shop/i/web1");
    let spec = Spec {
        send: vec![frames_from("a/shop/i/web1", "hello")],
        server_key: Some(generate_key_pair().public.to_string()),
        ..Spec::of("DEALER")
    };
    let mut peer = Peer::start(&house, &keys, spec);
    peer.event("handshake-failed").await;
    let what = "it does not speak CURVE with this server's key".to_owned();
    assert_eq!(house.refused().await, ("unknown".to_owned(), what));
    only_the_known_one_is_heard(&mut house).await;
}

#[tokio::test]
async fn who_speaks_for_another_is_refused() {
    let mut house = House::new();
    let keys = house.admit("a/shop/i/evil");
    for (claimed, what) in [
        (Some("a/shop/i/web1"), "it claimed to be a/shop/i/web1"),
        (Some("u/evil"), "it claimed to be u/evil"),
        (None, "it claimed to be nobody"),
    ] {
        let message = text(stream("server|"), "forged");
        let message = match claimed {
            Some(claimed) => message.from(principal(claimed)),
            None => message,
        };
        let send = vec![encode(&message).unwrap(), frames_from("a/shop/i/evil", "and after it")];
        let mut peer = Peer::start(&house, &keys, Spec { send, ..Spec::of("DEALER") });
        peer.event("disconnected").await;
        drop(peer);
        assert_eq!(house.refused().await, ("a/shop/i/evil".to_owned(), what.to_owned()));
    }
    only_the_known_one_is_heard(&mut house).await;
}

#[tokio::test]
async fn an_address_has_only_so_many_connections() {
    let limits = Limits { connections_per_address: 2, ..Limits::default() };
    let mut house = House::with_limits(limits);
    let keys = house.admit("u/admin");
    let first = dealer(&house, &keys, "u/admin", "1");
    let _second = dealer(&house, &keys, "u/admin", "2");
    for _ in 0..2 {
        house.message().await;
    }
    let _third = dealer(&house, &keys, "u/admin", "3");
    let (_, what) = house.refused().await;
    assert_eq!(
        what,
        "its address has more than 2 connections (`networking.limits.connections_per_address`)"
    );
    drop(first);
    assert_eq!(house.message().await.1, "3", "there is room again");
}

#[tokio::test]
async fn who_says_nothing_is_put_out() {
    let short = Duration::from_millis(200);
    let limits = Limits { handshake_within: short, identify_within: short, ..Limits::default() };
    let mut house = House::with_limits(limits);
    let keys = house.admit("u/admin");
    let mut talker = dealer(&house, &keys, "u/admin", "I am here");
    house.message().await;
    let mut silent = Peer::start(&house, &keys, Spec::of("DEALER"));
    silent.event("handshake").await;
    silent.event("disconnected").await;
    let (_, what) = house.refused().await;
    assert!(what.starts_with("it did not say anything in time"), "{what}");

    // Nor may anybody take its time with the handshake.
    let port = house.server.receive_port();
    let mut mute = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let mut greeting = Vec::new();
    let end = tokio::io::AsyncReadExt::read_to_end(&mut mute, &mut greeting);
    tokio::time::timeout(crate::house::DEADLINE, end).await.unwrap().unwrap();
    house
        .wait("the refusal", |event| match event {
            Event::Refused { what, .. } => {
                (what.to_string() == "it did not finish the handshake").then_some(())
            }
            _ => None,
        })
        .await;

    talker.send(&[frames_from("u/admin", "still here")]).await;
    assert_eq!(house.message().await.1, "still here");
}
