//! Data bags and their items: whose list counts, and the sentence for each way not to be there.

use pantry_model::refusals::{data_bags, request};
use pantry_model::{Acl, Permission};
use pantry_store::Kind;
use serde_json::json;

use crate::chef::{bag, item, said};
use crate::people::staffed;
use crate::standing::{of, refusal};

#[tokio::test]
async fn a_bag_holds_items_and_takes_them_along() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    for name in ["users", "users-2"] {
        it.create_data_bag(&bob, &bag(name)).await.unwrap();
        it.create_data_bag_item(&bob, name, &item(&json!({"id": "ada"}))).await.unwrap();
    }
    assert_eq!(refusal(it.create_data_bag(&bob, &bag("users")).await), data_bags::bag_taken());
    assert_eq!(it.list_data_bags(&bob).await.unwrap(), ["users", "users-2"]);
    let again = it.create_data_bag_item(&bob, "users", &item(&json!({"id": "ada"}))).await;
    assert_eq!(refusal(again), data_bags::item_taken("users", "ada"));
    it.create_data_bag_item(&bob, "users", &item(&json!({"id": "Bob", "n": 1}))).await.unwrap();
    assert_eq!(it.list_data_bag_items(&bob, "users").await.unwrap(), ["Bob", "ada"]);

    let changed = item(&json!({"id": "ada", "n": 2}));
    it.update_data_bag_item(&bob, "users", &changed).await.unwrap();
    it.update_data_bag_item(&bob, "users", &changed).await.unwrap();
    let shown = it.show_data_bag_item(&bob, "users", "ada").await.unwrap();
    assert_eq!(said(&shown), json!({"id": "ada", "n": 2}));
    let deleted = it.delete_data_bag_item(&bob, "users", "ada").await.unwrap();
    assert_eq!(deleted, shown);
    assert_eq!(it.list_data_bag_items(&bob, "users").await.unwrap(), ["Bob"]);

    it.delete_data_bag(&bob, "users").await.unwrap();
    it.create_data_bag(&bob, &bag("users")).await.unwrap();
    assert!(it.list_data_bag_items(&bob, "users").await.unwrap().is_empty());
    assert_eq!(it.list_data_bag_items(&bob, "users-2").await.unwrap(), ["ada"]);
    assert_eq!(
        house.lines_of(Kind::DataBagItem).await,
        [
            "u/bob create users/ada",
            "u/bob create users-2/ada",
            "u/bob create users/Bob",
            "u/bob update users/ada",
            "u/bob delete users/ada",
        ]
    );
}

#[tokio::test]
async fn what_is_not_there_is_told_in_four_ways() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    it.create_data_bag(&bob, &bag("empty")).await.unwrap();
    let one = item(&json!({"id": "i"}));
    for name in ["empty", "none"] {
        let not_found = data_bags::item_not_found(name, "i");
        assert_eq!(refusal(it.show_data_bag_item(&bob, name, "i").await), not_found);
        assert_eq!(refusal(it.update_data_bag_item(&bob, name, &one).await), not_found);
        let deleted = it.delete_data_bag_item(&bob, name, "i").await;
        assert_eq!(refusal(deleted), data_bags::no_item_to_delete(name, "i"));
    }
    let not_found = data_bags::bag_not_found("none");
    assert_eq!(refusal(it.list_data_bag_items(&bob, "none").await), not_found);
    assert_eq!(refusal(it.delete_data_bag(&bob, "none").await), not_found);
    let made = it.create_data_bag_item(&bob, "none", &one).await;
    assert_eq!(refusal(made), data_bags::no_bag_for_item("none"));
    // A slash in what a path says leads nowhere.
    it.create_data_bag_item(&bob, "empty", &one).await.unwrap();
    for (name, id) in [("empty/i", ""), ("", "empty/i"), ("empty", "../empty/i")] {
        let shown = it.show_data_bag_item(&bob, name, id).await;
        assert_eq!(refusal(shown), data_bags::item_not_found(name, id));
    }
}

#[tokio::test]
async fn an_item_is_under_its_bags_list() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    it.create_data_bag(&bob, &bag("b")).await.unwrap();
    it.create_data_bag_item(&bob, "b", &item(&json!({"id": "i"}))).await.unwrap();
    for given in Permission::ALL {
        let mut acl = Acl::default();
        acl.add(given, bob.id().unwrap());
        house.set_acl(&of("shop"), Kind::DataBag, "b", acl).await;
        let bob = house.calls("bob", "shop").await;
        let new = item(&json!({"id": format!("by-{given}")}));
        let changed = item(&json!({"id": "i", "by": given.as_str()}));
        for (needed, outcome) in [
            (Permission::Create, it.create_data_bag_item(&bob, "b", &new).await),
            (Permission::Read, it.list_data_bag_items(&bob, "b").await.map(drop)),
            (Permission::Read, it.show_data_bag_item(&bob, "b", "i").await.map(drop)),
            (Permission::Update, it.update_data_bag_item(&bob, "b", &changed).await),
            (Permission::Delete, it.delete_data_bag_item(&bob, "b", "i").await.map(drop)),
        ] {
            if given == needed {
                outcome.unwrap();
            } else {
                assert_eq!(refusal(outcome), request::missing_permission(needed), "{given}");
            }
        }
    }
}

#[tokio::test]
async fn no_item_outlives_a_bag_that_is_deleted_meanwhile() {
    let house = staffed().await;
    let it = &house.usecases;
    for round in 0..10 {
        let bob = house.calls("bob", "shop").await;
        it.create_data_bag(&bob, &bag("b")).await.unwrap();
        let new = item(&json!({"id": format!("i{round}")}));
        let (made, deleted) =
            tokio::join!(it.create_data_bag_item(&bob, "b", &new), it.delete_data_bag(&bob, "b"));
        deleted.unwrap();
        if made.is_err() {
            assert_eq!(refusal(made), data_bags::no_bag_for_item("b"));
        }
        let left = it.store().names_under(&of("shop"), Kind::DataBagItem, "b").await.unwrap();
        assert!(left.is_empty(), "{left:?}");
    }
}
