//! Bytes of any kind: the server answers or hangs up, and serves the next.

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::house::{Ask, House};

/// How many requests are tried.
const TRIES: usize = 300;

fn any_header() -> impl Strategy<Value = (&'static str, String)> {
    let names = prop::sample::select(&[
        "X-Ops-Sign",
        "X-Ops-UserId",
        "X-Ops-Timestamp",
        "X-Ops-Content-Hash",
        "X-Ops-Authorization-1",
        "X-Ops-Authorization-2",
        "X-Ops-Server-API-Version",
        "X-Ops-Request-Source",
        "X-Chef-Version",
        "X-Request-Id",
        "X-Forwarded-Proto",
        "X-Forwarded-For",
        "Authorization",
        "Accept",
        "Content-Type",
    ]);
    (names, "[ -~\u{a0}-\u{ff}]{0,40}|[0-9.;=,/*q-]{0,20}")
}

fn any_path() -> impl Strategy<Value = String> {
    let segment = prop_oneof![
        Just("organizations".to_owned()),
        Just("shop".to_owned()),
        Just("validate".to_owned()),
        Just("license".to_owned()),
        Just("_stats".to_owned()),
        "(%[0-9a-fA-F]{2}|[a-z%.]|é){0,6}",
    ];
    let query = "(\\?[a-z0-9%+&=]{0,20})?";
    (prop::collection::vec(segment, 0..6), query)
        .prop_map(|(segments, query)| format!("/{}{query}", segments.join("/")))
}

#[tokio::test]
async fn no_request_is_answered_with_a_fault_of_the_servers() {
    let house = House::new().await;
    let mut runner = TestRunner::deterministic();
    let methods = prop::sample::select(&["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "X"]);
    let request = (
        methods,
        any_path(),
        prop::collection::vec(any_header(), 0..8),
        prop::collection::vec(any::<u8>(), 0..40),
        any::<bool>(),
    );
    for _ in 0..TRIES {
        let (method, path, headers, body, signs) = request.new_tree(&mut runner).unwrap().current();
        let mut ask = Ask::new(method, &path).body(&body);
        if signs {
            ask = ask.by("ann");
        }
        for (name, value) in &headers {
            ask = ask.header(name, value);
        }
        let reply = house.ask(ask).await;
        assert!(reply.status < 500, "{method} {path} {headers:?}: {reply:?}");
    }
}

#[tokio::test]
async fn what_is_no_http_does_no_harm() {
    let house = House::new().await;
    let mut runner = TestRunner::deterministic();
    let bytes = prop::collection::vec(any::<u8>(), 1..200);
    for _ in 0..TRIES {
        let bytes = bytes.new_tree(&mut runner).unwrap().current();
        let mut connection = house.connect().await;
        connection.try_send(&bytes).await;
    }
    for line in ["OPTIONS * HTTP/1.1", "CONNECT a:1 HTTP/1.1", "GET http://a/version HTTP/1.1"] {
        let mut connection = house.connect().await;
        connection.send(format!("{line}\r\nHost: a\r\n\r\n")).await;
        let reply = connection.reply().await;
        assert!(reply.status < 500, "{line}: {reply:?}");
    }
    assert_eq!(house.get("/version").await.status, 200);
}

#[tokio::test]
async fn requests_that_come_all_at_once_are_answered_in_order() {
    let house = House::new().await;
    let mut connection = house.connect().await;
    let (version, status) =
        (Ask::new("GET", "/version").bytes(), Ask::new("GET", "/nothing").bytes());
    connection.send([version.clone(), status, version].concat()).await;
    for expected in [200, 404, 200] {
        assert_eq!(connection.reply().await.status, expected);
    }
    // And whoever speaks an old HTTP is served once.
    connection.send("GET /version HTTP/1.0\r\n\r\n").await;
    assert_eq!(connection.reply().await.status, 200);
}

#[tokio::test]
async fn whoever_is_answered_before_their_body_is_read_hears_that_the_connection_ends() {
    let house = House::new().await;
    let unknown_version = Ask::new("POST", "/users").header("X-Ops-Server-API-Version", "9");
    for (ask, status) in [
        (Ask::new("POST", "/nothing"), 404),
        (Ask::new("PUT", "/users"), 405),
        (Ask::new("POST", "/users"), 400),
        (unknown_version, 406),
    ] {
        let mut connection = house.connect().await;
        connection.send(ask.clone().body(b"{}").bytes()).await;
        let reply = connection.reply().await;
        assert_eq!((reply.status, reply.header("connection")), (status, Some("close")));
        assert!(connection.ends_within(crate::client::DEADLINE).await);

        // Without a body, the next request is welcome.
        let mut connection = house.connect().await;
        connection.send(ask.bytes()).await;
        let reply = connection.reply().await;
        assert_eq!((reply.status, reply.header("connection")), (status, None));
        connection.send(Ask::new("GET", "/version").bytes()).await;
        assert_eq!(connection.reply().await.status, 200);
    }
}
