//! Policies and policy groups over HTTP, in the original's words.

use serde_json::{Value, json};

use crate::chef::{error, url};
use crate::house::House;

fn revision(policy: &str, id: &str) -> Value {
    json!({
        "revision_id": id,
        "name": policy,
        "run_list": ["recipe[demo::default]"],
        "cookbook_locks": { "demo": { "identifier": "f04cc40f", "version": "1.2.3" } },
    })
}

async fn push(house: &House, status: u16, group: &str, revision: &Value) -> Value {
    let name = revision["name"].as_str().unwrap();
    let path = format!("policy_groups/{group}/policies/{name}");
    house.expect(status, ("PUT", &path, &revision.to_string())).await
}

#[tokio::test]
async fn a_policy_has_revisions() {
    let house = House::new().await;
    assert_eq!(house.expect(200, ("GET", "policies", "")).await, json!({}));
    let (one, two) = (revision("web", "1"), revision("web", "2"));
    let reply = house.call_with("POST", "policies/web/revisions", &one.to_string()).await;
    assert_eq!((reply.status, reply.header("location")), (201, Some(url("policies/web").as_str())));
    assert_eq!(reply.json(), one);
    let again = house.expect(409, ("POST", "policies/web/revisions", &one.to_string())).await;
    assert_eq!(again, error("Policy 'web' with revision_id '1' already exists."));
    let other = house.expect(400, ("POST", "policies/db/revisions", &one.to_string())).await;
    assert_eq!(other, error("Field 'name' invalid : db does not match web"));
    house.expect(201, ("POST", "policies/web/revisions", &two.to_string())).await;

    let revisions = json!({ "revisions": { "1": {}, "2": {} } });
    assert_eq!(house.expect(200, ("GET", "policies/web", "")).await, revisions);
    let list = house.expect(200, ("GET", "policies", "")).await;
    let expected = json!({ "uri": url("policies/web"), "revisions": { "1": {}, "2": {} } });
    assert_eq!(list, json!({ "web": expected }));
    let mut shown = one.clone();
    shown["policy_group_list"] = json!([]);
    let path = "policies/web/revisions/1";
    assert_eq!(house.expect(200, ("GET", path, "")).await, shown);
    assert_eq!(house.expect(200, ("DELETE", path, "")).await, one);
    for method in ["GET", "DELETE"] {
        let gone = house.expect(404, (method, path, "")).await;
        assert_eq!(gone, error("revision '1' of policy 'web' not found"));
    }
    let was = house.expect(200, ("DELETE", "policies/web", "")).await;
    assert_eq!(was, json!({ "revisions": { "2": {} } }));
    for method in ["GET", "DELETE"] {
        let gone = house.expect(404, (method, "policies/web", "")).await;
        assert_eq!(gone, error("policy 'web' not found"));
    }
}

#[tokio::test]
async fn a_group_follows_revisions() {
    let house = House::new().await;
    let (one, two) = (revision("web", "1"), revision("web", "2"));
    assert_eq!(push(&house, 201, "test", &one).await, one);
    assert_eq!(push(&house, 201, "prod", &one).await, one);
    assert_eq!(push(&house, 200, "prod", &two).await, two);
    assert_eq!(push(&house, 200, "prod", &two).await, two);
    push(&house, 201, "prod", &revision("db", "7")).await;
    // What a revision says never changes.
    let mut another = two.clone();
    another["run_list"] = json!([]);
    push(&house, 201, "dev", &another).await;
    let of_dev = house.expect(200, ("GET", "policy_groups/dev/policies/web", "")).await;
    assert_eq!(of_dev, two);

    let shown = house.expect(200, ("GET", "policies/web/revisions/2", "")).await;
    assert_eq!(shown["policy_group_list"].as_array().unwrap().len(), 2);
    let prod = json!({ "web": { "revision_id": "2" }, "db": { "revision_id": "7" } });
    let test = json!({ "web": { "revision_id": "1" } });
    let group = house.expect(200, ("GET", "policy_groups/prod", "")).await;
    assert_eq!(group, json!({ "uri": url("policy_groups/prod"), "policies": prod }));
    house.expect(200, ("DELETE", "policy_groups/dev/policies/web", "")).await;
    let groups = house.expect(200, ("GET", "policy_groups", "")).await;
    let expected = json!({
        "dev": { "uri": url("policy_groups/dev") },
        "prod": { "uri": url("policy_groups/prod"), "policies": prod },
        "test": { "uri": url("policy_groups/test"), "policies": test },
    });
    assert_eq!(groups, expected);
    let dev = house.expect(200, ("DELETE", "policy_groups/dev", "")).await;
    assert_eq!(dev, json!({ "uri": url("policy_groups/dev"), "policies": {} }));

    let gone = error("Cannot load policy web in policy group dev");
    for method in ["GET", "DELETE"] {
        let path = "policy_groups/dev/policies/web";
        assert_eq!(house.expect(404, (method, path, "")).await, gone);
        let group = house.expect(404, (method, "policy_groups/dev", "")).await;
        assert_eq!(group, error("policy_group 'dev' not found"));
    }
    let long = format!("policy_groups/{}/policies/web", "g".repeat(256));
    let refused = house.expect(400, ("PUT", &long, &one.to_string())).await;
    assert_eq!(refused, error("Field 'policy_group' invalid"));
}
