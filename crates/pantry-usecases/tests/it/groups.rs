//! Groups: who may see and change them, and what of a request counts.

use pantry_model::chef::{GroupUpdate, NewGroup};
use pantry_model::refusals::{groups, request};
use pantry_model::{Permission, Target};
use pantry_store::{Kind, Scope};
use pantry_usecases::{Caller, Names};

use crate::house::House;
use crate::people::staffed;
use crate::standing::{of, refusal};

/// `shop` with the admin `ann`, who is the caller, the user `bob` and the API client `web1`; and
/// `eve` elsewhere.
async fn shop() -> (House, Caller) {
    let house = staffed().await;
    house.api_client("shop", "web1").await;
    let admin = house.calls("ann", "shop").await;
    (house, admin)
}

fn group(name: &str) -> NewGroup {
    NewGroup { name: name.parse().unwrap() }
}

fn list(names: &[&str]) -> Option<Vec<String>> {
    Some(names.iter().map(|name| (*name).to_owned()).collect())
}

fn names(users: &[&str], clients: &[&str], groups: &[&str]) -> Names {
    let [users, clients, groups] = [users, clients, groups].map(|names| list(names).unwrap());
    Names { users, clients, groups }
}

async fn members(house: &House, caller: &Caller, group: &str) -> Names {
    house.usecases.show_group(caller, group).await.unwrap().members
}

#[tokio::test]
async fn a_group_is_made_empty_and_is_its_creators_and_the_admins() {
    let (house, ann) = shop().await;
    house.usecases.create_group(&ann, &group("ops")).await.unwrap();
    assert_eq!(refusal(house.usecases.create_group(&ann, &group("ops")).await), groups::taken());
    let view = house.usecases.show_group(&ann, "ops").await.unwrap();
    assert_eq!((view.name.as_str(), view.members), ("ops", Names::default()));

    let acl = house.acl(&of("shop"), Kind::Group, "ops").await;
    for (scope, kind, name) in [
        (Scope::Global, Kind::User, "pivotal"),
        (Scope::Global, Kind::User, "ann"),
        (of("shop"), Kind::Group, "admins"),
    ] {
        let id = house.id(&scope, kind, name).await;
        let holds = |permission| acl.permits(permission, |holder| *holder == id);
        assert!(Permission::ALL.into_iter().all(holds), "{name}");
    }
    let bob = house.calls("bob", "shop").await;
    assert_eq!(members(&house, &bob, "ops").await, Names::default());
    let create = house.usecases.create_group(&bob, &group("more")).await;
    assert_eq!(refusal(create), request::missing_permission(Permission::Create));
    let unknown = house.usecases.show_group(&bob, "nope").await;
    assert_eq!(refusal(unknown), groups::not_found("nope"));
    let web1 = house.client_calls("web1", "shop").await;
    assert_eq!(refusal(house.usecases.show_group(&web1, "ops").await), groups::not_readable("ops"));
    let listed = house.usecases.list_groups(&web1).await;
    assert_eq!(refusal(listed), request::missing_permission(Permission::Read));
}

#[tokio::test]
async fn a_list_replaces_its_own_kind_of_members_and_no_other() {
    let (house, ann) = shop().await;
    house.create_application("blog").await.unwrap();
    house.usecases.create_group(&ann, &group("ops")).await.unwrap();
    let put = async |update: GroupUpdate| {
        assert_eq!(house.usecases.update_group(&ann, "ops", &update).await.unwrap(), None);
        members(&house, &ann, "ops").await
    };
    let all = GroupUpdate {
        users: list(&["bob", "eve", "bob", "web1", "nobody", "no good"]),
        clients: list(&["web1", "bob"]),
        groups: list(&["users", "::server-admins", "blog::admins", "nope::admins", "a::b::c", ""]),
        ..GroupUpdate::default()
    };
    let expected = names(&["bob", "eve"], &["web1"], &["::server-admins", "blog::admins", "users"]);
    assert_eq!(put(all).await, expected);
    let nothing = GroupUpdate { name: Some("ops".parse().unwrap()), ..GroupUpdate::default() };
    assert_eq!(put(nothing).await, expected);
    let fewer = GroupUpdate { users: list(&["eve"]), ..GroupUpdate::default() };
    assert_eq!(
        put(fewer).await,
        names(&["eve"], &["web1"], &expected.groups.iter().map(String::as_str).collect::<Vec<_>>())
    );
    let none = GroupUpdate { clients: list(&[]), groups: list(&[]), ..GroupUpdate::default() };
    assert_eq!(put(none).await, names(&["eve"], &[], &[]));
}

#[tokio::test]
async fn what_is_written_is_what_changes_and_both_ends_say_so() {
    let (house, ann) = shop().await;
    house.usecases.create_group(&ann, &group("ops")).await.unwrap();
    let ledger = async |scope| house.ledger(scope).await.len();
    let before = (ledger(Some("shop")).await, ledger(None).await);
    let update = GroupUpdate {
        users: list(&["bob", "eve"]),
        clients: list(&["web1"]),
        ..GroupUpdate::default()
    };
    house.usecases.update_group(&ann, "ops", &update).await.unwrap();
    let after = (ledger(Some("shop")).await, ledger(None).await);
    assert_eq!(after, (before.0 + 1, before.1 + 2));
    house.usecases.update_group(&ann, "ops", &update).await.unwrap();
    assert_eq!((ledger(Some("shop")).await, ledger(None).await), after);
}

#[tokio::test]
async fn members_may_at_once_what_their_group_may_through_any_number_of_groups() {
    let (house, ann) = shop().await;
    for name in ["inner", "outer"] {
        house.usecases.create_group(&ann, &group(name)).await.unwrap();
    }
    let put = async |name: &str, users, groups| {
        let update = GroupUpdate { users, groups, ..GroupUpdate::default() };
        house.usecases.update_group(&ann, name, &update).await.unwrap();
    };
    // A circle does no harm.
    put("outer", None, list(&["inner"])).await;
    put("inner", None, list(&["outer"])).await;
    let may = async || {
        let bob = house.calls("bob", "shop").await;
        let made = house.usecases.create_group(&bob, &group("bobs")).await;
        if made.is_ok() {
            house.usecases.delete_group(&bob, "bobs").await.unwrap();
        }
        made.is_ok()
    };
    assert!(!may().await);
    put("admins", list(&["ann"]), list(&["outer"])).await;
    assert!(!may().await);
    put("inner", list(&["bob"]), None).await;
    assert!(may().await);
    put("outer", None, list(&[])).await;
    assert!(!may().await);
}

#[tokio::test]
async fn a_group_keeps_what_it_is_under_another_name() {
    let (house, ann) = shop().await;
    for name in ["ops", "other"] {
        house.usecases.create_group(&ann, &group(name)).await.unwrap();
    }
    let id = house.id(&of("shop"), Kind::Group, "ops").await;
    let to = |name: &str| GroupUpdate {
        name: Some(name.parse().unwrap()),
        users: list(&["bob"]),
        ..GroupUpdate::default()
    };
    let clash = house.usecases.update_group(&ann, "ops", &to("other")).await;
    assert_eq!(refusal(clash), groups::new_name_taken());
    assert_eq!(members(&house, &ann, "ops").await, Names::default());

    let renamed = house.usecases.update_group(&ann, "ops", &to("operators")).await.unwrap();
    assert_eq!(renamed.as_deref(), Some("operators"));
    assert_eq!(house.id(&of("shop"), Kind::Group, "operators").await, id);
    assert_eq!(members(&house, &ann, "operators").await, names(&["bob"], &[], &[]));
    let old = house.usecases.show_group(&ann, "ops").await;
    assert_eq!(refusal(old), groups::not_found("ops"));
}

#[tokio::test]
async fn a_deleted_group_is_nowhere_a_member() {
    let (house, ann) = shop().await;
    for name in ["inner", "outer"] {
        house.usecases.create_group(&ann, &group(name)).await.unwrap();
    }
    let update = GroupUpdate { groups: list(&["inner"]), ..GroupUpdate::default() };
    house.usecases.update_group(&ann, "outer", &update).await.unwrap();
    let bob = house.calls("bob", "shop").await;
    assert_eq!(
        refusal(house.usecases.delete_group(&bob, "inner").await),
        request::missing_permission(Permission::Delete)
    );
    let view = house.usecases.delete_group(&ann, "inner").await.unwrap();
    assert_eq!(view.name, "inner");
    assert_eq!(members(&house, &ann, "outer").await, Names::default());
    let again = house.usecases.delete_group(&ann, "inner").await;
    assert_eq!(refusal(again), groups::not_found("inner"));
}

#[tokio::test]
async fn groups_that_the_server_relies_on_stay() {
    let (house, ann) = shop().await;
    let rename = |to: &str| GroupUpdate { name: Some(to.parse().unwrap()), ..Default::default() };
    for name in ["admins", "clients", "users"] {
        assert_eq!(refusal(house.usecases.delete_group(&ann, name).await), groups::needed(name));
        let renamed = house.usecases.update_group(&ann, name, &rename("x")).await;
        assert_eq!(refusal(renamed), groups::needed(name));
    }
    let pivotal = house.calls("pivotal", "shop").await;
    house.usecases.delete_group(&pivotal, "billing-admins").await.unwrap();
    let readers = house.usecases.delete_group(&pivotal, "public_key_read_access").await;
    assert_eq!(refusal(readers), groups::needed("public_key_read_access"));
    // What belongs to no application is not reached by way of one.
    let elsewhere = house.usecases.delete_group(&pivotal, "server-admins").await;
    assert_eq!(refusal(elsewhere), groups::not_found("server-admins"));
}

#[tokio::test]
async fn who_belongs_is_shown_as_a_group_and_not_changed_as_one() {
    let (house, ann) = shop().await;
    let hex = house.id(&Scope::Global, Kind::User, "bob").await.to_string();
    assert_eq!(members(&house, &ann, &hex).await, names(&["bob"], &[], &[]));
    assert!(house.usecases.list_groups(&ann).await.unwrap().contains(&hex));
    let mut shown = members(&house, &ann, "users").await.groups;
    assert!(shown.contains(&hex), "{shown:?}");

    // What was shown can be sent back, and taken out.
    let put = async |groups: Vec<String>| {
        let update = GroupUpdate { groups: Some(groups), ..GroupUpdate::default() };
        house.usecases.update_group(&ann, "users", &update).await.unwrap();
        members(&house, &ann, "users").await.groups
    };
    assert_eq!(put(shown.clone()).await, shown);
    shown.retain(|name| *name != hex);
    assert_eq!(put(shown.clone()).await, shown);

    let update = GroupUpdate { users: list(&["ann", "bob"]), ..GroupUpdate::default() };
    let changed = house.usecases.update_group(&ann, &hex, &update).await;
    assert_eq!(refusal(changed), groups::is_association(&hex));
    let deleted = house.usecases.delete_group(&ann, &hex).await;
    assert_eq!(refusal(deleted), groups::is_association(&hex));
    assert_eq!(refusal(house.usecases.create_group(&ann, &group(&hex)).await), groups::taken());
}

#[tokio::test]
async fn of_many_updates_of_one_group_none_is_half_done() {
    let (house, ann) = shop().await;
    house.usecases.create_group(&ann, &group("ops")).await.unwrap();
    let tries = (0..12).map(|number| {
        let (usecases, ann) = (house.usecases.clone(), ann.clone());
        let users = if number % 2 == 0 { list(&["ann", "bob"]) } else { list(&["eve"]) };
        tokio::spawn(async move {
            let update = GroupUpdate { users, ..GroupUpdate::default() };
            usecases.update_group(&ann, "ops", &update).await
        })
    });
    for one in tries.collect::<Vec<_>>() {
        one.await.unwrap().unwrap();
    }
    let users = members(&house, &ann, "ops").await.users;
    assert!(users == ["ann", "bob"] || users == ["eve"], "{users:?}");
}

#[tokio::test]
async fn a_permission_given_through_a_group_holds_for_jobs_too() {
    let (house, ann) = shop().await;
    let bob = "u/bob".parse().unwrap();
    let asks = async || {
        let job = crate::house::new_job(Target::default());
        house.usecases.start_job(&bob, job).await.unwrap_err().code()
    };
    assert_eq!(asks().await, pantry_model::ErrorCode::Forbidden);
    let update = GroupUpdate { users: list(&["ann", "bob"]), ..GroupUpdate::default() };
    house.usecases.update_group(&ann, "admins", &update).await.unwrap();
    assert_eq!(asks().await, pantry_model::ErrorCode::NobodyMatches);
}
