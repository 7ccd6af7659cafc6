//! Frames of every wrong form from an admitted peer end its connection, and nothing else.

use pantry_model::protocol::MAX_MESSAGE_BYTES;
use pantry_wire::server::Limits;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};

use crate::admission::frames_from;
use crate::house::{House, principal};
use crate::pyzmq::{Peer, Spec};

const EVIL: &str = "a/shop/i/evil";

fn metadata(json: &str) -> Vec<u8> {
    [&[1], json.as_bytes()].concat()
}

fn wrong_forms() -> Vec<(&'static str, Vec<Vec<u8>>, &'static str)> {
    let stream = b"server|".to_vec();
    let good = frames_from(EVIL, "")[1].clone();
    let long = format!(r#"{{"id":1,"type":"hello","job":"{}"}}"#, "x".repeat(5_000));
    let newer = [&[9], &good[1..]].concat();
    let count = "a message has 2 to 4 frames, this one has";
    vec![
        ("nothing", vec![vec![]], count),
        ("one frame", vec![stream.clone()], count),
        ("five frames", vec![stream.clone(), good.clone(), vec![], vec![], vec![]], "5 or more"),
        ("many frames", vec![vec![b'x']; 10_000], "5 or more"),
        ("no version", vec![stream.clone(), vec![]], "no version byte"),
        (
            "a newer version",
            vec![stream.clone(), newer],
            "the message is of protocol version 9, and this side speaks version 1",
        ),
        ("no JSON", vec![stream.clone(), metadata("{]")], "not JSON"),
        ("cut JSON", vec![stream.clone(), metadata(r#"{"id":1"#)], "it ends too early"),
        (
            "an unknown field",
            vec![stream.clone(), metadata(r#"{"id":1,"type":"hello","sudo":true}"#)],
            "unknown or wrong field",
        ),
        (
            "an unknown type",
            vec![stream.clone(), metadata(r#"{"id":1,"type":"sudo"}"#)],
            "unknown or wrong field",
        ),
        ("long metadata", vec![stream.clone(), metadata(&long)], "metadata is at most 4096 bytes"),
        ("no UTF-8", vec![b"a/\xff|".to_vec(), good.clone()], "not a stream"),
        ("no stream", vec![b"a/shop".to_vec(), good.clone()], "not a stream"),
        (
            "too much together",
            vec![stream, good, vec![0; MAX_MESSAGE_BYTES / 2], vec![0; MAX_MESSAGE_BYTES / 2]],
            "a message is at most 4194304 bytes",
        ),
    ]
}

#[tokio::test]
async fn every_wrong_form_ends_its_connection_and_nothing_else() {
    let mut house = House::new();
    let (good_keys, evil_keys) = (house.admit("a/shop/i/good"), house.admit(EVIL));
    let mut good = Peer::start(&house, &good_keys, Spec::of("DEALER"));
    let mut evil = Peer::start(&house, &evil_keys, Spec::of("DEALER"));
    evil.event("handshake").await;
    for (name, frames, expected) in wrong_forms() {
        // What follows on the same connection is not heard either.
        evil.send(&[frames, frames_from(EVIL, "and after it")]).await;
        let (who, what) = house.refused().await;
        assert_eq!(who, EVIL, "{name}");
        assert!(what.starts_with("it sent what is no message: "), "{name}: {what}");
        assert!(what.contains(expected), "{name}: {what}");
        evil.event("disconnected").await;
        good.send(&[frames_from("a/shop/i/good", name)]).await;
        assert_eq!(house.message().await, (principal("a/shop/i/good"), name.to_owned()));
        // It connects again by itself.
        evil.event("handshake").await;
    }
    assert!(!good.seen.iter().any(|value| value["event"] == "disconnected"));
}

#[tokio::test]
async fn a_huge_frame_is_not_even_read() {
    let mut house = House::new();
    let keys = house.admit(EVIL);
    let mut evil = Peer::start(&house, &keys, Spec::of("DEALER"));
    evil.event("handshake").await;
    evil.tell(json!({ "send": [["00".repeat(MAX_MESSAGE_BYTES + 1_000)]] })).await;
    evil.event("disconnected").await;
    evil.event("handshake").await;
    evil.send(&[frames_from(EVIL, "sorry")]).await;
    assert_eq!(house.message().await.1, "sorry");
}

/// Hands on what the client sends, up to so many bytes; everything that the server sends.
async fn relay(to: u16, most: u64) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (client, _) = listener.accept().await.unwrap();
        let server = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
        let (from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let forth = async {
            let mut start = from_client.take(most);
            tokio::io::copy(&mut start, &mut to_server).await.unwrap();
            // The rest never comes, and neither does the end.
            std::future::pending::<()>().await;
        };
        tokio::select! {
            () = forth => {}
            _ = tokio::io::copy(&mut from_server, &mut to_client) => {}
        }
    });
    port
}

#[tokio::test]
async fn a_message_without_end_is_ended() {
    let limits = Limits { max_message_bytes: 32 * 1024, ..Limits::default() };
    let mut house = House::with_limits(limits);
    let keys = house.admit(EVIL);
    let port = relay(house.server.receive_port(), 2 * 1024 * 1024).await;
    let spec = Spec { port: Some(port), ..Spec::of("DEALER") };
    let mut evil = Peer::start(&house, &keys, spec);
    evil.event("handshake").await;
    evil.send(&[frames_from(EVIL, "hello")]).await;
    house.message().await;
    evil.send(&[vec![vec![0; 16 * 1024]; 200]]).await;
    let (_, what) = house.refused().await;
    assert_eq!(what, "it sent a message that is too large (`networking.limits.max_message_bytes`)");
    evil.event("disconnected").await;
}
