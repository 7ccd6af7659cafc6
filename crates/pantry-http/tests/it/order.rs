//! The order of the checks: a request that is wrong in every way is answered for the first, and as
//! each is put right, for the next.

use crate::client::Reply;
use crate::house::{Ask, House, NOW};

const VALIDATE: &str = "/organizations/shop/validate/nodes";

/// A request, and whether it is right in each of the ways that are checked.
#[derive(Clone, Copy, Default)]
struct Right {
    api_version: bool,
    length: bool,
    path: bool,
    method: bool,
    client_version: bool,
    headers: bool,
    time: bool,
    protocol: bool,
    size: bool,
    organization: bool,
    signature: bool,
    membership: bool,
    accept: bool,
    media: bool,
}

/// In the order of the checks: what puts the request right in one more way, and the answer until
/// then.
type Step = (fn(&mut Right), u16, &'static str);

const STEPS: &[Step] = &[
    (|it| it.api_version = true, 406, "invalid-x-ops-server-api-version"),
    (|it| it.length = true, 414, "a path and its query must be no more than 300 bytes"),
    (|it| it.path = true, 404, "there is nothing at this path"),
    (|it| it.method = true, 405, "this path only takes the methods GET, POST, PUT, DELETE"),
    (
        |it| it.client_version = true,
        400,
        "400 - Bad Request: Chef Client version 10 or higher required. Your version of Chef is 9.0.1.",
    ),
    (|it| it.headers = true, 400, "missing required authentication header(s) 'X-Ops-UserId'"),
    (|it| it.time = true, 401, "bad header(s) 'X-Ops-Timestamp'"),
    (|it| it.protocol = true, 400, "Unsupported authentication protocol version"),
    (|it| it.size = true, 413, "JSON must be no more than 100 bytes."),
    (|it| it.organization = true, 404, "organization 'ship' does not exist."),
    (|it| it.signature = true, 401, "Invalid signature for user or client 'bob'"),
    (|it| it.membership = true, 403, "'bob' not associated with organization 'shop'"),
    (|it| it.accept = true, 406, "answers are application/json, which `Accept` excludes"),
    (|it| it.media = true, 415, "the body's `Content-Type` must be application/json"),
];

async fn ask(house: &House, right: Right) -> Reply {
    let organization = if right.organization { "shop" } else { "ship" };
    let place = if right.path { "validate/nodes" } else { "nowhere/nodes" };
    let query = if right.length { String::new() } else { "x".repeat(300) };
    let path = format!("/organizations/{organization}/{place}?{query}");
    let body = vec![b' '; if right.size { 100 } else { 101 }];
    let user = if right.membership { "ann" } else { "bob" };
    let signed = if right.signature { "/nodes" } else { "/roles" };
    let mut ask =
        Ask::new(if right.method { "POST" } else { "PATCH" }, &path).by(user).signing(signed);
    for (is_right, name, bad) in [
        (right.api_version, "X-Ops-Server-API-Version", "3"),
        (right.client_version, "X-Chef-Version", "9.0.1"),
        (right.headers, "X-Ops-UserId", ""),
        (right.time, "X-Ops-Timestamp", "yesterday"),
        (right.protocol, "X-Ops-Sign", "version=8.1"),
        (right.accept, "Accept", "text/html"),
        (right.media, "Content-Type", "text/html"),
    ] {
        if !is_right {
            ask = ask.header(name, bad);
        }
    }
    if right.media {
        ask = ask.header("Content-Type", "application/json");
    }
    house.ask(ask.body(&body)).await
}

#[tokio::test]
async fn the_first_thing_that_is_wrong_is_told() {
    let house = House::limited(|limits| {
        limits.max_uri_bytes = 300;
        limits.max_json_bytes = 100;
    })
    .await;
    let mut right = Right::default();
    for (put_right, status, sentence) in STEPS {
        let reply = ask(&house, right).await;
        assert_eq!((reply.status, reply.sentence().as_str()), (*status, *sentence), "{reply:?}");
        put_right(&mut right);
    }
    assert_eq!(ask(&house, right).await.status, 200);
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_before_the_size_and_an_unknown_user_before_a_bad_signature() {
    let house = House::limited(|limits| limits.max_json_bytes = 100).await;
    house.set_clock(NOW + 900);
    let body = [b' '; 101];
    let late = Ask::new("POST", "/organizations/ship/validate/nodes").by("ann").body(&body);
    let reply = house.ask(late).await;
    let sentence = "Failed to authenticate as ann. Synchronize the clock on your host.";
    assert_eq!((reply.status, reply.sentence().as_str()), (401, sentence));
    for seconds in [NOW + 899, NOW - 899] {
        house.set_clock(seconds);
        let reply = house.ask(Ask::new("GET", VALIDATE).by("ann").signing("/nodes")).await;
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    house.set_clock(NOW);
    let reply = house.ask(Ask::new("GET", VALIDATE).by("eve")).await;
    let sentence = "Failed to authenticate as 'eve'. Ensure that your node_name and client key \
                    are correct.";
    assert_eq!((reply.status, reply.sentence().as_str()), (401, sentence));
}

#[tokio::test]
async fn missing_headers_are_told_all_at_once() {
    let house = House::new().await;
    let reply = house.get("/license").await;
    let sentence = "missing required authentication header(s) 'X-Ops-UserId', 'X-Ops-Timestamp', \
                    'X-Ops-Sign', 'X-Ops-Content-Hash'";
    assert_eq!((reply.status, reply.sentence().as_str()), (400, sentence));
}

#[tokio::test]
async fn what_an_error_looks_like() {
    let house = House::limited(|limits| limits.max_json_bytes = 100).await;
    let reply =
        house.ask(Ask::new("PUT", "/license").header("X-Ops-Server-API-Version", "two")).await;
    let expected = serde_json::json!({
        "error": "invalid-x-ops-server-api-version",
        "message": "Specified version two not supported",
        "min_version": 0,
        "max_version": 2,
    });
    assert_eq!(reply.json(), expected);
    let said: serde_json::Value =
        serde_json::from_str(reply.header("x-ops-server-api-version").unwrap()).unwrap();
    assert_eq!((&said["request_version"], &said["response_version"]), (&"-1".into(), &"-1".into()));

    let reply = house.ask(Ask::new("PUT", "/license").by("ann")).await;
    assert_eq!((reply.status, reply.header("allow")), (405, Some("GET")));
    assert_eq!(reply.header("content-type"), Some("application/json"));

    let reply = house.ask(Ask::new("GET", "/license").by("eve")).await;
    let challenge = r#"X-Ops-Sign version="1.0" version="1.1""#;
    assert_eq!((reply.status, reply.header("www-authenticate")), (401, Some(challenge)));

    let reply = house.ask(Ask::new("POST", "/_status").body(&[b' '; 101])).await;
    assert_eq!(reply.status, 405, "the method comes before the size");
}
