//! What the server says of itself, and what there is no more.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::client::Reply;
use crate::house::{Ask, House, STATS_PASSWORD};

#[tokio::test]
async fn health_is_told_to_everyone() {
    let house = House::new().await;
    for path in ["/_status", "/_status/"] {
        let reply = house.get(path).await;
        assert_eq!((reply.status, &reply.json()["status"]), (200, &json!("pong")));
        let keys: Vec<String> = reply.json().as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["indexing", "keygen", "status", "upstreams"]);
        assert_eq!(reply.json()["upstreams"], json!({ "store": "pong" }));
    }
}

#[tokio::test]
async fn the_version_can_be_read_by_tools() {
    let house = House::new().await;
    let reply = house.get("/version").await;
    assert_eq!(reply.status, 200);
    assert!(reply.header("content-type").unwrap().starts_with("text/plain"));
    let first = reply.text().lines().next().unwrap();
    let (name, version) = first.split_once(' ').unwrap();
    assert_eq!(name, "chef-server");
    assert!(version.split('.').all(|number| number.parse::<u32>().is_ok()), "{version}");
}

#[tokio::test]
async fn every_answer_has_the_headers_that_clients_read() {
    let house = House::new().await;
    let reply = house.ask(Ask::new("GET", "/nowhere").header("X-Request-Id", "my-own")).await;
    assert_eq!(reply.header("x-request-id"), Some("my-own"));
    assert_eq!(reply.header("x-ops-api-info"), None);
    let ids: Vec<_> = [house.get("/").await, house.get("/").await]
        .iter()
        .map(|reply| reply.header("x-request-id").unwrap().to_owned())
        .collect();
    assert_ne!(ids[0], ids[1]);
    for version in ["0", "1", "2"] {
        let ask = Ask::new("GET", "/_status").header("X-Ops-Server-API-Version", version);
        let reply = house.ask(ask).await;
        let said: serde_json::Value =
            serde_json::from_str(reply.header("x-ops-server-api-version").unwrap()).unwrap();
        let expected = json!({
            "min_version": "0", "max_version": "2",
            "request_version": version, "response_version": version,
        });
        assert_eq!(said, expected);
    }
}

#[tokio::test]
async fn users_may_ask_for_versions_and_licences() {
    let house = House::new().await;
    let reply = house.ask(Ask::new("GET", "/server_api_version").by("ann")).await;
    assert_eq!(reply.json(), json!({ "min_api_version": 0, "max_api_version": 2 }));
    let reply = house.ask(Ask::new("GET", "/license").by("bob")).await;
    let said = reply.json();
    assert_eq!(said["node_count"], 0);
    assert_eq!((&said["limit_exceeded"], &said["node_license"]), (&json!(false), &json!(25)));
    assert!(said["upgrade_url"].as_str().unwrap().starts_with("https:"));
}

#[tokio::test]
async fn what_is_gone_is_gone_and_what_never_was_is_not_found() {
    let house = House::new().await;
    for method in ["GET", "HEAD", "POST", "PUT", "DELETE"] {
        let reply = house.ask(Ask::new(method, "/organizations/shop/controls")).await;
        assert_eq!(reply.status, 410, "{method}");
    }
    for method in ["GET", "POST"] {
        for path in ["/organizations/shop/required_recipe", "/organizations/shop/updated_since"] {
            assert_eq!(house.ask(Ask::new(method, path)).await.status, 404, "{method} {path}");
            assert_eq!(house.ask(Ask::new(method, path).by("ann")).await.status, 404);
        }
    }
}

#[tokio::test]
async fn other_services_on_this_machine_may_ask_who_has_signed() {
    let house = House::new().await;
    let path = "/organizations/shop/validate/organizations/shop/nodes";
    for method in ["GET", "POST", "PUT", "DELETE"] {
        let ask = Ask::new(method, path)
            .by("web1")
            .signing("/organizations/shop/nodes")
            .header("Content-Type", "application/json")
            .body(br#"{"foo":"bar"}"#);
        let reply = house.ask(ask.clone()).await;
        let expected = json!({ "requestor_name": "web1", "requestor_type": "client" });
        assert_eq!((reply.status, reply.json()), (200, expected), "{method}");
        let reply = house.ask(ask.header("X-Forwarded-For", "203.0.113.7")).await;
        assert_eq!(reply.status, 403, "through a proxy it comes from elsewhere");
    }
    let reply = house.ask(Ask::new("GET", path).by("web1")).await;
    assert_eq!(reply.status, 401, "signed for this path itself");
}

#[tokio::test]
async fn forwarded_headers_with_several_values_do_no_harm() {
    let house = House::new().await;
    for name in ["X-Forwarded-Host", "X-Forwarded-For", "X-Forwarded-Server", "X-Forwarded-Proto"] {
        let ask = Ask::new("GET", "/license").by("ann").header(name, "abc:443,def");
        assert_eq!(house.ask(ask).await.status, 200, "{name}");
    }
}

async fn stats(house: &House, query: &str, credentials: Option<&str>) -> Reply {
    let path = format!("/_stats{query}");
    let mut ask = Ask::new("GET", &path);
    if let Some(credentials) = credentials {
        ask = ask.header("Authorization", &format!("Basic {}", STANDARD.encode(credentials)));
    }
    house.ask(ask).await
}

#[tokio::test]
async fn metrics_are_for_who_has_the_password() {
    let house = House::new().await;
    let right = format!("statsuser:{STATS_PASSWORD}");
    for wrong in [None, Some("statsuser:"), Some("statsuser:a good on"), Some("ann:a good one")] {
        let reply = stats(&house, "", wrong).await;
        assert_eq!(reply.status, 401, "{wrong:?}");
        assert!(reply.header("www-authenticate").unwrap().starts_with("Basic "));
    }
    assert_eq!(stats(&house, "", Some(&right)).await.status, 200);
    assert_eq!(stats(&house, "?format=xml", Some(&right)).await.status, 406);
    let closed = House::with(|config| config.stats_password = None).await;
    assert_eq!(stats(&closed, "", Some("statsuser:")).await.status, 401);
}

#[tokio::test]
async fn metrics_count_what_was_done() {
    let house = House::new().await;
    let right = format!("statsuser:{STATS_PASSWORD}");
    house.get("/_status").await;
    house.ask(Ask::new("GET", "/license").by("eve")).await;
    house.ask(Ask::new("PUT", "/license").by("ann")).await;
    let mut idle = house.connect().await;
    idle.send(Ask::new("GET", "/version").bytes()).await;
    idle.reply().await;

    let reply = stats(&house, "?format=text", Some(&right)).await;
    assert_eq!(reply.header("content-type"), Some("text/plain; version=0.0.4"));
    let text = reply.text();
    for line in [
        "pantry_http_requests_total{method=\"GET\",status=\"2xx\"} 2",
        "pantry_http_requests_total{method=\"GET\",status=\"4xx\"} 1",
        "pantry_http_requests_total{method=\"PUT\",status=\"4xx\"} 1",
        "pantry_http_request_duration_seconds_count 4",
        "pantry_http_request_duration_seconds_bucket{le=\"+Inf\"} 4",
        "pantry_http_authentication_failures_total 1",
    ] {
        assert!(text.lines().any(|one| one == line), "{line} is not in\n{text}");
    }
    let open = text.lines().find_map(|line| line.strip_prefix("pantry_http_connections_open "));
    assert!(open.unwrap().parse::<usize>().unwrap() >= 2, "{text}");

    let reply = stats(&house, "?format=json", Some(&right)).await;
    let metrics = reply.json();
    let failures = metrics
        .as_array()
        .unwrap()
        .iter()
        .find(|metric| metric["name"] == "pantry_http_authentication_failures_total");
    let failures = failures.unwrap();
    assert_eq!(failures["type"], "COUNTER");
    assert_eq!(failures["metrics"], json!([{ "value": "1" }]));
}
