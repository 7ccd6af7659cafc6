//! Roles over HTTP.

use serde_json::json;

use crate::chef::{error, url};
use crate::house::House;

#[tokio::test]
async fn a_role_is_made_changed_and_deleted() {
    let house = House::new().await;
    let made = house.expect(201, ("POST", "roles", r#"{"name":"web","run_list":["a"]}"#)).await;
    assert_eq!(made, json!({ "uri": url("roles/web") }));
    let again = house.expect(409, ("POST", "roles", r#"{"name":"web"}"#)).await;
    assert_eq!(again, error("Role already exists"));
    let list = house.expect(200, ("GET", "roles", "")).await;
    assert_eq!(list, json!({ "web": url("roles/web") }));
    let shown = house.expect(200, ("GET", "roles/web", "")).await;
    let expected = json!({
        "name": "web", "json_class": "Chef::Role", "chef_type": "role", "run_list": ["recipe[a]"],
        "env_run_lists": {}, "default_attributes": {}, "override_attributes": {},
    });
    assert_eq!(shown, expected);
    let saved = house.expect(200, ("PUT", "roles/web", r#"{"description":"x"}"#)).await;
    assert_eq!(saved["description"], "x");
    let other = house.expect(400, ("PUT", "roles/web", r#"{"name":"x"}"#)).await;
    assert_eq!(other, error("Role name mismatch."));
    assert_eq!(house.expect(200, ("DELETE", "roles/web", "")).await, saved);
    for method in ["GET", "DELETE", "PUT"] {
        let body = if method == "PUT" { "{}" } else { "" };
        let gone = house.expect(404, (method, "roles/web", body)).await;
        assert_eq!(gone, error("Cannot load role web"));
    }
}

#[tokio::test]
async fn a_role_says_what_it_means_in_each_environment() {
    let house = House::new().await;
    let body = r#"{"name":"web","run_list":["a"],"env_run_lists":{"prod":["b"],"gone":[]}}"#;
    house.expect(201, ("POST", "roles", body)).await;
    for name in ["prod", "test"] {
        let body = json!({ "name": name }).to_string();
        house.expect(201, ("POST", "environments", &body)).await;
    }
    let names = house.expect(200, ("GET", "roles/web/environments", "")).await;
    assert_eq!(names, json!(["_default", "gone", "prod"]));
    for (environment, status, expected) in [
        ("_default", 200, json!({ "run_list": ["recipe[a]"] })),
        ("prod", 200, json!({ "run_list": ["recipe[b]"] })),
        ("test", 200, json!({ "run_list": null })),
        ("gone", 404, error("Cannot load environment gone")),
    ] {
        for path in [
            format!("roles/web/environments/{environment}"),
            format!("environments/{environment}/roles/web"),
        ] {
            assert_eq!(house.expect(status, ("GET", &path, "")).await, expected, "{path}");
        }
    }
    let missing = house.expect(404, ("GET", "roles/none/environments/gone", "")).await;
    assert_eq!(missing, error("Cannot load role none"));
}
