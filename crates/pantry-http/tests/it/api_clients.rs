//! `/organizations/ORG/clients`: shapes, statuses and the order of checks.

use serde_json::{Value, json};

use crate::house::House;
use crate::people::OTHER_KEY;

const CLIENTS: &str = "/organizations/shop/clients";
const WEB2: &str = "/organizations/shop/clients/web2";

fn uri(path: &str) -> String {
    format!("http://pantry.example{path}")
}

fn shown(name: &str, validator: bool) -> Value {
    json!({
        "name": name, "clientname": name, "validator": validator, "orgname": "shop",
        "json_class": "Chef::ApiClient", "chef_type": "client",
    })
}

fn with(mut client: Value, field: &str, value: Value) -> Value {
    client.as_object_mut().unwrap().insert(field.to_owned(), value);
    client
}

#[tokio::test]
async fn a_client_of_version_0_has_its_key_in_it() {
    let house = House::new().await;
    let admin = house.asker("admin");
    let made = admin.asks("POST", CLIENTS, json!({"name": "web2", "public_key": null})).await;
    assert_eq!((made.status, made.header("location")), (201, Some(uri(WEB2).as_str())));
    let key = made.private_key("/private_key");
    let public_key = key.public_key().to_pem();
    let expected = json!({
        "uri": uri(WEB2), "public_key": public_key, "private_key": key.to_pem().as_str(),
    });
    assert_eq!(made.json(), expected);
    let taken = admin.asks("POST", CLIENTS, json!({"clientname": "web2"})).await;
    assert_eq!((taken.status, taken.json()), (409, json!({"error": ["Client already exists"]})));

    let web2 = house.asker("web2").with_key(&key);
    let expected = with(shown("web2", false), "public_key", json!(public_key));
    assert_eq!(web2.gets(WEB2).await.json(), expected);
    let same = web2.asks("PUT", WEB2, json!({"validator": false})).await;
    let expected = json!({
        "name": "web2", "clientname": "web2", "validator": false, "json_class": "Chef::ApiClient",
        "chef_type": "client", "public_key": public_key, "private_key": false,
    });
    assert_eq!((same.status, same.json()), (200, expected));

    let renewed = web2.asks("PUT", WEB2, json!({"private_key": true})).await;
    let key = renewed.private_key("/private_key");
    assert_eq!(renewed.json()["public_key"], json!(key.public_key().to_pem()));
    assert_eq!(web2.gets(WEB2).await.status, 401);
    let other = OTHER_KEY.public_key().to_pem();
    let web2 = house.asker("web2").with_key(&key);
    let given = web2.asks("PUT", WEB2, json!({"name": "www", "public_key": other})).await;
    let www = format!("{CLIENTS}/www");
    assert_eq!((given.status, given.header("location")), (201, Some(uri(&www).as_str())));
    assert_eq!(given.json()["public_key"], json!(other));
    let www = house.asker("www").with_key(&OTHER_KEY).asks("DELETE", &www, Value::Null).await;
    assert_eq!(www.json(), with(shown("www", false), "public_key", json!(other)));
    let list = admin.gets(CLIENTS).await.json();
    let names = ["both", "shop-validator", "web1"];
    let expected = names.map(|name| (name.to_owned(), json!(uri(&format!("{CLIENTS}/{name}")))));
    assert_eq!(list, Value::Object(expected.into_iter().collect()));
}

#[tokio::test]
async fn a_client_with_a_given_key_is_told_no_private_one() {
    let house = House::new().await;
    let admin = house.asker("admin");
    let pem = OTHER_KEY.public_key().to_pem();
    let made = admin.asks("POST", CLIENTS, json!({"name": "web2", "public_key": pem})).await;
    assert_eq!(made.json(), json!({"uri": uri(WEB2), "public_key": pem}));
    admin.asks("DELETE", WEB2, Value::Null).await;
    let body = json!({"name": "web2", "create_key": false, "public_key": pem});
    let made = admin.in_version(1).asks("POST", CLIENTS, body).await;
    let expected = json!({
        "uri": uri(WEB2),
        "chef_key": {
            "name": "default", "public_key": pem, "expiration_date": "infinity",
            "uri": uri(&format!("{WEB2}/keys/default")),
        },
    });
    assert_eq!(made.json(), expected);
    assert_eq!(admin.in_version(1).gets(WEB2).await.json(), shown("web2", false));
    let bare = admin.in_version(2).asks("POST", CLIENTS, json!({"name": "web3"})).await;
    assert_eq!(bare.json(), json!({"uri": uri(&format!("{CLIENTS}/web3"))}));
}

#[tokio::test]
async fn a_missing_client_is_told_before_what_is_wrong_with_the_body() {
    let house = House::new().await;
    let (admin, nobody) = (house.asker("admin"), house.asker("nobody"));
    let missing = admin.asks("PUT", WEB2, json!({"validator": 1})).await;
    assert_eq!((missing.status, missing.sentence().as_str()), (404, "Cannot load client web2"));
    assert_eq!(nobody.asks("PUT", WEB2, json!({"validator": 1})).await.status, 401);
    let web1 = format!("{CLIENTS}/web1");
    for body in [json!({"validator": 1}), json!({"private_key": null}), json!({"name": "a b"})] {
        assert_eq!(nobody.asks("PUT", &web1, body).await.status, 400);
    }
    let bad = nobody.asks("POST", CLIENTS, json!({"name": "a$b"})).await;
    let sentence = "Invalid client name 'a$b' using regex: 'Malformed client name.  Must be A-Z, a-z, 0-9, _, -, or .'.";
    assert_eq!((bad.status, bad.sentence().as_str()), (400, sentence));
    assert_eq!(nobody.asks("POST", CLIENTS, json!({"name": "a"})).await.status, 401);
    assert_eq!(house.asker("bob").asks("POST", CLIENTS, json!({"name": "a"})).await.status, 403);
    assert_eq!(house.asker("web1").asks("POST", CLIENTS, json!({"name": "a"})).await.status, 403);
}

#[tokio::test]
async fn as_many_bytes_as_are_allowed_are_taken() {
    let house = House::new().await;
    let filler = "x".repeat(2_000_000 - br#"{"name":"web2","filler":""}"#.len());
    let body = format!(r#"{{"name":"web2","filler":"{filler}"}}"#);
    let made = house.asker("admin").sends("POST", CLIENTS, body.as_bytes()).await;
    assert_eq!(made.status, 201);
}
