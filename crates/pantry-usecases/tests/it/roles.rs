//! Roles, and their run lists for each environment.

use pantry_model::refusals::{environments, request, roles};
use pantry_model::{Acl, EnvironmentName, Permission, RunList};
use pantry_store::Kind;
use serde_json::json;

use crate::chef::{environment, role, said};
use crate::people::staffed;
use crate::standing::{of, refusal};

#[tokio::test]
async fn a_role_is_made_changed_and_deleted() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    let before = house.generations("shop").await;
    it.create_role(&bob, &role(&json!({"name": "web", "description": "1"}))).await.unwrap();
    let made = house.generations("shop").await;
    assert_eq!(made.security, before.security);
    assert!(made.environments > before.environments);

    let again = it.create_role(&bob, &role(&json!({"name": "web"}))).await;
    assert_eq!(refusal(again), roles::taken());
    let changed = role(&json!({"name": "web", "description": "2"}));
    it.update_role(&bob, &changed).await.unwrap();
    assert!(house.generations("shop").await.environments > made.environments);
    assert_eq!(said(&it.show_role(&bob, "web").await.unwrap())["description"], "2");
    assert_eq!(it.list_roles(&bob).await.unwrap(), ["web"]);
    assert_eq!(it.delete_role(&bob, "web").await.unwrap(), changed.object().to_json());
    assert_eq!(refusal(it.update_role(&bob, &changed).await), roles::not_found("web"));
    assert!(it.list_roles(&bob).await.unwrap().is_empty());
}

#[tokio::test]
async fn clients_may_read_roles_and_no_more() {
    let house = staffed().await;
    house.api_client("shop", "web1").await;
    let (it, web1) = (&house.usecases, house.client_calls("web1", "shop").await);
    let web = role(&json!({"name": "web"}));
    let made = it.create_role(&web1, &web).await;
    assert_eq!(refusal(made), request::missing_permission(Permission::Create));
    it.create_role(&house.calls("bob", "shop").await, &web).await.unwrap();
    it.show_role(&web1, "web").await.unwrap();
    let changed = it.update_role(&web1, &web).await;
    assert_eq!(refusal(changed), request::missing_permission(Permission::Update));
}

#[tokio::test]
async fn a_role_has_a_run_list_for_each_environment_or_none() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    let lists = json!({"prod": ["b"], "gone": []});
    let web = role(&json!({"name": "web", "run_list": ["a"], "env_run_lists": lists}));
    it.create_role(&bob, &web).await.unwrap();
    for name in ["prod", "test"] {
        it.create_environment(&bob, &environment(name, "")).await.unwrap();
    }
    let names = it.list_environments_of_role(&bob, "web").await.unwrap();
    let names: Vec<_> = names.iter().map(EnvironmentName::as_str).collect();
    assert_eq!(names, ["_default", "gone", "prod"]);
    let list = |item: &str| Some(RunList::from_iter([item.parse().unwrap()]));
    let shown = async |name: &str| it.show_run_list_of_role(&bob, "web", name).await;
    assert_eq!(shown("_default").await.unwrap(), list("a"));
    assert_eq!(shown("prod").await.unwrap(), list("b"));
    assert_eq!(shown("test").await.unwrap(), None);
    assert_eq!(refusal(shown("gone").await), environments::not_found("gone"));
    let none = it.show_run_list_of_role(&bob, "nope", "gone").await;
    assert_eq!(refusal(none), roles::not_found("nope"));
    // What is missing is told even to those who may not read.
    house.set_acl(&of("shop"), Kind::Role, "web", Acl::default()).await;
    let missing = request::missing_permission(Permission::Read);
    assert_eq!(refusal(shown("prod").await), missing);
    assert_eq!(refusal(shown("gone").await), environments::not_found("gone"));
    assert_eq!(refusal(it.list_environments_of_role(&bob, "web").await), missing);
}
