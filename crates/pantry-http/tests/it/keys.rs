//! Keys, at the three places where they are, and the principals that anyone may ask for.

use serde_json::{Value, json};

use crate::house::{Ask, House};
use crate::people::OTHER_KEY;

fn uri(path: &str) -> String {
    format!("http://pantry.example{path}")
}

#[tokio::test]
async fn keys_are_made_shown_changed_and_deleted() {
    let house = House::new().await;
    let pivotal = house.asker("admin");
    let user = json!({
        "username": "rob", "email": "r@ob.by", "display_name": "R", "password": "foobar",
        "public_key": OTHER_KEY.public_key().to_pem(),
    });
    assert_eq!(house.asker("pivotal").asks("POST", "/users", user).await.status, 201);
    let new = json!({"name": "web2", "public_key": OTHER_KEY.public_key().to_pem()});
    assert_eq!(pivotal.asks("POST", "/organizations/shop/clients", new).await.status, 201);
    for (name, keys) in
        [("rob", "/users/rob/keys"), ("web2", "/organizations/shop/clients/web2/keys")]
    {
        let asker = house.asker(name).with_key(&OTHER_KEY);
        let new =
            json!({"name": "alt", "create_key": true, "expiration_date": "2026-11-20T00:00:00Z"});
        let made = asker.asks("POST", keys, new.clone()).await;
        let alt = format!("{keys}/alt");
        assert_eq!((made.status, made.header("location")), (201, Some(uri(&alt).as_str())));
        let key = made.private_key("/private_key");
        let expected = json!({"uri": uri(&alt), "private_key": key.to_pem().as_str()});
        assert_eq!(made.json(), expected);
        let taken = asker.asks("POST", keys, new).await;
        let sentence = "a key with the name 'alt' already exists for this actor.";
        assert_eq!((taken.status, taken.json()), (409, json!({"error": sentence})));

        // It has ended already, until it lasts.
        let with_alt = house.asker(name).with_key(&key);
        assert_eq!(with_alt.gets(&alt).await.status, 401);
        let lasts = json!({"expiration_date": "infinity"});
        let changed = asker.asks("PUT", &alt, lasts.clone()).await;
        assert_eq!((changed.status, changed.json()), (200, lasts));
        let shown = json!({
            "name": "alt", "public_key": key.public_key().to_pem(), "expiration_date": "infinity",
        });
        let reader = if name == "rob" { asker } else { house.asker("admin") };
        assert_eq!(reader.gets(&alt).await.json(), shown);

        let in_use = with_alt.asks("DELETE", &alt, Value::Null).await;
        let sentence = "The key 'alt' was used to authenticate this request and cannot be modified or deleted.";
        assert_eq!((in_use.status, in_use.json()), (403, json!({"error": sentence})));
        let renamed = asker.asks("PUT", &alt, json!({"name": "new", "create_key": true})).await;
        let new_key = renamed.private_key("/private_key");
        let expected = json!({
            "name": "new", "public_key": new_key.public_key().to_pem(),
            "private_key": new_key.to_pem().as_str(),
        });
        assert_eq!((renamed.status, renamed.json()), (201, expected));
        assert_eq!(renamed.header("location"), Some(uri(&format!("{keys}/new")).as_str()));
        assert_eq!(asker.gets(&alt).await.status, 404);
        let deleted = asker.asks("DELETE", &format!("{keys}/new"), Value::Null).await;
        assert_eq!((deleted.status, &deleted.json()["name"]), (200, &json!("new")));
        let list =
            json!([{"name": "default", "expired": false, "uri": uri(&format!("{keys}/default"))}]);
        assert_eq!(reader.gets(keys).await.json(), list);
    }
}

#[tokio::test]
async fn within_an_organization_users_keys_are_read_only() {
    let house = House::new().await;
    let keys = "/organizations/shop/users/bob/keys";
    let list = house.asker("admin").gets(keys).await.json();
    let default = format!("{keys}/default");
    assert_eq!(list, json!([{"name": "default", "expired": false, "uri": uri(&default)}]));
    assert_eq!(house.asker("admin").gets(&default).await.status, 200);
    for (method, path) in [("POST", keys), ("PUT", &default), ("DELETE", &default)] {
        assert_eq!(house.asker("admin").asks(method, path, json!({})).await.status, 405);
    }
    // Those who are in the group of readers, which nobody here is.
    let forbidden = house.asker("ann").gets(keys).await;
    assert_eq!(forbidden.status, 403);
    assert!(forbidden.sentence().contains("public_key_read_access"));
}

#[tokio::test]
async fn bodies_are_looked_at_first() {
    let house = House::new().await;
    let nobody = house.asker("nobody");
    let keys = "/users/missing/keys";
    let bad = nobody.asks("POST", keys, json!({"name": "a b"})).await;
    assert_eq!((bad.status, bad.sentence().as_str()), (400, "Field 'name' invalid"));
    let nothing = nobody.asks("PUT", &format!("{keys}/k"), json!({})).await;
    let sentence = "At least one of 'name', 'expiration_date', or 'public_key' must be specified";
    assert_eq!((nothing.status, nothing.json()), (400, json!({"error": sentence})));
    let rename = json!({"name": "x"});
    assert_eq!(nobody.asks("PUT", &format!("{keys}/k"), rename.clone()).await.status, 401);
    let missing = house.asker("ann").asks("PUT", &format!("{keys}/k"), rename).await;
    assert_eq!(
        (missing.status, missing.json()),
        (404, json!({"error": "Could not find user missing"}))
    );
    let missing = house.asker("ann").gets("/users/ann/keys/k").await;
    assert_eq!(
        (missing.status, missing.sentence().as_str()),
        (404, "There is no key named k associated with ann.")
    );
}

#[tokio::test]
async fn principals_are_told_to_anyone() {
    let house = House::new().await;
    let get = async |path: &str, version: &str| {
        let path = format!("/organizations/{path}");
        let ask = Ask::new("GET", &path).header("X-Ops-Server-API-Version", version);
        let reply = house.ask(ask).await;
        (reply.status, reply.json())
    };
    let (status, mut ann) = get("shop/principals/ann", "0").await;
    assert_eq!(status, 200);
    let id = ann["authz_id"].take();
    assert_eq!(id.as_str().map(str::len), Some(32));
    assert!(ann["public_key"].take().as_str().unwrap().starts_with("-----BEGIN PUBLIC KEY-----"));
    let expected = json!({
        "name": "ann", "type": "user", "org_member": true, "authz_id": null, "public_key": null,
    });
    assert_eq!(ann, expected);
    assert_eq!(get("shop/principals/both", "0").await.1["type"], json!("client"));
    let (_, both) = get("shop/principals/both", "1").await;
    let kinds: Vec<_> =
        both["principals"].as_array().unwrap().iter().map(|it| &it["type"]).collect();
    assert_eq!(kinds, ["user", "client"]);
    for version in ["0", "1"] {
        let missing = json!({"error": "Cannot find principal nobody", "not_found": "principal"});
        assert_eq!(get("shop/principals/nobody", version).await, (404, missing));
        let missing = json!({"error": "Cannot find org blog", "not_found": "org"});
        assert_eq!(get("blog/principals/ann", version).await, (404, missing));
    }
    assert_eq!(house.get("/organizations/shop/principals/").await.status, 404);
    assert_eq!(get("shop/principals/ann", "3").await.0, 406);
}
