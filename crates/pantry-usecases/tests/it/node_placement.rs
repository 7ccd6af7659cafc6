//! A machine is where its node says: found by targets as soon as the node is saved.

use pantry_store::Kind;

use crate::chef::node;
use crate::house::{House, machine};
use crate::people::staffed;

async fn house() -> House {
    let house = staffed().await;
    house.enrol("shop", "web1", "test", &["given"], 1).await.unwrap();
    house
}

/// A machine's environment, and its roles.
async fn placement(house: &House, name: &str) -> (String, Vec<String>) {
    let view = house.usecases.show_machine(&house.admin, &machine("shop", name)).await.unwrap();
    let roles = view.placement.roles.iter().map(ToString::to_string).collect();
    (view.placement.environment.to_string(), roles)
}

fn at(environment: &str, roles: &[&str]) -> (String, Vec<String>) {
    (environment.to_owned(), roles.iter().map(ToString::to_string).collect())
}

#[tokio::test]
async fn a_save_moves_the_machine_and_a_deletion_moves_it_back() {
    let house = house().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    assert_eq!(placement(&house, "web1").await, at("test", &["given"]));
    it.create_node(&bob, &node("web1", "_default", &["role[web]", "recipe[x]"])).await.unwrap();
    assert_eq!(placement(&house, "web1").await, at("_default", &["given", "web"]));
    it.update_node(&bob, &node("web1", "prod", &["role[db]", "role[given]"])).await.unwrap();
    assert_eq!(placement(&house, "web1").await, at("prod", &["db", "given"]));
    it.delete_node(&bob, "web1").await.unwrap();
    assert_eq!(placement(&house, "web1").await, at("test", &["given"]));
    // Only what moved it is in the ledger.
    let mut expected = vec!["u/admin create web1"];
    expected.extend(["u/bob update web1"; 3]);
    assert_eq!(house.lines_of(Kind::Machine).await, expected);
}

#[tokio::test]
async fn a_save_that_moves_nothing_leaves_the_machine_alone() {
    let house = house().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    it.create_node(&bob, &node("web1", "prod", &["role[web]"])).await.unwrap();
    let before = house.lines_of(Kind::Machine).await;
    it.update_node(&bob, &node("web1", "prod", &["role[web]", "other"])).await.unwrap();
    assert_eq!(house.lines_of(Kind::Machine).await, before);
    assert_eq!(house.lines_of(Kind::Node).await.len(), 2);
}

#[tokio::test]
async fn a_machine_that_is_enrolled_after_its_node_is_where_that_says() {
    let house = house().await;
    let bob = house.calls("bob", "shop").await;
    let saved = node("web2", "prod", &["role[web]"]);
    house.usecases.create_node(&bob, &saved).await.unwrap();
    house.enrol("shop", "web2", "test", &["given"], 2).await.unwrap();
    assert_eq!(placement(&house, "web2").await, at("prod", &["given", "web"]));
}

#[tokio::test]
async fn saved_and_enrolled_at_once_it_is_where_its_node_says() {
    let house = house().await;
    for number in 2..12u8 {
        let name = format!("web{number}");
        let bob = house.calls("bob", "shop").await;
        let saved = node(&name, "prod", &["role[web]"]);
        let (made, enrolled) = tokio::join!(
            house.usecases.create_node(&bob, &saved),
            house.enrol("shop", &name, "test", &[], number),
        );
        made.unwrap();
        enrolled.unwrap();
        assert_eq!(placement(&house, &name).await, at("prod", &["web"]), "{name}");
    }
}
