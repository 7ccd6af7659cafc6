//! Environments: `_default`, and those that are made, changed, renamed and deleted.

use pantry_model::Permission;
use pantry_model::refusals::{environments, request};
use pantry_store::Kind;

use crate::chef::{environment, said};
use crate::people::staffed;
use crate::standing::{of, refusal};

#[tokio::test]
async fn every_application_has_one_that_stays() {
    let house = staffed().await;
    house.api_client("shop", "web1").await;
    let (it, pivotal) = (&house.usecases, house.calls("pivotal", "shop").await);
    assert_eq!(it.list_environments(&pivotal).await.unwrap(), ["_default"]);
    let web1 = house.client_calls("web1", "shop").await;
    let shown = said(&it.show_environment(&web1, "_default").await.unwrap());
    assert_eq!(shown["description"], "The default Chef environment");
    let container = house.acl(&of("shop"), Kind::Container, "environments").await;
    assert_eq!(house.acl(&of("shop"), Kind::Environment, "_default").await, container);

    let other = environment("_default", "mine");
    let stays = environments::default_stays();
    assert_eq!(refusal(it.update_environment(&pivotal, "_default", &other).await), stays);
    assert_eq!(refusal(it.delete_environment(&pivotal, "_default").await), stays);
    assert_eq!(refusal(it.create_environment(&pivotal, &other).await), environments::taken());
}

#[tokio::test]
async fn an_environment_is_made_changed_renamed_and_deleted() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    it.create_environment(&bob, &environment("prod", "1")).await.unwrap();
    it.create_environment(&bob, &environment("test", "t")).await.unwrap();
    let made = house.generations("shop").await;
    assert!(!it.update_environment(&bob, "prod", &environment("prod", "2")).await.unwrap());
    assert_eq!(said(&it.show_environment(&bob, "prod").await.unwrap())["description"], "2");
    let changed = house.generations("shop").await;
    assert!(changed.environments > made.environments && changed.security == made.security);

    for taken in ["test", "_default"] {
        let renamed = it.update_environment(&bob, "prod", &environment(taken, "3")).await;
        assert_eq!(refusal(renamed), environments::taken());
    }
    assert_eq!(said(&it.show_environment(&bob, "test").await.unwrap())["description"], "t");
    let acl = house.acl(&of("shop"), Kind::Environment, "prod").await;
    assert!(it.update_environment(&bob, "prod", &environment("live", "4")).await.unwrap());
    assert_eq!(it.list_environments(&bob).await.unwrap(), ["_default", "live", "test"]);
    assert_eq!(said(&it.show_environment(&bob, "live").await.unwrap())["description"], "4");
    assert_eq!(house.acl(&of("shop"), Kind::Environment, "live").await, acl);
    assert_eq!(refusal(it.show_environment(&bob, "prod").await), environments::not_found("prod"));

    it.delete_environment(&bob, "live").await.unwrap();
    assert_eq!(refusal(it.delete_environment(&bob, "live").await), environments::not_found("live"));
    assert_eq!(
        house.lines_of(Kind::Environment).await[1..],
        [
            "u/bob create prod",
            "u/bob create test",
            "u/bob update prod",
            "u/bob delete prod",
            "u/bob create live",
            "u/bob delete live",
        ]
    );
}

#[tokio::test]
async fn whoever_may_not_changes_nothing() {
    let house = staffed().await;
    house.api_client("shop", "web1").await;
    let (it, web1) = (&house.usecases, house.client_calls("web1", "shop").await);
    it.create_environment(&house.calls("bob", "shop").await, &environment("prod", "1"))
        .await
        .unwrap();
    let missing = request::missing_permission;
    let other = environment("live", "2");
    for (permission, outcome) in [
        (Permission::Create, it.create_environment(&web1, &other).await),
        (Permission::Update, it.update_environment(&web1, "prod", &other).await.map(drop)),
        (Permission::Delete, it.delete_environment(&web1, "prod").await.map(drop)),
    ] {
        assert_eq!(refusal(outcome), missing(permission));
    }
    assert_eq!(it.list_environments(&web1).await.unwrap(), ["_default", "prod"]);
}
