//! Nodes: made, listed, saved and deleted by those who may, and found by their environment.

use pantry_model::refusals::{environments, nodes, request};
use pantry_model::{Acl, Permission};
use pantry_store::Kind;

use crate::chef::{environment, node, said};
use crate::people::{shop, staffed};
use crate::standing::{of, refusal};

#[tokio::test]
async fn a_node_is_made_saved_and_deleted() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    it.create_node(&bob, &node("web2", "_default", &[])).await.unwrap();
    it.create_node(&bob, &node("web:1", "prod", &["a"])).await.unwrap();
    let again = it.create_node(&bob, &node("web2", "prod", &[])).await;
    assert_eq!(refusal(again), nodes::taken());
    assert_eq!(it.list_nodes(&bob).await.unwrap(), ["web2", "web:1"]);
    assert_eq!(said(&it.show_node(&bob, "web2").await.unwrap())["chef_environment"], "_default");

    let saved = node("web2", "prod", &["role[web]"]);
    it.update_node(&bob, &saved).await.unwrap();
    it.update_node(&bob, &saved).await.unwrap();
    assert_eq!(it.show_node(&bob, "web2").await.unwrap(), saved.object().to_json());
    assert_eq!(it.delete_node(&bob, "web2").await.unwrap(), saved.object().to_json());
    for missing in [
        it.show_node(&bob, "web2").await.err(),
        it.delete_node(&bob, "web2").await.err(),
        it.update_node(&bob, &saved).await.err(),
    ] {
        assert_eq!(refusal(missing.map_or(Ok(()), Err)).sentence, "node 'web2' not found");
    }
    assert_eq!(it.list_nodes(&bob).await.unwrap(), ["web:1"]);
    // A save that changes nothing is none.
    assert_eq!(
        house.lines_of(Kind::Node).await,
        ["u/bob create web2", "u/bob create web:1", "u/bob update web2", "u/bob delete web2"]
    );
}

#[tokio::test]
async fn a_new_node_is_everyones_whom_its_container_names_and_its_creators() {
    let house = staffed().await;
    house.api_client("shop", "web1").await;
    house.api_client("shop", "web2").await;
    let it = &house.usecases;
    let own = house.client_calls("web1", "shop").await;
    it.create_node(&own, &node("web1", "_default", &[])).await.unwrap();
    it.update_node(&own, &node("web1", "prod", &[])).await.unwrap();
    // What a user has made, the machine itself may only read.
    let (bob, other) = (house.calls("bob", "shop").await, house.client_calls("web2", "shop").await);
    it.create_node(&bob, &node("web2", "_default", &[])).await.unwrap();
    it.show_node(&other, "web2").await.unwrap();
    for name in ["web1", "web2"] {
        let saved = it.update_node(&other, &node(name, "prod", &[])).await;
        assert_eq!(refusal(saved), request::missing_permission(Permission::Update));
        let deleted = it.delete_node(&other, name).await;
        assert_eq!(refusal(deleted), request::missing_permission(Permission::Delete));
    }
    let mut expected = house.acl(&of("shop"), Kind::Container, "nodes").await;
    expected.add_to_all(own.id().unwrap());
    assert_eq!(house.acl(&of("shop"), Kind::Node, "web1").await, expected);
}

#[tokio::test]
async fn each_thing_needs_its_own_permission() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    let id = bob.id().unwrap();
    it.create_node(&bob, &node("web1", "_default", &[])).await.unwrap();
    for given in Permission::ALL {
        let mut acl = Acl::default();
        acl.add(given, id);
        house.set_acl(&of("shop"), Kind::Container, "nodes", acl.clone()).await;
        house.set_acl(&of("shop"), Kind::Node, "web1", acl.clone()).await;
        // As a transport does, who calls is asked anew.
        let bob = house.calls("bob", "shop").await;
        let made = node(&format!("by-{given}"), "_default", &[]);
        for (needed, outcome) in [
            (Permission::Create, it.create_node(&bob, &made).await),
            (Permission::Read, it.list_nodes(&bob).await.map(drop)),
            (Permission::Read, it.list_nodes_of_environment(&bob, "_default").await.map(drop)),
            (Permission::Read, it.show_node(&bob, "web1").await.map(drop)),
            (Permission::Update, it.update_node(&bob, &node("web1", "prod", &[])).await),
            (Permission::Delete, it.delete_node(&bob, "web1").await.map(drop)),
        ] {
            if given == needed {
                outcome.unwrap();
            } else {
                assert_eq!(refusal(outcome), request::missing_permission(needed), "{given}");
            }
        }
        if given == Permission::Create {
            // Whoever may only create has all permissions on what it has made.
            it.show_node(&bob, made.name().as_str()).await.unwrap();
        }
        if given == Permission::Delete {
            house.set_acl(&of("shop"), Kind::Container, "nodes", Acl::of_creator(id)).await;
            let bob = house.calls("bob", "shop").await;
            it.create_node(&bob, &node("web1", "_default", &[])).await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_environment_lists_the_nodes_that_are_in_it() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    for (name, place) in [("web1", "_default"), ("web2", "prod"), ("web3", "prod-2")] {
        it.create_node(&bob, &node(name, place, &[])).await.unwrap();
    }
    let listed = async |environment: &str| it.list_nodes_of_environment(&bob, environment).await;
    assert_eq!(listed("_default").await.unwrap(), ["web1"]);
    assert_eq!(refusal(listed("prod").await), environments::no_such_environment("prod"));
    it.create_environment(&bob, &environment("prod", "")).await.unwrap();
    assert_eq!(listed("prod").await.unwrap(), ["web2"]);
    it.update_node(&bob, &node("web1", "prod", &[])).await.unwrap();
    assert_eq!(listed("prod").await.unwrap(), ["web1", "web2"]);
    assert!(listed("_default").await.unwrap().is_empty());
    it.delete_node(&bob, "web2").await.unwrap();
    it.update_node(&bob, &node("web1", "_default", &[])).await.unwrap();
    assert!(listed("prod").await.unwrap().is_empty());
    assert_eq!(listed("_default").await.unwrap(), ["web1"]);
}

#[tokio::test]
async fn a_save_empties_no_cache() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    let before = house.generations("shop").await;
    it.create_node(&bob, &node("web1", "_default", &[])).await.unwrap();
    it.update_node(&bob, &node("web1", "prod", &["a"])).await.unwrap();
    it.delete_node(&bob, "web1").await.unwrap();
    assert_eq!(house.generations("shop").await, before);
}

#[tokio::test]
async fn nodes_are_counted_and_identified() {
    let house = staffed().await;
    house.create_application("blog").await.unwrap();
    let it = &house.usecases;
    let bob = house.calls("bob", "shop").await;
    assert_eq!(it.count_nodes(&bob).await.unwrap(), 0);
    it.create_node(&bob, &node("web1", "_default", &[])).await.unwrap();
    it.create_node(&bob, &node("web2", "_default", &[])).await.unwrap();
    let elsewhere = house.calls("pivotal", "blog").await;
    it.create_node(&elsewhere, &node("web1", "_default", &[])).await.unwrap();
    assert_eq!(it.count_nodes(&bob).await.unwrap(), 2);
    assert_eq!(it.count_nodes(&elsewhere).await.unwrap(), 3);

    let ids = it.identify_node(&shop(), "web1").await.unwrap();
    assert_eq!(ids.node, house.id(&of("shop"), Kind::Node, "web1").await);
    assert_eq!(ids.application, house.id_of(Kind::Application, "shop").await);
    assert_eq!(
        refusal(it.identify_node(&shop(), "web9").await).sentence,
        "No such 'nodes': 'web9'."
    );
}
