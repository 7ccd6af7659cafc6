//! Access control lists as they are told over HTTP.

use serde_json::{Value, json};

use crate::groups::{admitted, ask};
use crate::house::House;

async fn ace(house: &House, path: &str, permission: &str) -> Value {
    let (status, body) = ask(house, "ann", "GET", path, Value::Null).await;
    assert_eq!(status, 200, "{path}: {body}");
    body[permission].clone()
}

#[tokio::test]
async fn each_kind_of_objects_has_its_list_at_its_path() {
    let house = admitted().await;
    for path in [
        "organizations/_acl",
        "*/_acl",
        "clients/shop-validator/_acl",
        "containers/nodes/_acl",
        "containers/jobs/_acl",
        "environments/_default/_acl",
        "groups/users/_acl",
    ] {
        let grant = json!({"actors": ["pivotal"], "groups": ["admins"]});
        assert_eq!(ace(&house, path, "grant").await, grant, "{path}");
        let granular = json!({
            "actors": [], "users": ["pivotal"], "clients": [], "groups": ["admins"],
        });
        let path = format!("{path}?detail=granular");
        assert_eq!(ace(&house, &path, "grant").await, granular, "{path}");
    }
    for (path, error) in [
        ("clients/x/_acl", "Cannot load client x"),
        ("containers/x/_acl", "Cannot load container x"),
        ("data/x/_acl", "Cannot load data bag x"),
        ("environments/x/_acl", "Cannot load environment x"),
        ("groups/x/_acl", "group 'x' not found"),
        ("nodes/x/_acl", "node 'x' not found"),
        ("roles/x/_acl", "Cannot load role x"),
    ] {
        let missing = json!({"error": [error]});
        let found = ask(&house, "ann", "GET", path, Value::Null).await;
        assert_eq!(found, (404, missing.clone()));
        let body = json!({"read": {"actors": [], "groups": []}});
        let path = format!("{path}/read");
        assert_eq!(ask(&house, "ann", "PUT", &path, body).await, (404, missing));
    }
}

#[tokio::test]
async fn a_permission_is_given_to_exactly_these() {
    let house = admitted().await;
    let put = async |name: &str, permission: &str, body: Value| {
        let path = format!("containers/nodes/_acl/{permission}");
        ask(&house, name, "PUT", &path, body).await
    };
    let read = json!({"actors": ["web1", "ann"], "groups": ["::server-admins", "users"]});
    let body = json!({"read": read});
    assert_eq!(put("ann", "read", body.clone()).await, (200, json!({})));
    assert_eq!(ace(&house, "containers/nodes/_acl", "read").await, read);
    let missing = json!({"error": ["missing update permission"]});
    assert_eq!(put("web1", "read", body.clone()).await, (403, missing));
    assert_eq!(put("nobody", "read", body.clone()).await.0, 401);

    let twice = json!({"actors": [], "users": ["both"], "clients": ["both"], "groups": []});
    assert_eq!(put("ann", "update", json!({"update": twice})).await.0, 200);
    let shown = json!({"actors": ["both", "both"], "groups": []});
    assert_eq!(ace(&house, "containers/nodes/_acl", "update").await, shown);
    let either = json!({"update": {"actors": ["both"], "groups": []}});
    let (status, body) = put("ann", "update", either).await;
    assert_eq!(status, 422);
    assert_eq!(
        body["error"][0],
        "The following actor(s) exist as both clients and users within this organization: 'both'. \
         To perform this update, supply separate 'clients' and 'users' fields in your request, and \
         use an empty array for the value of 'actors'."
    );
    for (permission, body, status, error) in [
        ("read", json!({}), 400, "Field 'read' missing"),
        ("read", json!({"update": {}}), 400, "Invalid key update in request body"),
        ("bogus", json!({"bogus": {}}), 404, "there is no permission 'bogus'"),
        (
            "read",
            json!({"read": {"actors": ["bogus"], "groups": []}}),
            400,
            "The actor(s) 'bogus' do not exist in this organization as clients or users.",
        ),
        (
            "grant",
            json!({"grant": {"actors": ["pivotal"], "groups": []}}),
            403,
            "Admin group cannot be removed from the Grant ACE",
        ),
    ] {
        let (found, answer) = put("ann", permission, body).await;
        assert_eq!((found, &answer), (status, &json!({"error": [error]})));
    }
    // The body is looked at before who asks.
    assert_eq!(put("nobody", "read", json!({})).await.0, 400);
}

#[tokio::test]
async fn a_users_list_belongs_to_no_organization() {
    let house = House::new().await;
    let ask = async |name: &str, method: &str, path: &str, body: &str| {
        let reply = house.asker(name).sends(method, path, body.as_bytes()).await;
        (reply.status, reply.json())
    };
    let (status, body) = ask("pivotal", "GET", "/users/pivotal/_acl", "").await;
    assert_eq!((status, &body["grant"]["actors"]), (200, &json!(["admin", "pivotal"])));
    let body = r#"{"read": {"actors": ["pivotal", "ann"], "groups": ["shop::users"]}}"#;
    let path = "/users/pivotal/_acl/read";
    assert_eq!(ask("pivotal", "PUT", path, body).await, (200, json!({})));
    let (_, body) = ask("pivotal", "GET", "/users/pivotal/_acl", "").await;
    assert_eq!(body["read"], json!({"actors": ["ann", "pivotal"], "groups": ["shop::users"]}));
    assert_eq!(ask("bob", "GET", "/users/pivotal/_acl", "").await.0, 403);
    assert_eq!(ask("web1", "GET", "/users/pivotal/_acl", "").await.0, 401);
    let unknown = json!({"error": "Could not find user x"});
    assert_eq!(ask("pivotal", "GET", "/users/x/_acl", "").await, (404, unknown));
}
