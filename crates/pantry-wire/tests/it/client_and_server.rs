//! The crate's own client against its own server.

use pantry_wire::client::{self, Network};
use pantry_wire::server::Event;

use crate::house::{House, connected, heard, principal, stream, text};

#[tokio::test]
async fn a_machine_and_a_user_speak_and_are_answered() {
    let mut house = House::new();
    let network = Network::start(4).unwrap();
    let (web1, mut web1_events) = house.connect(&network, "a/shop/i/web1");
    let (admin, mut admin_events) = house.connect(&network, "u/admin");
    connected(&mut web1_events).await;
    house.granted("a/shop/i/web1").await;

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
    assert_eq!(late, Err(pantry_wire::server::SendError::Gone));
}

#[tokio::test]
async fn a_key_that_is_admitted_later_gets_in() {
    let mut house = House::new();
    let network = Network::start(1).unwrap();
    let keys = pantry_wire::generate_key_pair();
    let config = house.client_config("a/shop/i/web1", keys.clone());
    let (web1, mut events) = network.connect(config).unwrap();
    for _ in 0..2 {
        crate::house::wait(&mut events, "a refusal", |event| {
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
