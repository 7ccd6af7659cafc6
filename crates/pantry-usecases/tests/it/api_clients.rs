//! API clients: who may make, see, change and delete them, what validators may, and that machines
//! are left alone.

use pantry_model::Permission;
use pantry_model::chef::clients::{ApiClientUpdate, NewApiClient};
use pantry_store::{Kind, Scope};
use pantry_usecases::{Caller, KeyOwner};

use crate::actors::{key, new_client, sentence};
use crate::house::{House, app, machine, public_key};

fn shop() -> Scope {
    Scope::Application(app("shop"))
}

fn rename(to: &str) -> ApiClientUpdate {
    ApiClientUpdate { name: Some(to.parse().unwrap()), validator: None, key: None }
}

fn promote(validator: bool) -> ApiClientUpdate {
    ApiClientUpdate { name: None, validator: Some(validator), key: None }
}

/// Who holds a permission on an API client, by name.
async fn holders(house: &House, name: &str, permission: Permission) -> Vec<String> {
    let store = house.usecases.store();
    let client = store.object(&shop(), Kind::ApiClient, name).await.unwrap().unwrap();
    let places = store.places(client.acl.holders(permission)).await.unwrap();
    let mut names: Vec<_> = places.into_iter().flatten().map(|place| place.name).collect();
    names.sort();
    names
}

async fn house() -> (House, Caller) {
    let house = House::new().await;
    let pivotal = house.acting("pivotal", None).await;
    let new = pantry_usecases::NewApplication { name: app("shop"), full_name: None };
    house.usecases.create_application(&pivotal, new).await.unwrap();
    let pivotal = house.acting("pivotal", Some("shop")).await;
    (house, pivotal)
}

#[tokio::test]
async fn a_client_is_made_once_and_is_in_the_group_of_clients() {
    let (house, pivotal) = house().await;
    house.make_client("web1").await.unwrap();
    assert_eq!(sentence(house.make_client("web1").await), "Client already exists");
    let (usecases, store) = (&house.usecases, house.usecases.store());
    let all = usecases.list_api_clients(&pivotal).await.unwrap();
    assert_eq!(all, ["shop-validator", "web1"]);
    let clients = store.object(&shop(), Kind::Group, "clients").await.unwrap().unwrap();
    let members = store.members(clients.id).await.unwrap();
    let members: Vec<_> = members.into_iter().map(|(_, place)| place.name).collect();
    assert_eq!(members, ["shop-validator", "web1"]);
    let shown = usecases.show_api_client(&pivotal, "web1").await.unwrap();
    assert_eq!((shown.validator, shown.public_key.as_deref()), (false, Some("KEY web1")));
    let missing = usecases.show_api_client(&pivotal, "web2").await;
    assert_eq!(sentence(missing), "Cannot load client web2");
    assert!(usecases.has_api_client(&app("shop"), "web1").await.unwrap());
    assert!(!usecases.has_api_client(&app("blog"), "web1").await.unwrap());
}

#[tokio::test]
async fn a_validator_makes_normal_clients_and_does_nothing_else() {
    let (house, pivotal) = house().await;
    let usecases = &house.usecases;
    let validator = house.acting_client("shop-validator").await;
    usecases.create_api_client(&validator, &new_client("web1")).await.unwrap();
    let another = NewApiClient { validator: true, ..new_client("v2") };
    let another = usecases.create_api_client(&validator, &another).await;
    assert_eq!(sentence(another), "missing create permission");
    for name in ["web1", "shop-validator"] {
        let refused = [
            sentence(usecases.show_api_client(&validator, name).await),
            sentence(usecases.update_api_client(&validator, name, &promote(false)).await),
            sentence(usecases.delete_api_client(&validator, name).await),
        ];
        let expected = ["read", "update", "delete"].map(|it| format!("missing {it} permission"));
        assert_eq!(refused, expected);
    }
    let list = usecases.list_api_clients(&validator).await;
    assert_eq!(sentence(list), "missing read permission");
    for (permission, groups) in [
        (Permission::Create, &["admins"][..]),
        (Permission::Read, &["admins", "users"]),
        (Permission::Update, &["admins"]),
        (Permission::Delete, &["admins", "users"]),
        (Permission::Grant, &["admins"]),
    ] {
        let mut expected = [groups, &["pivotal", "web1"]].concat();
        expected.sort_unstable();
        assert_eq!(holders(&house, "web1", permission).await, expected, "{permission}");
    }
    // One made by a user has that user as its creator; a validator is not in its own list.
    let another = NewApiClient { validator: true, ..new_client("v2") };
    usecases.create_api_client(&pivotal, &another).await.unwrap();
    assert_eq!(holders(&house, "v2", Permission::Update).await, ["admins", "pivotal"]);
}

#[tokio::test]
async fn a_client_sees_and_changes_itself_and_nobody_else() {
    let (house, pivotal) = house().await;
    for name in ["web1", "web2"] {
        house.make_client(name).await.unwrap();
    }
    let (usecases, web1) = (&house.usecases, house.acting_client("web1").await);
    usecases.show_api_client(&web1, "web1").await.unwrap();
    usecases.update_api_client(&web1, "web1", &promote(false)).await.unwrap();
    let refused = [
        sentence(usecases.create_api_client(&web1, &new_client("web3")).await),
        sentence(usecases.show_api_client(&web1, "web2").await),
        sentence(usecases.update_api_client(&web1, "web2", &promote(false)).await),
        sentence(usecases.delete_api_client(&web1, "web2").await),
        // It would gain the permission to make others.
        sentence(usecases.update_api_client(&web1, "web1", &promote(true)).await),
    ];
    let expected = ["create", "read", "update", "delete", "update"];
    assert_eq!(refused, expected.map(|it| format!("missing {it} permission")));

    usecases.update_api_client(&pivotal, "web1", &promote(true)).await.unwrap();
    let web1 = house.acting_client("web1").await;
    let shown = usecases.show_api_client(&web1, "web1").await;
    assert_eq!(sentence(shown), "missing read permission");
    usecases.create_api_client(&web1, &new_client("web3")).await.unwrap();
    usecases.update_api_client(&pivotal, "web1", &promote(false)).await.unwrap();
    let web1 = house.acting_client("web1").await;
    usecases.show_api_client(&web1, "web1").await.unwrap();
    usecases.delete_api_client(&web1, "web1").await.unwrap();
    assert_eq!(
        usecases.list_api_clients(&pivotal).await.unwrap(),
        ["shop-validator", "web2", "web3"]
    );
}

#[tokio::test]
async fn a_client_that_is_in_memory_is_shown_as_it_stands() {
    let (house, pivotal) = house().await;
    house.make_client("web1").await.unwrap();
    // With its first request it is.
    let (usecases, web1) = (&house.usecases, house.acting_client("web1").await);
    let key_shown = async || usecases.show_api_client(&web1, "web1").await.unwrap().public_key;
    assert_eq!(key_shown().await.as_deref(), Some("KEY web1"));
    let update = ApiClientUpdate { name: None, validator: None, key: Some(key("new")) };
    usecases.update_api_client(&pivotal, "web1", &update).await.unwrap();
    assert_eq!(key_shown().await.as_deref(), Some("KEY new"));
    usecases.delete_key(&pivotal, KeyOwner::ApiClient("web1"), "default").await.unwrap();
    assert_eq!(key_shown().await, None);
    usecases.delete_api_client(&pivotal, "web1").await.unwrap();
    let gone = usecases.show_api_client(&web1, "web1").await;
    assert_eq!(sentence(gone), "Cannot load client web1");
}

#[tokio::test]
async fn a_renamed_client_keeps_keys_rights_and_memberships() {
    let (house, pivotal) = house().await;
    for name in ["web1", "web2"] {
        house.make_client(name).await.unwrap();
    }
    let (usecases, web1) = (&house.usecases, house.acting_client("web1").await);
    let clash = usecases.update_api_client(&web1, "web1", &rename("web2")).await;
    assert_eq!(sentence(clash), "Client already exists");
    let update = ApiClientUpdate { key: Some(key("new")), ..rename("www") };
    let renamed = usecases.update_api_client(&web1, "web1", &update).await.unwrap();
    assert!(renamed.renamed);
    assert_eq!(renamed.public_key.as_deref(), Some("KEY new"));
    let www = house.acting_client("www").await;
    assert_eq!(www.id(), web1.id());
    usecases.show_api_client(&www, "www").await.unwrap();
    let gone = usecases.show_api_client(&pivotal, "web1").await;
    assert_eq!(sentence(gone), "Cannot load client web1");
    let same = usecases.update_api_client(&www, "www", &rename("www")).await.unwrap();
    assert!(!same.renamed);
}

#[tokio::test]
async fn a_machine_outlives_its_api_client() {
    let house = House::with_clients(&[("web1", "prod", &[]), ("web2", "prod", &[])]).await;
    let (usecases, admin) = (&house.usecases, house.acting("admin", Some("shop")).await);
    let web1 = house.acting_client("web1").await;
    assert!(web1.is_client());
    // As every API client, that of a machine may see itself.
    usecases.show_api_client(&web1, "web1").await.unwrap();
    usecases.delete_api_client(&admin, "web1").await.unwrap();
    usecases.update_api_client(&admin, "web2", &rename("web9")).await.unwrap();
    assert_eq!(house.clients("shop").await, ["web1", "web2"]);
    assert_eq!(house.keys.owner(&public_key(1)), Some("a/shop/i/web1".parse().unwrap()));
    assert!(house.fleet.parted.lock().unwrap().is_empty());
    // And it goes alone, if there is no API client any more.
    usecases.delete_machine(&house.admin, &machine("shop", "web1")).await.unwrap();
    assert_eq!(house.clients("shop").await, ["web2"]);
}

#[tokio::test]
async fn a_deleted_clients_name_begins_anew() {
    let (house, pivotal) = house().await;
    house.make_client("web1").await.unwrap();
    let before = house.acting_client("web1").await;
    house.usecases.delete_api_client(&pivotal, "web1").await.unwrap();
    let update = house.usecases.update_api_client(&before, "web1", &promote(false)).await;
    assert_eq!(sentence(update), "Cannot load client web1");
    house.make_client("web1").await.unwrap();
    let after = house.acting_client("web1").await;
    assert_ne!(before.id(), after.id());
    let stale = house.usecases.delete_api_client(&before, "web1").await;
    assert_eq!(sentence(stale), "missing delete permission");
}
