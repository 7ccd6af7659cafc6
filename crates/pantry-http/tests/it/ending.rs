//! A server that ends.

use std::time::Duration;

use tokio::net::TcpStream;

use crate::client::DEADLINE;
use crate::house::{Ask, House};

const VALIDATE: &str = "/organizations/shop/validate/nodes";

#[tokio::test]
async fn what_has_begun_is_answered_and_what_idles_is_closed() {
    let mut house = House::new().await;
    let mut idle = house.connect().await;
    idle.send(Ask::new("GET", "/version").bytes()).await;
    assert_eq!(idle.reply().await.status, 200);
    let ask = Ask::new("POST", VALIDATE)
        .by("ann")
        .signing("/nodes")
        .header("Content-Type", "application/json")
        .header("Expect", "100-continue")
        .body(b"{}");
    let bytes = ask.bytes();
    let mut begun = house.connect().await;
    begun.send(&bytes[..bytes.len() - 2]).await;
    begun.expect_continue().await;

    house.end();
    assert!(idle.ends_within(DEADLINE).await);
    begun.send(b"{}").await;
    assert_eq!(begun.reply().await.status, 200);
    assert!(begun.ends_within(DEADLINE).await);
    let address = house.address;
    house.ended().await;
    assert!(TcpStream::connect(address).await.is_err(), "it still listens");
}

#[tokio::test]
async fn nobody_can_keep_a_server_from_ending() {
    let mut house = House::limited(|limits| limits.end_within = Duration::from_millis(200)).await;
    let ask = Ask::new("POST", VALIDATE).by("ann").header("Expect", "100-continue").body(b"{}");
    let bytes = ask.bytes();
    let mut connection = house.connect().await;
    connection.send(&bytes[..bytes.len() - 2]).await;
    connection.expect_continue().await;
    house.end();
    house.ended().await;
    assert!(connection.ends_within(DEADLINE).await);
}
