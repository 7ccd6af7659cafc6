//! `/users`, `/authenticate_user` and `/system_recovery`: shapes, statuses and the order of checks.

use serde_json::{Value, json};

use crate::house::House;
use crate::people::{OTHER_KEY, OWN_KEY};

const BASE: &str = "http://pantry.example";

fn new_user(name: &str) -> Value {
    json!({
        "username": name, "email": format!("{name}@Example.com"), "display_name": name,
        "first_name": "F", "last_name": "L", "password": "foobar", "bogus": "look at me",
    })
}

fn with(mut user: Value, field: &str, value: Value) -> Value {
    user.as_object_mut().unwrap().insert(field.to_owned(), value);
    user
}

#[tokio::test]
async fn a_user_of_version_0_has_its_key_in_it() {
    let house = House::new().await;
    let pivotal = house.asker("pivotal");
    let made = pivotal.asks("POST", "/users", new_user("rob")).await;
    let uri = format!("{BASE}/users/rob");
    assert_eq!((made.status, made.header("location")), (201, Some(uri.as_str())));
    let key = made.private_key("/private_key");
    let expected = json!({"uri": uri, "private_key": key.to_pem().as_str()});
    assert_eq!(made.json(), expected);

    let rob = house.asker("rob").with_key(&key);
    let shown = json!({
        "username": "rob", "email": "rob@example.com", "display_name": "rob", "first_name": "F",
        "last_name": "L", "public_key": key.public_key().to_pem(),
    });
    assert_eq!(rob.gets("/users/rob").await.json(), shown);
    let again = pivotal.asks("POST", "/users", new_user("rob")).await;
    assert_eq!(again.status, 409);
    assert_eq!(again.json(), json!({"error": ["Username or email address already in use."]}));

    // Another key, at once.
    let user = with(new_user("rob"), "private_key", json!(true));
    let changed = rob.asks("PUT", "/users/rob", user).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let new_key = changed.private_key("/private_key");
    assert_eq!(rob.gets("/users/rob").await.status, 401);
    let rob = rob.with_key(&new_key);
    let pem = OTHER_KEY.public_key().to_pem();
    let user = with(new_user("rob"), "public_key", json!(pem));
    let changed = rob.asks("PUT", "/users/rob", user).await;
    assert_eq!(changed.json(), json!({"uri": uri}));
    let shown = pivotal.gets("/users/rob").await.json();
    assert_eq!(shown["public_key"], json!(pem));

    // Another name.
    let renamed = with(new_user("bert"), "email", json!("rob@example.com"));
    let renamed = house.asker("rob").with_key(&OTHER_KEY).asks("PUT", "/users/rob", renamed).await;
    let uri = format!("{BASE}/users/bert");
    assert_eq!((renamed.status, renamed.json()), (201, json!({"uri": uri})));
    assert_eq!(renamed.header("location"), Some(uri.as_str()));
    let gone = pivotal.gets("/users/rob").await;
    assert_eq!((gone.status, gone.json()), (404, json!({"error": "Could not find user rob"})));
    let deleted = pivotal.asks("DELETE", "/users/bert", Value::Null).await;
    assert_eq!((deleted.status, &deleted.json()["username"]), (200, &json!("bert")));
    assert_eq!(pivotal.gets("/users/bert").await.status, 404);
}

#[tokio::test]
async fn a_user_of_version_1_has_keys_beside_it() {
    let house = House::new().await;
    let pivotal = house.asker("pivotal").in_version(1);
    let bare = pivotal.asks("POST", "/users", new_user("rob")).await;
    assert_eq!(bare.json(), json!({"uri": format!("{BASE}/users/rob")}));
    assert_eq!(pivotal.gets("/users/rob/keys/default").await.status, 404);
    let user = with(new_user("eve"), "create_key", json!(true));
    let made = pivotal.asks("POST", "/users", user).await;
    let key = made.private_key("/chef_key/private_key");
    let expected = json!({
        "uri": format!("{BASE}/users/eve"),
        "chef_key": {
            "name": "default", "uri": format!("{BASE}/users/eve/keys/default"),
            "expiration_date": "infinity", "public_key": key.public_key().to_pem(),
            "private_key": key.to_pem().as_str(),
        },
    });
    assert_eq!(made.json(), expected);
    let shown = house.asker("eve").with_key(&key).in_version(1).gets("/users/eve").await.json();
    assert_eq!(shown.get("public_key"), None);
    let user = with(new_user("eve"), "create_key", json!(true));
    let elsewhere = pivotal.asks("PUT", "/users/eve", user).await;
    assert_eq!(elsewhere.status, 400);
    let unchanged = pivotal.asks("PUT", "/users/eve", new_user("eve")).await;
    assert_eq!(
        (unchanged.status, unchanged.json()),
        (200, json!({"uri": format!("{BASE}/users/eve")}))
    );
}

#[tokio::test]
async fn lists_are_by_name_by_address_or_verbose() {
    let house = House::new().await;
    let pivotal = house.asker("pivotal");
    pivotal.asks("POST", "/users", new_user("rob")).await;
    let all = pivotal.gets("/users").await.json();
    assert_eq!(all["rob"], json!(format!("{BASE}/users/rob")));
    let one = json!({"rob": format!("{BASE}/users/rob")});
    for (query, found) in [
        ("email=ROB@example.com", &one),
        ("email=rob%40example.com", &one),
        ("email=nobody@example.com", &json!({})),
        ("external_authentication_uid=rob", &json!({})),
    ] {
        assert_eq!(&pivotal.gets(&format!("/users?{query}")).await.json(), found, "{query}");
    }
    let verbose = pivotal.gets("/users?verbose=true").await.json();
    assert_eq!(
        verbose["pivotal"],
        json!({
            "email": "root@localhost.localdomain", "first_name": "Chef", "last_name": "Server",
            "display_name": "Chef Server Superuser",
        })
    );
    assert_eq!(house.asker("ann").gets("/users").await.status, 403);
    assert_eq!(house.asker("web1").gets("/users").await.status, 401);
}

#[tokio::test]
async fn bodies_are_looked_at_before_signatures_and_these_before_users() {
    let house = House::new().await;
    let (nobody, ann) = (house.asker("nobody"), house.asker("ann"));
    for (method, path) in [("POST", "/users"), ("PUT", "/users/missing")] {
        let bad = nobody.asks(method, path, json!({"username": "B"})).await;
        assert_eq!((bad.status, bad.sentence().as_str()), (400, "Field 'username' invalid"));
        assert_eq!(nobody.asks(method, path, new_user("rob")).await.status, 401);
        assert_eq!(ann.sends(method, path, b"{").await.sentence(), "invalid JSON");
    }
    assert_eq!(ann.asks("PUT", "/users/missing", new_user("rob")).await.status, 404);
    assert_eq!(ann.asks("POST", "/users", new_user("rob")).await.status, 403);
    for (method, path) in [("PUT", "/users"), ("DELETE", "/users"), ("POST", "/users/ann")] {
        assert_eq!(nobody.asks(method, path, Value::Null).await.status, 405, "{method} {path}");
    }
}

#[tokio::test]
async fn passwords_open_the_door_for_a_front_end() {
    let house = House::new().await;
    let pivotal = house.asker("pivotal");
    let user = with(new_user("rob"), "recovery_authentication_enabled", json!(true));
    pivotal.asks("POST", "/users", user).await;
    let right = json!({"username": "rob", "password": "foobar", "local": true});
    let shown = json!({
        "username": "rob", "email": "rob@example.com", "display_name": "rob", "first_name": "F",
        "last_name": "L",
    });
    let linked = pivotal.asks("POST", "/authenticate_user", right.clone()).await;
    assert_eq!((linked.status, linked.json()), (200, json!({"status": "linked", "user": shown})));
    let recovered = pivotal.asks("POST", "/system_recovery", right.clone()).await;
    let expected = with(shown, "recovery_authentication_enabled", json!(true));
    assert_eq!((recovered.status, recovered.json()), (200, expected));

    let nobody = house.asker("nobody");
    for (path, nothing, first) in [
        ("/authenticate_user", "invalid user authentication request", "Field 'password' missing"),
        ("/system_recovery", "Invalid system recovery request", "Field 'username' missing"),
    ] {
        for (body, sentence) in [(&b""[..], nothing), (b"{}", first), (b"nope", "invalid JSON")] {
            let bad = nobody.sends("POST", path, body).await;
            assert_eq!((bad.status, bad.sentence().as_str()), (400, sentence), "{path}");
        }
        assert_eq!(nobody.asks("POST", path, right.clone()).await.status, 401);
        let forbidden = house.asker("ann").asks("POST", path, right.clone()).await;
        assert_eq!(
            (forbidden.status, forbidden.sentence().as_str()),
            (403, "missing create permission")
        );
        let superuser = json!({"username": "pivotal", "password": "foobar"});
        assert_eq!(pivotal.asks("POST", path, superuser).await.status, 403);
        let wrong = pivotal.asks("POST", path, json!({"username": "rob", "password": "x"})).await;
        assert_eq!(wrong.status, 401);
        assert_eq!(nobody.gets(path).await.status, 405);
    }
    assert_eq!(house.asker("pivotal").with_key(&OWN_KEY).gets("/users/rob").await.status, 200);
}
