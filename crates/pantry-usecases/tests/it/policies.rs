//! Policies, their revisions, and groups that follow them: whose lists count, and that nothing is
//! left of what goes.

use std::sync::Arc;

use pantry_model::refusals::{policies, request};
use pantry_model::{Acl, Error, Permission, PolicyGroupName};
use pantry_store::Kind;
use tokio::task::JoinSet;

use crate::chef::{revision, said};
use crate::people::staffed;
use crate::standing::{of, refusal};

fn group(name: &str) -> PolicyGroupName {
    name.parse().unwrap()
}

#[tokio::test]
async fn groups_are_told_in_the_order_in_which_they_came() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    for (name, id) in [("test", "1"), ("prod", "1"), ("dev", "2"), ("dev", "1"), ("test", "1")] {
        it.follow_policy(&bob, &group(name), &revision("web", id)).await.unwrap();
    }
    // Another policy's revision may have the same id.
    it.follow_policy(&bob, &group("db"), &revision("db", "1")).await.unwrap();
    let groups = async |id| it.show_policy_revision(&bob, "web", id).await.unwrap().1;
    assert_eq!(groups("1").await, ["test", "prod", "dev"]);
    assert!(groups("2").await.is_empty());
    assert_eq!(
        house.lines_of(Kind::PolicyInGroup).await,
        [
            "u/bob create test/web",
            "u/bob create prod/web",
            "u/bob create dev/web",
            "u/bob update dev/web",
            "u/bob create db/db",
        ]
    );
}

#[tokio::test]
async fn what_follows_goes_with_what_is_followed() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    let follow = async |name: &str, policy: &str, id: &str| {
        it.follow_policy(&bob, &group(name), &revision(policy, id)).await.unwrap()
    };
    assert!(follow("prod", "web", "1").await);
    assert!(follow("prod", "db", "1").await);
    assert!(follow("test", "web", "2").await);
    it.delete_policy_revision(&bob, "web", "1").await.unwrap();
    assert_eq!(it.list_policy_groups(&bob).await.unwrap()["prod"].len(), 1);
    let gone = policies::not_in_group("web", "prod");
    assert_eq!(refusal(it.show_policy_of_group(&bob, "prod", "web").await), gone);
    // It may come back, and is not followed then.
    it.create_policy_revision(&bob, &revision("web", "1")).await.unwrap();
    assert_eq!(refusal(it.show_policy_of_group(&bob, "prod", "web").await), gone);

    assert_eq!(it.delete_policy(&bob, "web").await.unwrap(), ["1", "2"]);
    assert!(it.show_policy_group(&bob, "test").await.unwrap().is_empty());
    it.create_policy_revision(&bob, &revision("web", "2")).await.unwrap();
    assert_eq!(it.show_policy(&bob, "web").await.unwrap(), ["2"]);
    assert!(it.show_policy_group(&bob, "test").await.unwrap().is_empty());

    assert_eq!(it.delete_policy_group(&bob, "prod").await.unwrap()["db"], "1");
    assert!(follow("prod", "web", "2").await);
    assert_eq!(it.show_policy_group(&bob, "prod").await.unwrap().len(), 1);
    // A policy without revisions is there, but not listed.
    it.delete_policy_revision(&bob, "db", "1").await.unwrap();
    assert!(it.show_policy(&bob, "db").await.unwrap().is_empty());
    assert!(!it.list_policies(&bob).await.unwrap().contains_key("db"));
}

#[tokio::test]
async fn what_a_group_follows_is_under_the_lists_of_both() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    let one = revision("web", "1");
    it.follow_policy(&bob, &group("prod"), &one).await.unwrap();
    for (kind, name) in [(Kind::Policy, "web"), (Kind::PolicyGroup, "prod")] {
        let before = house.acl(&of("shop"), kind, name).await;
        house.set_acl(&of("shop"), kind, name, Acl::default()).await;
        let bob = house.calls("bob", "shop").await;
        for (needed, outcome) in [
            (Permission::Read, it.show_policy_of_group(&bob, "prod", "web").await.map(drop)),
            (Permission::Update, it.follow_policy(&bob, &group("prod"), &one).await.map(drop)),
            (Permission::Delete, it.unfollow_policy(&bob, "prod", "web").await.map(drop)),
        ] {
            let missing = request::missing_permission(needed);
            assert_eq!(refusal(outcome), missing, "{kind:?}");
        }
        house.set_acl(&of("shop"), kind, name, before).await;
    }
    // A new revision is a new object of a policy that is there: *create*, on the policy itself.
    let mut acl = Acl::default();
    acl.add(Permission::Create, bob.id().unwrap());
    house.set_acl(&of("shop"), Kind::Policy, "web", acl).await;
    let bob = house.calls("bob", "shop").await;
    it.create_policy_revision(&bob, &revision("web", "2")).await.unwrap();
    let again = it.create_policy_revision(&bob, &revision("web", "2")).await;
    assert_eq!(refusal(again), policies::revision_taken("web", "2"));
    let shown = it.show_policy_revision(&bob, "web", "2").await;
    assert_eq!(refusal(shown), request::missing_permission(Permission::Read));

    house.api_client("shop", "web1").await;
    let web1 = house.client_calls("web1", "shop").await;
    let made = it.follow_policy(&web1, &group("new"), &revision("new", "1")).await;
    assert_eq!(refusal(made), request::missing_permission(Permission::Create));
    assert!(!it.list_policy_groups(&web1).await.unwrap().contains_key("new"));
}

/// A push and a deletion at once: one of both comes first, and nothing follows what is not there.
#[tokio::test]
async fn no_group_follows_what_was_deleted_meanwhile() {
    let house = staffed().await;
    let it = Arc::new(house.usecases.clone());
    let bob = house.calls("bob", "shop").await;
    for round in 0..40 {
        let id = format!("{round}");
        it.follow_policy(&bob, &group("prod"), &revision("web", "first")).await.unwrap();
        let mut tasks: JoinSet<Result<(), Error>> = JoinSet::new();
        for name in ["prod", "test", "dev"] {
            let (it, bob, new) = (Arc::clone(&it), bob.clone(), revision("web", &id));
            tasks.spawn(async move { it.follow_policy(&bob, &group(name), &new).await.map(drop) });
        }
        let (it2, bob2, id2) = (Arc::clone(&it), bob.clone(), id.clone());
        tasks.spawn(async move {
            match round % 3 {
                0 => it2.delete_policy(&bob2, "web").await.map(drop),
                1 => it2.delete_policy_revision(&bob2, "web", &id2).await.map(drop),
                _ => it2.delete_policy_group(&bob2, "prod").await.map(drop),
            }
        });
        while let Some(outcome) = tasks.join_next().await {
            // Whatever is to be deleted may not be there yet.
            if let Err(error) = outcome.unwrap() {
                assert!(matches!(error, Error::Refused(_)), "{error}");
            }
        }
        let policies = it.list_policies(&bob).await.unwrap();
        for (name, followed) in it.list_policy_groups(&bob).await.unwrap() {
            for (policy, id) in followed {
                assert!(policies[&policy].contains(&id), "{name} follows {policy} {id}");
                let shown = it.show_policy_of_group(&bob, &name, &policy).await.unwrap();
                assert_eq!(said(&shown)["revision_id"], id.as_str());
            }
        }
    }
}
