//! Putting back what an application has lost, and nothing else.

use pantry_model::refusals::request;
use pantry_model::{Acl, Error, Permission};
use pantry_store::{Change, Kind, Scope, Verb, Write};
use pantry_usecases::{AclKind, AclOf};

use crate::house::{House, app};
use crate::people::staffed;
use crate::standing::{of, refusal};

async fn repair(house: &House) -> Result<Vec<String>, Error> {
    let pivotal = house.calls("pivotal", "shop").await;
    house.usecases.repair_acls(&pivotal).await
}

#[tokio::test]
async fn where_nothing_is_missing_nothing_is_written() {
    let house = staffed().await;
    let before = house.ledger(Some("shop")).await;
    assert_eq!(repair(&house).await.unwrap(), [""; 0]);
    assert_eq!(house.ledger(Some("shop")).await, before);
    let ann = house.calls("ann", "shop").await;
    assert_eq!(
        refusal(house.usecases.repair_acls(&ann).await),
        request::missing_permission(Permission::Grant)
    );
    let nowhere = house.calls("pivotal", "nope").await;
    let unknown = house.usecases.repair_acls(&nowhere).await;
    assert_eq!(unknown.unwrap_err(), Error::UnknownApplication(app("nope")));
}

#[tokio::test]
async fn lost_permissions_are_there_again_and_added_ones_still_are() {
    let house = staffed().await;
    let shop = of("shop");
    let bob = house.id(&Scope::Global, Kind::User, "bob").await;
    let eve = house.id(&Scope::Global, Kind::User, "eve").await;
    let before = house.acl(&shop, Kind::Container, "nodes").await;
    house.set_acl(&shop, Kind::Container, "nodes", Acl::of_creator(eve)).await;
    house.set_acl(&shop, Kind::Group, "admins", Acl::of_creator(bob)).await;
    let mut organization = house.acl(&Scope::Global, Kind::Application, "shop").await;
    let users = house.id(&shop, Kind::Group, "users").await;
    organization.remove(Permission::Read, users);
    house.set_acl(&Scope::Global, Kind::Application, "shop", organization).await;

    let said = repair(&house).await.unwrap();
    assert_eq!(
        said.iter().filter(|line| line.ends_with("on groups/admins again")).count(),
        2 * Permission::ALL.len(),
        "{said:#?}"
    );
    assert!(said.contains(&"group:clients holds create on containers/nodes again".to_owned()));
    assert_eq!(said.last().unwrap(), "group:users holds read on organization again");
    let mut after = house.acl(&shop, Kind::Container, "nodes").await;
    assert!(Permission::ALL.iter().all(|&it| after.holders(it).contains(&eve)));
    after.remove_from_all(eve);
    let sorted = |acl: &Acl, permission| {
        let mut holders = acl.holders(permission).to_vec();
        holders.sort_unstable();
        holders
    };
    for permission in Permission::ALL {
        assert_eq!(sorted(&after, permission), sorted(&before, permission), "{permission}");
    }
    assert_eq!(repair(&house).await.unwrap(), [""; 0]);
    let ann = house.calls("ann", "shop").await;
    house.usecases.show_acl(&ann, AclOf::Object(AclKind::Group, "admins")).await.unwrap();
}

#[tokio::test]
async fn lost_groups_and_containers_are_made_again_with_those_who_belong_in_them() {
    let house = staffed().await;
    house.api_client("shop", "web1").await;
    let shop = of("shop");
    for name in ["users", "clients", "billing-admins"] {
        house.forget_object(&shop, Kind::Group, name).await;
    }
    for name in ["nodes", "jobs"] {
        house.forget_object(&shop, Kind::Container, name).await;
    }
    house.forget_object(&shop, Kind::Environment, "_default").await;
    house.forget_object(&Scope::Global, Kind::Group, "shop_read_access_group").await;
    let bob = house.calls("bob", "shop").await;
    house.usecases.show_group(&bob, "admins").await.unwrap_err();

    let said = repair(&house).await.unwrap();
    for line in [
        "groups/users is there again",
        "groups/billing-admins is there again",
        "containers/jobs is there again",
        "environments/_default is there again",
        "web1 is in the group clients again",
        "users is in the group public_key_read_access again",
        "group:users holds read on containers/groups again",
        "groups/::shop_read_access_group is there again",
        "group:::shop_read_access_group holds read on users/bob again",
        "admins is in the group shop_read_access_group again",
    ] {
        assert!(said.iter().any(|it| it == line), "`{line}` is not in {said:#?}");
    }
    assert_eq!(repair(&house).await.unwrap(), [""; 0]);

    // Members may again what members may.
    let (ann, bob) = (house.calls("ann", "shop").await, house.calls("bob", "shop").await);
    assert_eq!(house.usecases.list_containers(&bob).await.unwrap().len(), 12);
    house.usecases.list_groups(&bob).await.unwrap();
    let members = house.usecases.show_group(&ann, "clients").await.unwrap().members;
    assert_eq!(members.clients, ["shop-validator", "web1"]);
    let read = house.usecases.applications_of_user(&bob, "ann").await.unwrap();
    assert_eq!(read.len(), 1);
}

#[tokio::test]
async fn an_application_from_before_there_were_permissions_gets_them() {
    let house = House::new().await;
    let record = br#"{"created_at":0}"#.to_vec();
    let mut write = Write::new(None, house.usecases.clock().now());
    write.changes.push(Change::OpenScope { application: app("shop") });
    write.create(&Scope::Global, Kind::Application, "shop", record);
    write.enter(&of("shop"), Verb::Create, Kind::Application, "shop", None);
    house.usecases.store().commit(write).await.unwrap();

    let said = repair(&house).await.unwrap();
    assert!(said.contains(&"organization has its permissions again".to_owned()), "{said:#?}");
    assert_eq!(repair(&house).await.unwrap(), [""; 0]);
    house.member("shop", "bob").await;
    let bob = house.calls("bob", "shop").await;
    assert_eq!(house.usecases.list_containers(&bob).await.unwrap().len(), 12);
}
