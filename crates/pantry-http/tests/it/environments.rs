//! Environments over HTTP.

use serde_json::{Value, json};

use crate::chef::{error, url};
use crate::house::{Ask, House};

fn document(name: &str, description: &str) -> Value {
    json!({
        "name": name, "description": description, "cookbook_versions": {},
        "json_class": "Chef::Environment", "chef_type": "environment",
        "default_attributes": {}, "override_attributes": {},
    })
}

#[tokio::test]
async fn the_default_environment_can_only_be_shown() {
    let house = House::new().await;
    let expected = document("_default", "The default Chef environment");
    assert_eq!(house.expect(200, ("GET", "environments/_default", "")).await, expected);
    for (method, body) in [("PUT", "{"), ("PUT", "{}"), ("DELETE", "")] {
        let path = "/organizations/shop/environments/_default";
        for who in ["pivotal", "nobody"] {
            let ask = Ask::new(method, path).by(who).body(body.as_bytes());
            let reply = house.ask(ask).await;
            assert_eq!(reply.status, 405);
            let sentence = "The '_default' environment cannot be modified.";
            assert_eq!(reply.json(), error(sentence));
            assert_eq!(reply.header("allow"), Some("GET"));
        }
    }
    let another = house.expect(409, ("POST", "environments", r#"{"name":"_default"}"#)).await;
    assert_eq!(another, error("Environment already exists"));
}

#[tokio::test]
async fn an_environment_is_made_renamed_and_deleted() {
    let house = House::new().await;
    let made = house.expect(201, ("POST", "environments", r#"{"name":"prod"}"#)).await;
    assert_eq!(made, json!({ "uri": url("environments/prod") }));
    let list = house.expect(200, ("GET", "environments", "")).await;
    let expected =
        json!({ "_default": url("environments/_default"), "prod": url("environments/prod") });
    assert_eq!(list, expected);
    let nameless = house.expect(400, ("PUT", "environments/prod", "{}")).await;
    assert_eq!(nameless, error("Field 'name' missing"));
    let changed = document("prod", "2").to_string();
    let saved = house.expect(200, ("PUT", "environments/prod", &changed)).await;
    assert_eq!(saved, document("prod", "2"));
    let taken = document("_default", "mine").to_string();
    let refused = house.expect(409, ("PUT", "environments/prod", &taken)).await;
    assert_eq!(refused, error("Environment already exists"));

    let renamed = document("live", "3").to_string();
    let renamed = house.call_with("PUT", "environments/prod", &renamed).await;
    assert_eq!((renamed.status, renamed.json()), (201, document("live", "3")));
    assert_eq!(renamed.header("location"), Some(url("environments/live").as_str()));
    let gone = house.expect(404, ("GET", "environments/prod", "")).await;
    assert_eq!(gone, error("Cannot load environment prod"));
    let was = house.expect(200, ("DELETE", "environments/live", "")).await;
    assert_eq!(was, document("live", "3"));
    house.expect(404, ("DELETE", "environments/live", "")).await;
}
