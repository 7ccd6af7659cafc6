//! What a peer cannot take of the server.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpSocket, TcpStream};

use crate::client::{Connection, DEADLINE};
use crate::house::{Ask, House};

/// A limit that is soon reached.
const SHORT: Duration = Duration::from_millis(300);

const VALIDATE: &str = "/organizations/shop/validate/nodes";

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit_and_no_larger() {
    let house = House::new().await;
    for (size, status) in [(2_000_000, 200), (2_000_001, 413)] {
        let body = vec![b' '; size];
        let ask = Ask::new("POST", VALIDATE)
            .by("ann")
            .signing("/nodes")
            .header("Content-Type", "application/json")
            .body(&body);
        let reply = house.ask(ask).await;
        assert_eq!(reply.status, status, "{size}: {reply:?}");
        if status == 413 {
            assert_eq!(reply.text(), r#"{"error":"JSON must be no more than 2000000 bytes."}"#);
        }
    }
}

#[tokio::test]
async fn a_body_that_is_announced_as_too_large_is_not_waited_for() {
    let house = House::new().await;
    let mut connection = house.connect().await;
    let ask = Ask::new("POST", VALIDATE).by("ann").header("Content-Length", "2000001");
    let bytes = ask.bytes();
    let head = String::from_utf8(bytes).unwrap().replace("Content-Length: 0\r\n", "");
    connection.send(head).await;
    assert_eq!(connection.reply().await.status, 413);
    assert!(connection.ends_within(DEADLINE).await);
}

#[tokio::test]
async fn a_body_in_chunks_is_put_together_and_cut_off_at_the_limit() {
    let house = House::limited(|limits| limits.max_json_bytes = 1000).await;
    for (chunks, status) in [(10, 200), (11, 413)] {
        let body = [b' '; 1000];
        let ask = Ask::new("POST", VALIDATE)
            .by("ann")
            .signing("/nodes")
            .header("Content-Type", "application/json")
            .header("Transfer-Encoding", "chunked")
            .body(&body);
        let head = String::from_utf8(ask.bytes()).unwrap();
        let (head, _) = head.split_once("\r\n\r\n").unwrap();
        let head = head.replace("\r\nContent-Length: 1000", "");
        let mut connection = house.connect().await;
        connection.send(head + "\r\n\r\n").await;
        for _ in 0..chunks {
            connection.try_send(format!("64\r\n{}\r\n", " ".repeat(100)).as_bytes()).await;
        }
        connection.try_send(b"0\r\n\r\n").await;
        assert_eq!(connection.reply().await.status, status, "{chunks}");
    }
}

#[tokio::test]
async fn who_is_refused_while_still_sending_can_read_why() {
    let house = House::limited(|limits| limits.max_json_bytes = 1000).await;
    // Large enough that it is not sent before the refusal is there.
    let body = vec![b' '; 8_000_000];
    let reply = house.ask(Ask::new("POST", VALIDATE).by("ann").body(&body)).await;
    assert_eq!(reply.status, 413);
}

#[tokio::test]
async fn a_slow_head_is_cut_off() {
    let house = House::limited(|limits| limits.head_within = SHORT).await;
    let mut silent = house.connect().await;
    let mut slow = house.connect().await;
    slow.send("GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").await;
    let mut dripping = house.connect().await;
    let drip = async {
        // Each byte comes soon enough after the one before, and all of them do not.
        dripping.send("GET / HTTP/1.1\r\nX-Slow: ").await;
        loop {
            dripping.try_send(b"x").await;
            if dripping.ends_within(SHORT / 10).await {
                break;
            }
        }
    };
    tokio::time::timeout(DEADLINE, drip).await.expect("a head that drips in was not cut off");
    assert!(silent.ends_within(DEADLINE).await);
    assert!(slow.ends_within(DEADLINE).await);
}

#[tokio::test]
async fn the_next_head_has_its_own_time_and_idling_another() {
    let house = House::limited(|limits| {
        limits.head_within = SHORT;
        limits.idle_for = Duration::from_secs(600);
    })
    .await;
    let mut connection = house.connect().await;
    connection.send(Ask::new("GET", "/version").bytes()).await;
    assert_eq!(connection.reply().await.status, 200);
    assert!(!connection.ends_within(3 * SHORT).await, "it idles");
    connection.send("GET / HTTP/1.1\r\nX-Slow: ").await;
    assert!(connection.ends_within(DEADLINE).await, "the second head was not cut off");
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let house = House::limited(|limits| limits.idle_for = SHORT).await;
    let mut connection = house.connect().await;
    for _ in 0..3 {
        connection.send(Ask::new("GET", "/version").bytes()).await;
        assert_eq!(connection.reply().await.status, 200);
    }
    assert!(connection.ends_within(DEADLINE).await);
}

#[tokio::test]
async fn a_slow_body_is_given_up() {
    let house = House::limited(|limits| limits.body_within = SHORT).await;
    let mut connection = house.connect().await;
    let bytes = Ask::new("POST", VALIDATE).by("ann").body(b"{}").bytes();
    connection.send(&bytes[..bytes.len() - 1]).await;
    let reply = connection.reply().await;
    assert_eq!(
        (reply.status, reply.sentence().as_str()),
        (408, "the body did not arrive within 0 seconds")
    );
    assert!(connection.ends_within(DEADLINE).await);
}

#[tokio::test]
async fn an_answer_that_is_not_taken_is_given_up() {
    let house = House::limited(|limits| {
        limits.stalled_for = SHORT;
        limits.idle_for = Duration::from_secs(600);
    })
    .await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream: TcpStream = socket.connect(house.address).await.unwrap();
    // It asks and asks, and never reads, until the server no longer listens.
    let one = Ask::new("GET", "/version").bytes().repeat(1000);
    let ask = async { while stream.write_all(&one).await.is_ok() {} };
    tokio::time::timeout(DEADLINE, ask).await.expect("it was served for ever");
    assert_eq!(house.get("/version").await.status, 200);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let house = House::limited(|limits| limits.max_head_bytes = 16_384).await;
    let long = |bytes| Ask::new("GET", "/version").header("X-Long", &"x".repeat(bytes));
    assert_eq!(house.ask(long(15_000)).await.status, 200);
    assert_eq!(house.ask(long(17_000)).await.status, 431);
}

#[tokio::test]
async fn a_url_that_is_too_long_is_refused() {
    let house = House::limited(|limits| limits.max_uri_bytes = 1000).await;
    for (bytes, status) in [(1000, 200), (1001, 414)] {
        let path = format!("/version?{}", "x".repeat(bytes - 9));
        assert_eq!(house.get(&path).await.status, status, "{bytes}");
    }
}

#[tokio::test]
async fn there_is_room_for_so_many_connections() {
    let house = House::limited(|limits| limits.max_connections = 2).await;
    let mut first = house.connect().await;
    let mut second = house.connect().await;
    for connection in [&mut first, &mut second] {
        connection.send(Ask::new("GET", "/version").bytes()).await;
        assert_eq!(connection.reply().await.status, 200);
    }
    assert!(house.connect().await.ends_within(DEADLINE).await, "a third was let in");
    drop(first);
    let answered = async {
        loop {
            let mut third = house.connect().await;
            third.try_send(&Ask::new("GET", "/version").bytes()).await;
            if !third.ends_within(Duration::from_millis(50)).await {
                break;
            }
        }
    };
    tokio::time::timeout(DEADLINE, answered).await.expect("the first's place was not given on");
}

#[tokio::test]
async fn there_is_room_for_so_many_connections_of_one_address() {
    let house = House::limited(|limits| limits.connections_per_address = 1).await;
    let mut first = house.connect().await;
    first.send(Ask::new("GET", "/version").bytes()).await;
    assert_eq!(first.reply().await.status, 200);
    assert!(house.connect().await.ends_within(DEADLINE).await, "a second was let in");
    let other = TcpSocket::new_v4().unwrap();
    other.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut other = Connection::over(other.connect(house.address).await.unwrap());
    other.send(Ask::new("GET", "/version").bytes()).await;
    assert_eq!(other.reply().await.status, 200);
}
