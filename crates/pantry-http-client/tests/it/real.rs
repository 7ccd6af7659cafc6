//! The client and a real Pantry.

use std::collections::BTreeMap;
use std::time::Duration;

use pantry_http_client::ChefError;
use pantry_sign::Version;
use serde_json::{Value, json};

use crate::clock::NOW;
use crate::pantry::Pantry;

#[tokio::test]
async fn a_real_server_takes_every_request_in_every_protocol() {
    let pantry = Pantry::start().await;
    for protocol in [None, Some(Version::V1_0), Some(Version::V1_1), Some(Version::V1_3)] {
        let client = pantry.asked_by("pivotal", protocol);
        let body = |value: Value| value.to_string().into_bytes();
        let named = json!({"name": "web1", "normal": {"ä": "ö"}});
        client.post("/nodes", body(named.clone())).await.unwrap();
        let node: Value = client.get_json("/nodes/web1").await.unwrap();
        assert_eq!(node["normal"]["ä"], "ö");
        let changed = json!({"name": "web1", "normal": {"a": 1}});
        client.put("/nodes/web1", body(changed)).await.unwrap();
        let all: BTreeMap<String, String> = client.get_json("/nodes").await.unwrap();
        assert!(all["web1"].ends_with("/organizations/shop/nodes/web1"), "{all:?}");
        let asked = body(json!({"a": ["a"]}));
        let found: Value = client.query("/search/node?q=name%3Aweb1", asked).await.unwrap();
        assert_eq!(found["rows"][0]["data"], json!({"a": 1}));
        client.delete("/nodes/web1").await.unwrap();
    }
}

async fn refused(pantry: &Pantry, name: &str, path: &str) -> pantry_http_client::Refused {
    match pantry.asked_by(name, None).get(path).await.unwrap_err() {
        ChefError::Refused(refused) => *refused,
        error => panic!("{error}"),
    }
}

#[tokio::test]
async fn what_a_real_server_refuses_is_told_as_it_says_it() {
    let pantry = Pantry::start().await;
    for (name, path, status, said) in [
        ("pivotal", "/nodes/web1", 404, "node 'web1' not found"),
        ("eve", "/nodes", 401, "Failed to authenticate as 'eve'"),
        ("pivotal", "/nothing", 404, ""),
    ] {
        let refused = refused(&pantry, name, path).await;
        assert_eq!((refused.status.as_u16(), refused.user.as_str()), (status, name));
        assert!(refused.said.contains(said), "{refused}");
    }
    let client = pantry.asked_by("pivotal", None);
    let ChefError::Refused(large) =
        client.post("/nodes", vec![b' '; 20_000_000]).await.unwrap_err()
    else {
        panic!("it was not refused")
    };
    assert_eq!(large.status.as_u16(), 413, "{large}");
    assert!(large.said.contains("bytes"), "{large}");
}

#[tokio::test]
async fn a_clock_that_is_wrong_is_told_with_the_difference() {
    let pantry = Pantry::start().await;
    pantry.set_clock(NOW + 3600);
    let refused = refused(&pantry, "pivotal", "/nodes").await;
    assert_eq!(refused.status.as_u16(), 401);
    assert!(refused.said.contains("Synchronize the clock"), "{refused}");
    // The header's date is the real time of day, whatever the server's clock says.
    assert!(refused.clock_difference > Some(Duration::ZERO), "{refused:?}");
}
