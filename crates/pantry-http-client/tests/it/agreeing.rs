//! What client and server agree on, and what a refusal says.

use std::time::Duration;

use pantry_http_client::{ChefError, segment};
use pantry_sign::{Claim, PublicKey, Request, Version};

use crate::bad_server::{Act, BadServer, Heard, json, with_headers};
use crate::clock::{KEY, NOW, ada};

fn verifies(heard: &Heard, key: &PublicKey) -> bool {
    let mut words = heard.line.split(' ');
    let (method, path) = (words.next().unwrap(), words.next().unwrap());
    let claim = Claim::read(|name| heard.header(&name.to_lowercase()).map(str::as_bytes)).unwrap();
    let version = heard.header("x-ops-server-api-version").unwrap().parse().unwrap();
    let request =
        Request { method, path, body: heard.body.as_bytes(), server_api_version: version };
    claim.time().unix() == NOW && claim.user() == "ada" && claim.block(&request).verify(key)
}

/// A server that knows only these: the newest version of the API, and of the protocol.
fn knowing(api: u32, protocol: &'static str) -> impl Fn(&Heard, usize) -> Act + Send + Sync {
    move |heard, _| {
        let asked: u32 = heard.header("x-ops-server-api-version").unwrap().parse().unwrap();
        if asked > api {
            return json(406, &format!(r#"{{"min_version":0,"max_version":{api}}}"#));
        }
        if !heard.header("x-ops-sign").unwrap().contains(protocol) {
            return json(401, r#"{"error":["bad signature"]}"#);
        }
        json(200, if verifies(heard, KEY.public_key()) { "{}" } else { "[]" })
    }
}

#[tokio::test]
async fn the_newest_of_everything_is_tried_and_what_is_taken_is_remembered() {
    for (api, protocol, requests) in [(2, "1.3", 1), (1, "1.3", 2), (2, "1.1", 2), (0, "1.1", 3)] {
        let server = BadServer::by(knowing(api, protocol)).await;
        let client = ada(&server, None);
        assert_eq!(client.post("/nodes", b"{\"n\":1}".to_vec()).await.unwrap(), b"{}");
        assert_eq!(server.heard().len(), requests, "{api} {protocol}");
        assert_eq!(client.get("/search/node?q=a:b").await.unwrap(), b"{}");
        let heard = server.heard();
        assert_eq!(heard.len(), requests + 1, "{api} {protocol}");
        assert_eq!(heard[requests].line, "GET /organizations/shop/search/node?q=a:b HTTP/1.1");
    }
}

#[tokio::test]
async fn a_protocol_that_is_set_is_the_only_one() {
    let server = BadServer::by(knowing(2, "1.0")).await;
    assert_eq!(ada(&server, Some(Version::V1_0)).get("/nodes").await.unwrap(), b"{}");
    ada(&server, Some(Version::V1_3)).get("/nodes").await.unwrap_err();
    ada(&server, None).get("/nodes").await.unwrap_err();
    let tried: Vec<_> =
        server.heard().iter().map(|h| h.header("x-ops-sign").unwrap().to_owned()).collect();
    assert_eq!(tried.len(), 1 + 1 + 2);
    assert!(tried[3].contains("1.1"), "{tried:?}");
}

#[tokio::test]
async fn a_server_without_a_version_in_common_is_told() {
    let server = BadServer::doing(vec![json(
        406,
        r#"{"error":"invalid-x-ops-server-api-version","message":"no","min_version":3,"max_version":4}"#,
    )])
    .await;
    let error = ada(&server, None).get("/nodes").await.unwrap_err();
    assert!(error.to_string().contains("invalid-x-ops-server-api-version; no (406"), "{error}");
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn a_refusal_says_what_was_asked_by_whom_and_what_the_clock_says() {
    let headers = "Date: Sat, 21 Nov 2026 06:00:00 GMT\r\n";
    let sentence = "Failed to authenticate as ada. Synchronize the clock on your host.";
    let body = format!(r#"{{"error":["{sentence}"]}}"#);
    let server = BadServer::doing(vec![with_headers(401, headers, &body)]).await;
    let error = ada(&server, None).get("/nodes/web1").await.unwrap_err();
    let ChefError::Refused(refused) = error else { panic!("{error}") };
    let url = server.url().join("/organizations/shop/nodes/web1").to_string();
    assert_eq!(
        (refused.method.as_str(), &refused.url, refused.user.as_str()),
        ("GET", &url, "ada")
    );
    assert_eq!((refused.said.as_str(), refused.status.as_u16()), (sentence, 401));
    assert_eq!(refused.clock_difference, Some(Duration::from_secs(3600)));
    assert_eq!(server.heard().len(), 1);

    let headers = "Location: https://chef.example.org/\r\n";
    let server = BadServer::doing(vec![with_headers(301, headers, "<html>")]).await;
    let error = ada(&server, None).get("/nodes").await.unwrap_err();
    let ChefError::Refused(refused) = error else { panic!("{error}") };
    assert_eq!(refused.location.as_deref(), Some("https://chef.example.org/"));
}

#[tokio::test]
async fn requests_have_what_chef_servers_ask_for() {
    let server = BadServer::doing(vec![json(200, "{}")]).await;
    let client = ada(&server, None);
    client.put("/nodes/web1", b"{}".to_vec()).await.unwrap();
    client.get("/nodes").await.unwrap();
    let heard = server.heard();
    for one in &heard {
        assert_eq!(one.header("x-chef-version"), Some("18.0.0"));
        assert_eq!(one.header("accept"), Some("application/json"));
        assert!(one.header("user-agent").unwrap().starts_with("Pantry/"));
        assert!(one.header("host").unwrap().starts_with("127.0.0.1:"));
    }
    assert_eq!(heard[0].header("content-type"), Some("application/json"));
    assert_eq!(heard[1].header("content-type"), None);
}

#[test]
fn a_name_is_one_segment_whatever_is_in_it() {
    for (name, written) in [
        ("web1.example.org", "web1.example.org"),
        ("a:b_c-d", "a:b_c-d"),
        ("a/b?c#d e%", "a%2Fb%3Fc%23d%20e%25"),
        ("..", "%2E%2E"),
        (".", "%2E"),
        ("é", "%C3%A9"),
    ] {
        assert_eq!(segment(name).to_string(), written);
    }
}
