//! The crate's own client against its own server.

use std::time::Duration;

use pantry_model::Stream;
use pantry_wire::client::{self, Network};
use pantry_wire::server::{self, Event, Limits};
use tokio::time::timeout;

use crate::house::{House, connected, heard, principal, stream, text, wait};

#[tokio::test]
async fn a_machine_and_a_user_speak_and_are_answered() {
    let mut house = House::new();
    let network = Network::start(4).unwrap();
    let (web1, mut web1_events) = house.connect(&network, "a/shop/i/web1");
    let (admin, mut admin_events) = house.connect(&network, "u/admin");
    connected(&mut web1_events).await;
    let granted = house.granted("a/shop/i/web1").await;
    assert_eq!(granted, Stream::entitled(&principal("a/shop/i/web1")), "its own is the last");

    web1.send(text(stream("server|"), "hello").from(principal("a/shop/i/web1"))).await.unwrap();
    assert_eq!(house.message().await, (principal("a/shop/i/web1"), "hello".to_owned()));

    for on in ["a/shop/i/web1|", "a/shop|"] {
        house.server.publish(text(stream(on), on)).await.unwrap();
        assert_eq!(heard(&mut web1_events).await, on);
    }

    connected(&mut admin_events).await;
    admin.send(text(stream("server|"), "ask").from(principal("u/admin"))).await.unwrap();
    let connection = house
        .wait("the user's message", |event| match event {
            Event::Message { connection, principal: who, .. } if who == principal("u/admin") => {
                Some(connection)
            }
            _ => None,
        })
        .await;
    house.server.send(&connection, text(stream("server|"), "answer")).await.unwrap();
    assert_eq!(heard(&mut admin_events).await, "answer");

    drop(admin);
    let left = house
        .wait("the user to leave", |event| match event {
            Event::Left { connection, .. } => Some(connection),
            _ => None,
        })
        .await;
    assert_eq!(left, connection);
    let late = house.server.send(&connection, text(stream("server|"), "late")).await;
    assert_eq!(late, Err(server::SendError::Gone));
}

#[tokio::test]
async fn a_key_that_is_admitted_later_gets_in() {
    let mut house = House::new();
    let network = Network::start(1).unwrap();
    let keys = pantry_wire::generate_key_pair();
    let config = house.client_config("a/shop/i/web1", keys.clone());
    let (web1, mut events) = network.connect(config).unwrap();
    for _ in 0..2 {
        wait(&mut events, "a refusal", |event| {
            matches!(event, client::Event::Refused { .. }).then_some(())
        })
        .await;
    }
    let (who, what) = house.refused().await;
    assert_eq!((who, what.as_str()), (keys.public.to_string(), "its key is not known here"));
    house.book.admit(keys.public, &principal("a/shop/i/web1"));
    connected(&mut events).await;
    web1.send(text(stream("server|"), "in").from(principal("a/shop/i/web1"))).await.unwrap();
    assert_eq!(house.message().await.1, "in");
}

#[tokio::test]
async fn a_client_outlives_its_server() {
    let mut house = House::new();
    let network = Network::start(2).unwrap();
    let (web1, mut events) = house.connect(&network, "a/shop/i/web1");
    connected(&mut events).await;
    house.granted("a/shop/i/web1").await;

    let ports = (house.server.pub_sub_port().unwrap(), house.server.receive_port());
    house.server.close().await;
    wait(&mut events, "the loss", |event| matches!(event, client::Event::Lost).then_some(())).await;
    wait(&mut events, "an attempt", |event| {
        matches!(event, client::Event::Unreachable { .. }).then_some(())
    })
    .await;
    // Waits for the next connection.
    web1.send(text(stream("server|"), "back").from(principal("a/shop/i/web1"))).await.unwrap();

    let mut house = House::start(house.keys, house.book, ports, Limits::default());
    connected(&mut events).await;
    house.granted("a/shop/i/web1").await;
    house.server.publish(text(stream("a/shop|"), "welcome back")).await.unwrap();
    assert_eq!(heard(&mut events).await, "welcome back");
    drop(events);
    let mut fresh = house;
    assert_eq!(fresh.message().await.1, "back");
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_by_name() {
    let house = House::new();
    let taken = house.server.receive_port();
    let config = server::Config {
        listen: "127.0.0.1".to_owned(),
        pub_sub_port: Some(0),
        receive_port: taken,
        keys: house.keys.clone(),
        heartbeat: crate::house::HEARTBEAT,
        limits: Limits::default(),
    };
    let error = server::bind(config, house.book).unwrap_err().to_string();
    assert_eq!(
        error,
        format!(
            "cannot listen on 127.0.0.1:{taken} (`networking.receive_port`): Address already in use"
        )
    );
}

#[tokio::test]
async fn a_client_says_why_it_is_not_connected() {
    let house = House::new();
    let network = Network::start(2).unwrap();
    let mut config = house.client_config("a/shop/i/web1", house.admit("a/shop/i/web1"));
    config.server_key = pantry_wire::generate_key_pair().public;
    let (_client, mut events) = network.connect(config.clone()).unwrap();
    wait(&mut events, "the wrong key", |event| match event {
        client::Event::HandshakeFailed { .. } => Some(()),
        other => panic!("{other:?}"),
    })
    .await;

    // A port where nobody listens.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    config.receive_port = free;
    config.pub_sub_port = Some(free);
    let (_client, mut events) = network.connect(config).unwrap();
    let mut pauses = Vec::new();
    wait(&mut events, "three attempts", |event| match event {
        client::Event::Unreachable { retry_in } => {
            pauses.push(retry_in);
            (pauses.len() == 3).then_some(())
        }
        other => panic!("{other:?}"),
    })
    .await;
    assert!(pauses[0] < pauses[2], "they grow: {pauses:?}");
}

#[tokio::test]
async fn a_slow_reader_of_events_loses_no_message() {
    const SIZE: usize = 256 * 1024;
    let mut house = House::new();
    let network = Network::start(1).unwrap();
    let (admin, mut events) = house.connect(&network, "u/admin");
    connected(&mut events).await;
    let message = |number: u64| {
        let mut message = text(stream("server|"), "").from(principal("u/admin"));
        message.metadata.id = number;
        message.body = vec![vec![0; SIZE]];
        message
    };
    // Until nothing more goes in: what can wait between the two is bounded.
    let mut sent = 0;
    while timeout(Duration::from_secs(1), admin.send(message(sent))).await.is_ok() {
        sent += 1;
        assert!(sent < 2_000, "half a gigabyte waits somewhere");
    }
    let sender = tokio::spawn(async move {
        for number in sent..sent + 100 {
            admin.send(message(number)).await.unwrap();
        }
        admin
    });
    for expected in 0..sent + 100 {
        let number = house
            .wait("the next message", |event| match event {
                Event::Message { message, .. } => Some(message.metadata.id),
                _ => None,
            })
            .await;
        assert_eq!(number, expected);
    }
    sender.await.unwrap();
}

#[tokio::test]
async fn two_hundred_clients_share_a_network() {
    const CLIENTS: usize = 200;
    let mut house = House::new();
    let network = Network::start(CLIENTS).unwrap();
    let clients: Vec<_> =
        (0..CLIENTS).map(|at| house.connect(&network, &format!("a/shop/i/web{at}"))).collect();
    let mut granted = 0;
    house
        .wait("all streams", |event| {
            granted += usize::from(matches!(event, Event::Granted { .. }));
            (granted == 2 * CLIENTS).then_some(())
        })
        .await;
    house.server.publish(text(stream("a/shop|"), "all")).await.unwrap();
    let mut kept = Vec::new();
    for (at, (client, mut events)) in clients.into_iter().enumerate() {
        assert_eq!(heard(&mut events).await, "all");
        let who = principal(&format!("a/shop/i/web{at}"));
        client.send(text(stream("server|"), "here").from(who)).await.unwrap();
        kept.push((client, events));
    }
    let mut who = std::collections::BTreeSet::new();
    while who.len() < CLIENTS {
        who.insert(house.message().await.0);
    }
    drop(kept);
    timeout(crate::house::DEADLINE, network.close()).await.unwrap();
}

#[tokio::test]
async fn what_was_sent_last_arrives_though_the_client_ends() {
    let mut house = House::new();
    let network = Network::start(1).unwrap();
    let (admin, mut events) = house.connect(&network, "u/admin");
    connected(&mut events).await;
    for number in 0..20 {
        let last = text(stream("server|"), &number.to_string()).from(principal("u/admin"));
        admin.send(last).await.unwrap();
    }
    drop(admin);
    timeout(crate::house::DEADLINE, network.close()).await.unwrap();
    for number in 0..20 {
        assert_eq!(house.message().await.1, number.to_string());
    }
}

/// A command that an agent starts must not hold the agent's connections open.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_child_inherits_no_descriptors() {
    let house = House::new();
    let network = Network::start(1).unwrap();
    let (_web1, mut events) = house.connect(&network, "a/shop/i/web1");
    connected(&mut events).await;
    let output = tokio::process::Command::new("ls")
        .args(["-l", "/proc/self/fd"])
        .stdin(std::process::Stdio::null())
        .output()
        .await
        .unwrap();
    let list = String::from_utf8(output.stdout).unwrap();
    assert!(list.contains("/dev/null"), "{list}");
    assert!(!list.contains("socket:") && !list.contains("anon_inode"), "{list}");
}
