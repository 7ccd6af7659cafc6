//! Containers: the original's twelve, ours, and those that somebody made.

use pantry_model::Permission;
use pantry_model::chef::NewContainer;
use pantry_model::refusals::{containers, request};
use pantry_store::{Kind, Scope};

use crate::house::House;
use crate::roster::{of, refusal};

fn container(name: &str) -> NewContainer {
    NewContainer { name: name.parse().unwrap() }
}

#[tokio::test]
async fn twelve_are_listed_and_thirteen_are_there() {
    let house = House::with_clients(&[]).await;
    house.add_member("shop", "bob").await;
    let bob = house.within("shop", "bob").await;
    let listed = house.usecases.list_containers(&bob).await.unwrap();
    let expected = [
        "clients",
        "containers",
        "cookbook_artifacts",
        "cookbooks",
        "data",
        "environments",
        "groups",
        "nodes",
        "policies",
        "policy_groups",
        "roles",
        "sandboxes",
    ];
    assert_eq!(listed, expected);
    let pivotal = house.within("shop", "pivotal").await;
    for name in expected.into_iter().chain(["jobs"]) {
        assert_eq!(house.usecases.show_container(&pivotal, name).await.unwrap(), name);
        let deleted = house.usecases.delete_container(&pivotal, name).await;
        assert_eq!(refusal(deleted), containers::needed(name));
        let made = house.usecases.create_container(&pivotal, &container(name)).await;
        assert_eq!(refusal(made), containers::taken());
    }
}

#[tokio::test]
async fn a_new_container_is_its_creators_alone() {
    let house = House::with_clients(&[]).await;
    house.add_member("shop", "ann").await;
    house.add_member("shop", "bob").await;
    let id = house.id(&Scope::Global, Kind::User, "ann").await;
    house.join(&of("shop"), "admins", &Scope::Global, id).await;
    let (ann, bob) = (house.within("shop", "ann").await, house.within("shop", "bob").await);

    let missing = |permission| request::missing_permission(permission);
    let made = house.usecases.create_container(&bob, &container("new")).await;
    assert_eq!(refusal(made), missing(Permission::Create));
    house.usecases.create_container(&ann, &container("new")).await.unwrap();
    assert_eq!(house.usecases.show_container(&ann, "new").await.unwrap(), "new");
    for other in [&bob, &house.within("shop", "pivotal").await] {
        let shown = house.usecases.show_container(other, "new").await;
        assert_eq!(refusal(shown), missing(Permission::Read));
        let deleted = house.usecases.delete_container(other, "new").await;
        assert_eq!(refusal(deleted), missing(Permission::Delete));
    }
    assert!(house.usecases.list_containers(&bob).await.unwrap().contains(&"new".to_owned()));
    assert_eq!(house.usecases.delete_container(&ann, "new").await.unwrap(), "new");
    let gone = house.usecases.show_container(&bob, "new").await;
    assert_eq!(refusal(gone), containers::not_found("new"));
}
