//! Groups and containers as they are told over HTTP.

use serde_json::{Value, json};

use crate::chef::url;
use crate::house::House;

/// The status and the body of an answer to someone, about the organization `shop`.
pub(crate) async fn ask(
    house: &House,
    name: &str,
    method: &str,
    path: &str,
    body: Value,
) -> (u16, Value) {
    let path = format!("/organizations/shop/{path}");
    let reply = house.asker(name).asks(method, &path, body).await;
    (reply.status, reply.json())
}

/// The user `ann` among the admins of `shop`.
pub(crate) async fn admitted() -> House {
    let house = House::new().await;
    let users = json!({"groupname": "admins", "actors": {"users": ["admin", "ann"]}});
    assert_eq!(ask(&house, "pivotal", "PUT", "groups/admins", users.clone()).await, (200, users));
    house
}

#[tokio::test]
async fn a_group_from_its_first_day_to_its_last() {
    let house = admitted().await;
    let ann = async |method, path, body| ask(&house, "ann", method, path, body).await;
    let group = |name: &str, users: &[&str], clients: &[&str], groups: &[&str]| {
        let actors: Vec<_> = clients.iter().chain(users).collect();
        json!({
            "actors": actors, "users": users, "clients": clients, "groups": groups,
            "orgname": "shop", "name": name, "groupname": name,
        })
    };
    let uri = url("groups/ops");
    assert_eq!(
        ann("POST", "groups", json!({"id": "ops", "users": 7})).await,
        (201, json!({"uri": uri}))
    );
    let taken = json!({"error": ["Group already exists"]});
    assert_eq!(ann("POST", "groups", json!({"groupname": "ops"})).await, (409, taken));
    assert_eq!(ann("GET", "groups/ops", Value::Null).await, (200, group("ops", &[], &[], &[])));
    let body = json!({"groupname": "ops", "actors": {
        "users": ["web1", "bob"], "clients": ["web1"], "groups": ["users", "::server-admins"],
    }, "bogus": 1});
    assert_eq!(ann("PUT", "groups/ops", body.clone()).await, (200, body));
    let full = group("ops", &["bob"], &["web1"], &["::server-admins", "users"]);
    assert_eq!(ann("GET", "groups/ops", Value::Null).await, (200, full));

    let body = json!({"groupname": "operators", "actors": {}});
    let path = "/organizations/shop/groups/ops";
    let reply = house.asker("ann").asks("PUT", path, body.clone()).await;
    assert_eq!((reply.status, reply.json()), (201, body));
    assert_eq!(reply.header("location"), Some(url("groups/operators").as_str()));
    let gone = json!({"error": ["Cannot load group ops"]});
    assert_eq!(ann("GET", "groups/ops", Value::Null).await, (404, gone));
    let clash = json!({"error": "Group already exists"});
    let to_users = json!({"groupname": "users"});
    assert_eq!(ann("PUT", "groups/operators", to_users).await, (409, clash));
    let (status, listed) = ann("GET", "groups", Value::Null).await;
    assert_eq!((status, &listed["operators"]), (200, &json!(url("groups/operators"))));
    let full = group("operators", &["bob"], &["web1"], &["::server-admins", "users"]);
    assert_eq!(ann("DELETE", "groups/operators", Value::Null).await, (200, full));
    assert_eq!(ann("DELETE", "groups/operators", Value::Null).await.0, 404);
}

#[tokio::test]
async fn what_is_refused_is_refused_in_the_originals_order() {
    let house = admitted().await;
    let bad_name = json!({"id": "no good"});
    for (name, method, path, body, status, error) in [
        ("ann", "POST", "groups", json!([]), 400, json!(["Incorrect JSON type for request body"])),
        (
            "nobody",
            "POST",
            "groups",
            json!([]),
            400,
            json!(["Incorrect JSON type for request body"]),
        ),
        ("ann", "POST", "groups", bad_name.clone(), 400, json!(["Invalid group name."])),
        ("web1", "POST", "groups", bad_name.clone(), 400, json!(["Invalid group name."])),
        ("web1", "POST", "groups", json!({"id": "x"}), 403, json!(["missing create permission"])),
        ("web1", "GET", "groups/ops", Value::Null, 404, json!(["Cannot load group ops"])),
        ("web1", "GET", "groups/users", Value::Null, 403, json!(["No permission for group users"])),
        ("web1", "PUT", "groups/ops", bad_name.clone(), 400, json!(["Invalid group name."])),
        ("web1", "GET", "groups", Value::Null, 403, json!(["missing read permission"])),
        ("web1", "GET", "containers", Value::Null, 403, json!(["missing read permission"])),
        ("nobody", "POST", "containers", json!({}), 400, json!(["Field 'containername' missing"])),
        ("ann", "GET", "containers/x", Value::Null, 404, json!(["Cannot load container x"])),
        ("ann", "GET", "groups/users/x", Value::Null, 404, Value::Null),
        ("ann", "GET", "groups/users/x/_acl", Value::Null, 404, Value::Null),
    ] {
        let (found, body) = ask(&house, name, method, path, body).await;
        assert_eq!(found, status, "{name} {method} {path}: {body}");
        assert!(error.is_null() || body["error"] == error, "{name} {method} {path}: {body}");
    }
    assert_eq!(ask(&house, "nobody", "POST", "groups", bad_name).await.0, 401);
    assert_eq!(ask(&house, "bob", "GET", "groups/nope", Value::Null).await.0, 403);
    for (path, allowed) in [
        ("groups", "GET, POST"),
        ("groups/users", "GET, PUT, DELETE"),
        ("containers", "GET, POST"),
        ("containers/nodes", "GET, DELETE"),
        ("containers/nodes/_acl", "GET"),
        ("containers/nodes/_acl/read", "PUT"),
    ] {
        let path = format!("/organizations/shop/{path}");
        let reply = house.asker("ann").asks("PATCH", &path, Value::Null).await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some(allowed)), "{path}");
    }
}

#[tokio::test]
async fn containers_are_their_names() {
    let house = admitted().await;
    let ann = async |method, path, body| ask(&house, "ann", method, path, body).await;
    let (status, listed) = ann("GET", "containers", Value::Null).await;
    assert_eq!((status, listed.as_object().unwrap().len()), (200, 12));
    assert_eq!(listed["nodes"], url("containers/nodes"));
    let uri = url("containers/new");
    let body = json!({"id": "new", "containerpath": "/"});
    assert_eq!(ann("POST", "containers", body.clone()).await, (201, json!({"uri": uri})));
    let taken = json!({"error": ["Container already exists"]});
    assert_eq!(ann("POST", "containers", body).await, (409, taken));
    let new = json!({"containername": "new", "containerpath": "new"});
    assert_eq!(ann("GET", "containers/new", Value::Null).await, (200, new.clone()));
    assert_eq!(ann("DELETE", "containers/new", Value::Null).await, (200, new));
    assert_eq!(ann("DELETE", "containers/nodes", Value::Null).await.0, 405);
}
