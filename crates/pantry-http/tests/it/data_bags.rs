//! Data bags over HTTP: each way to ask for an item has a shape of its own.

use serde_json::json;

use crate::chef::{error, url};
use crate::house::House;

#[tokio::test]
async fn a_bag_and_its_items_are_made_and_deleted() {
    let house = House::new().await;
    let made = house.expect(201, ("POST", "data", r#"{"name":"users"}"#)).await;
    assert_eq!(made, json!({ "uri": url("data/users") }));
    let again = house.expect(409, ("POST", "data", r#"{"name":"users"}"#)).await;
    assert_eq!(again, error("Data bag already exists"));
    let list = house.expect(200, ("GET", "data", "")).await;
    assert_eq!(list, json!({ "users": url("data/users") }));
    assert_eq!(house.expect(200, ("GET", "data/users", "")).await, json!({}));

    let made = house.call_with("POST", "data/users", r#"{"id":"ada","n":1.50}"#).await;
    let expected = r#"{"id":"ada","n":1.50,"chef_type":"data_bag_item","data_bag":"users"}"#;
    assert_eq!((made.status, made.text()), (201, expected));
    assert_eq!(made.header("location"), Some(url("data/users/ada").as_str()));
    assert_eq!(house.call("GET", "data/users/ada").await.text(), r#"{"id":"ada","n":1.50}"#);
    let again = house.expect(409, ("POST", "data/users", r#"{"id":"ada"}"#)).await;
    assert_eq!(again, error("Data Bag Item 'ada' already exists in Data Bag 'users'."));
    let list = house.expect(200, ("GET", "data/users", "")).await;
    assert_eq!(list, json!({ "ada": url("data/users/ada") }));

    let saved = house.expect(200, ("PUT", "data/users/ada", r#"{"n":2}"#)).await;
    let expected =
        json!({ "id": "ada", "n": 2, "chef_type": "data_bag_item", "data_bag": "users" });
    assert_eq!(saved, expected);
    let other = house.expect(400, ("PUT", "data/users/ada", r#"{"id":"bob"}"#)).await;
    assert_eq!(other, error("DataBagItem name mismatch."));
    let was = house.expect(200, ("DELETE", "data/users/ada", "")).await;
    let expected = json!({
        "name": "data_bag_item_users_ada", "json_class": "Chef::DataBagItem",
        "chef_type": "data_bag_item", "data_bag": "users", "raw_data": { "n": 2, "id": "ada" },
    });
    assert_eq!(was, expected);
    let was = house.expect(200, ("DELETE", "data/users", "")).await;
    let expected =
        json!({ "name": "users", "json_class": "Chef::DataBag", "chef_type": "data_bag" });
    assert_eq!(was, expected);
}

#[tokio::test]
async fn what_is_not_there_is_told_in_four_ways() {
    let house = House::new().await;
    let missing = async |call| house.expect(404, call).await;
    let bag = error("Cannot load data bag b");
    assert_eq!(missing(("GET", "data/b", "")).await, bag);
    assert_eq!(missing(("DELETE", "data/b", "")).await, bag);
    let sentence =
        "No data bag 'b' could be found. Please create this data bag before adding items to it.";
    assert_eq!(missing(("POST", "data/b", r#"{"id":"i"}"#)).await, error(sentence));
    for there in [false, true] {
        if there {
            house.expect(201, ("POST", "data", r#"{"name":"b"}"#)).await;
        }
        let item = error("Cannot load data bag item i for data bag b");
        assert_eq!(missing(("GET", "data/b/i", "")).await, item);
        assert_eq!(missing(("PUT", "data/b/i", r#"{"id":"i"}"#)).await, item);
        let deleted = error("Cannot load data bag b item i");
        assert_eq!(missing(("DELETE", "data/b/i", "")).await, deleted);
    }
}

#[tokio::test]
async fn other_methods_are_told_which_there_are() {
    let house = House::new().await;
    for (method, path, allowed) in [
        ("PUT", "data", "GET, POST"),
        ("DELETE", "data", "GET, POST"),
        ("PUT", "data/b", "GET, POST, DELETE"),
        ("POST", "data/b/i", "GET, PUT, DELETE"),
    ] {
        let reply = house.call_with(method, path, r#"{"fake":"value"}"#).await;
        assert_eq!((reply.status, reply.header("allow")), (405, Some(allowed)), "{method} {path}");
    }
}
