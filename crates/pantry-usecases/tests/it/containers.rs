//! Containers: the original's twelve, ours, and those that somebody made.

use pantry_model::Permission;
use pantry_model::chef::NewContainer;
use pantry_model::refusals::{containers, request};

use crate::people::staffed;
use crate::standing::refusal;

fn container(name: &str) -> NewContainer {
    NewContainer { name: name.parse().unwrap() }
}

#[tokio::test]
async fn twelve_are_listed_and_thirteen_are_there() {
    let house = staffed().await;
    let bob = house.calls("bob", "shop").await;
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
    let pivotal = house.calls("pivotal", "shop").await;
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
    let house = staffed().await;
    let (ann, bob) = (house.calls("ann", "shop").await, house.calls("bob", "shop").await);

    let missing = |permission| request::missing_permission(permission);
    let made = house.usecases.create_container(&bob, &container("new")).await;
    assert_eq!(refusal(made), missing(Permission::Create));
    house.usecases.create_container(&ann, &container("new")).await.unwrap();
    assert_eq!(house.usecases.show_container(&ann, "new").await.unwrap(), "new");
    for other in [&bob, &house.calls("pivotal", "shop").await] {
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
