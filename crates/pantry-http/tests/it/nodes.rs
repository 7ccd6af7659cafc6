//! Nodes over HTTP: shapes of answers, and what the original's clients rely on.

use serde_json::json;

use crate::chef::{error, url};
use crate::house::{Ask, House};

#[tokio::test]
async fn a_node_comes_back_as_it_was_sent() {
    let house = House::new().await;
    assert_eq!(house.expect(200, ("GET", "nodes", "")).await, json!({}));
    let sent = r#"{"name":"web:1","automatic":{"size":123456789012345678901234567890,"load":1.10},"run_list":["web","role[x]"]}"#;
    let made = house.call_with("POST", "nodes", sent).await;
    assert_eq!((made.status, made.json()), (201, json!({ "uri": url("nodes/web:1") })));
    assert_eq!(made.header("location"), Some(url("nodes/web:1").as_str()));
    let again = house.expect(409, ("POST", "nodes", sent)).await;
    assert_eq!(again, error("Node already exists"));

    let stored = r#"{"name":"web:1","automatic":{"size":123456789012345678901234567890,"load":1.10},"run_list":["recipe[web]","role[x]"],"chef_environment":"_default","json_class":"Chef::Node","chef_type":"node","normal":{},"default":{},"override":{}}"#;
    assert_eq!(house.call("GET", "nodes/web:1").await.text(), stored);
    assert_eq!(house.call("GET", "nodes/web%3A1").await.text(), stored);
    let list = json!({ "web:1": url("nodes/web:1") });
    assert_eq!(house.expect(200, ("GET", "nodes", "")).await, list);
    assert_eq!(house.expect(200, ("GET", "environments/_default/nodes", "")).await, list);

    let saved = house.call_with("PUT", "nodes/web:1", r#"{"chef_environment":"prod"}"#).await;
    assert_eq!((saved.status, &saved.json()["chef_environment"]), (200, &json!("prod")));
    assert_eq!(house.call("GET", "nodes/web:1").await.text(), saved.text());
    let elsewhere = house.expect(404, ("GET", "environments/prod/nodes", "")).await;
    assert_eq!(elsewhere, error("Cannot load environment 'prod'"));
    assert_eq!(house.call("DELETE", "nodes/web:1").await.text(), saved.text());
    let gone = house.expect(404, ("GET", "nodes/web:1", "")).await;
    assert_eq!(gone, error("node 'web:1' not found"));
}

#[tokio::test]
async fn only_whether_it_is_there_can_be_asked() {
    let house = House::new().await;
    let absent = house.call("HEAD", "nodes/web1").await;
    assert_eq!((absent.status, absent.text()), (404, ""));
    house.expect(201, ("POST", "nodes", r#"{"name":"web1"}"#)).await;
    let there = house.call("HEAD", "nodes/web1").await;
    assert_eq!((there.status, there.text()), (200, ""));
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_told_before_who_asks() {
    let house = House::new().await;
    for (method, path, body, sentence) in [
        ("POST", "nodes", "{", "invalid JSON"),
        ("POST", "nodes", "[]", "Incorrect JSON type for request body"),
        ("POST", "nodes", r#"{"name":"a@b"}"#, "Field 'name' invalid"),
        ("PUT", "nodes/none", r#"{"name":"other"}"#, "Node name mismatch."),
        ("PUT", "nodes/none", r#"{"漢字":1}"#, "Invalid key 漢字 in request body"),
    ] {
        let path = format!("/organizations/shop/{path}");
        for who in ["pivotal", "bob", "nobody"] {
            let ask = Ask::new(method, &path).by(who).body(body.as_bytes());
            let reply = house.ask(ask.header("Content-Type", "application/json")).await;
            assert_eq!((reply.status, reply.json()), (400, error(sentence)), "{who} {body}");
        }
    }
    let unknown = house.expect(404, ("PUT", "nodes/none", "{}")).await;
    assert_eq!(unknown, error("node 'none' not found"));
    let outside = house.ask(Ask::new("GET", "/organizations/shop/nodes").by("bob")).await;
    assert_eq!(outside.status, 403);
}

#[tokio::test]
async fn ids_are_told_to_the_servers_own_machine() {
    let house = House::new().await;
    house.expect(201, ("POST", "nodes", r#"{"name":"web1"}"#)).await;
    let ids = house.get("/organizations/shop/nodes/web1/_identifiers").await;
    assert_eq!(ids.status, 200);
    let ids = ids.json();
    for field in ["id", "authz_id", "org_id"] {
        assert_eq!(ids[field].as_str().map(str::len), Some(32), "{ids}");
    }
    for (path, sentence) in [
        ("shop/nodes/web2", "No such 'nodes': 'web2'."),
        ("shop/search/bad_object", "Unsupported object type: 'search'."),
        ("none/nodes/web1", "organization 'none' does not exist."),
    ] {
        let reply = house.get(&format!("/organizations/{path}/_identifiers")).await;
        assert_eq!((reply.status, reply.json()), (404, error(sentence)));
    }
    let path = "/organizations/shop/nodes/web1/_identifiers";
    let forwarded = Ask::new("GET", path).header("X-Forwarded-For", "192.0.2.1");
    assert_eq!(house.ask(forwarded).await.status, 403);
}

#[tokio::test]
async fn the_licence_counts_nodes() {
    let house = House::new().await;
    for number in 0..26 {
        let body = json!({ "name": format!("web{number}") }).to_string();
        house.expect(201, ("POST", "nodes", &body)).await;
    }
    let licence = house.ask(Ask::new("GET", "/license").by("pivotal")).await.json();
    assert_eq!((&licence["node_count"], &licence["limit_exceeded"]), (&json!(26), &json!(true)));
}
