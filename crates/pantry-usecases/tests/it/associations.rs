//! Who belongs to an application: what it gives, who may change it, and that nothing of it stays.

use pantry_model::{Error, Permission, Principal, Target};
use pantry_store::{Kind, Scope};
use pantry_usecases::NewApplication;

use crate::actors::sentence;
use crate::house::{House, app, machine};
use crate::people::{shop, staffed};

/// Whether the one may read the other's user object.
async fn reads(house: &House, reader: &str, user: &str) -> bool {
    let reader = house.calls_globally(reader).await;
    house.usecases.applications_of_user(&reader, user).await.is_ok()
}

#[tokio::test]
async fn whoever_belongs_is_listed_and_may_what_users_may() {
    let house = staffed().await;
    assert_eq!(house.members("shop").await, ["ann", "bob"]);
    let bob = house.calls("bob", "shop").await;
    assert_eq!(house.usecases.list_associations(&bob, &shop()).await.unwrap(), ["ann", "bob"]);
    let shown = house.usecases.show_association(&bob, &shop(), "ann").await.unwrap();
    assert_eq!(shown.name, "ann");
    assert_eq!(shown.profile["email"], "ann@example.com");
    assert_eq!(shown.public_key.as_deref(), Some("KEY ann"));
    let known = house.usecases.known(Some(&shop()), "bob").await.unwrap();
    assert!(known.belongs(&known.candidates()[0]));
    // It also holds for what is Pantry's own.
    let (bob, all) = ("u/bob".parse().unwrap(), Target::default());
    assert_eq!(house.usecases.list_machines(&bob, &shop(), &all).await.unwrap(), []);
}

#[tokio::test]
async fn an_association_is_a_group_with_a_hexadecimal_name() {
    let house = staffed().await;
    let bob = house.id_of(Kind::User, "bob").await;
    let (store, scope) = (house.usecases.store(), Scope::Application(shop()));
    let usag = store.object(&scope, Kind::Association, &bob.to_string()).await.unwrap().unwrap();
    let members = store.members(usag.id).await.unwrap();
    assert_eq!(members.iter().map(|(id, _)| *id).collect::<Vec<_>>(), [bob]);
    let users = store.object(&scope, Kind::Group, "users").await.unwrap().unwrap();
    let inside = store.members(users.id).await.unwrap();
    assert!(inside.iter().any(|(id, place)| *id == usag.id && place.kind == Kind::Association));
    let groups = store.object(&scope, Kind::Container, "groups").await.unwrap().unwrap();
    assert_eq!(usag.acl, groups.acl);
}

#[tokio::test]
async fn members_read_each_other_only_as_long_as_they_share_an_application() {
    let house = staffed().await;
    assert!(reads(&house, "ann", "bob").await && reads(&house, "bob", "ann").await);
    assert!(!reads(&house, "ann", "eve").await && !reads(&house, "eve", "ann").await);
    let ann = house.calls("ann", "shop").await;
    house.usecases.delete_association(&ann, &shop(), "bob").await.unwrap();
    assert!(!reads(&house, "ann", "bob").await && !reads(&house, "bob", "ann").await);
    assert!(reads(&house, "bob", "bob").await);
    assert!(reads(&house, "pivotal", "bob").await);
}

#[tokio::test]
async fn only_a_superuser_adds_members_without_asking_them() {
    let house = staffed().await;
    let add = async |caller, user| {
        let caller = house.calls(caller, "shop").await;
        house.usecases.create_association(&caller, &shop(), user).await
    };
    assert_eq!(sentence(add("ann", "nobody").await), "Could not find user nobody");
    assert_eq!(sentence(add("ann", "eve").await), "missing create permission");
    assert_eq!(sentence(add("pivotal", "bob").await), "The association already exists.");
    add("pivotal", "eve").await.unwrap();
    assert_eq!(house.members("shop").await, ["ann", "bob", "eve"]);
    let superuser = house.calls("pivotal", "shop").await;
    let nowhere = house.usecases.create_association(&superuser, &app("nope"), "eve").await;
    assert_eq!(nowhere.unwrap_err(), Error::UnknownApplication(app("nope")));
}

#[tokio::test]
async fn who_may_end_an_association_is_decided_after_it_was_found() {
    let house = staffed().await;
    house.member("shop", "cat").await;
    let remove = async |caller, user| {
        let caller = house.calls(caller, "shop").await;
        house.usecases.delete_association(&caller, &shop(), user).await
    };
    assert_eq!(sentence(remove("bob", "bogus").await), "Could not find user bogus");
    let outside = "Cannot find a user eve in organization shop";
    assert_eq!(sentence(remove("bob", "eve").await), outside);
    assert_eq!(sentence(remove("bob", "cat").await), "missing update permission");
    let admin = "Please remove ann from this organization's admins group before removing him or \
                 her from the organization.";
    assert_eq!(sentence(remove("ann", "ann").await), admin);
    assert_eq!(sentence(remove("pivotal", "ann").await), admin);
    assert_eq!(house.members("shop").await, ["ann", "bob", "cat"]);

    assert_eq!(remove("bob", "bob").await.unwrap().name, "bob");
    assert_eq!(remove("ann", "cat").await.unwrap().name, "cat");
    house.group("shop", "admins", "ann", false).await;
    remove("ann", "ann").await.unwrap();
    assert_eq!(house.members("shop").await, Vec::<String>::new());
}

#[tokio::test]
async fn whoever_left_is_kept_out_whatever_groups_it_is_still_in() {
    let house = staffed().await;
    house.create_application("blog").await.unwrap();
    house.group("shop", "users", "bob", true).await;
    let bob: Principal = "u/bob".parse().unwrap();
    let listed = async || house.usecases.list_applications(&bob).await.unwrap().len();
    assert_eq!(listed().await, 1);
    let ann = house.calls("ann", "shop").await;
    house.usecases.delete_association(&ann, &shop(), "bob").await.unwrap();

    let known = house.usecases.known(Some(&shop()), "bob").await.unwrap();
    assert!(!known.belongs(&known.candidates()[0]));
    assert_eq!(listed().await, 0);
    let read = house.usecases.show_machine(&bob, &machine("shop", "web1")).await;
    assert!(matches!(read, Err(Error::Forbidden { .. })), "{read:?}");
    let gone = house.usecases.show_association(&ann, &shop(), "bob").await;
    assert_eq!(sentence(gone), "Cannot find a user bob in organization shop");

    // Let in again, it has what it had.
    let superuser = house.calls("pivotal", "shop").await;
    house.usecases.create_association(&superuser, &shop(), "bob").await.unwrap();
    assert_eq!(listed().await, 1);
}

#[tokio::test]
async fn joining_and_leaving_leave_nothing_behind_in_the_users_own_list() {
    let house = staffed().await;
    let store = house.usecases.store();
    let acl = async || store.object(&Scope::Global, Kind::User, "eve").await.unwrap().unwrap().acl;
    let before = acl().await;
    let superuser = house.calls("pivotal", "shop").await;
    for _ in 0..2 {
        house.usecases.create_association(&superuser, &shop(), "eve").await.unwrap();
        let readers = house.id_of(Kind::Group, "shop_read_access_group").await;
        assert!(acl().await.holders(Permission::Read).contains(&readers));
        house.usecases.delete_association(&superuser, &shop(), "eve").await.unwrap();
    }
    assert_eq!(acl().await, before);
}

#[tokio::test]
async fn of_many_who_add_the_same_user_one_does() {
    let house = staffed().await;
    house.create_application("blog").await.unwrap();
    let tries = (0..8).map(|number| {
        let usecases = house.usecases.clone();
        // Two applications at once: neither entry in the user's own list may be lost.
        let name = app(if number % 2 == 0 { "shop" } else { "blog" });
        tokio::spawn(async move {
            let superuser = "u/pivotal".parse().unwrap();
            let caller = usecases.caller(&superuser, Some(&name)).await.unwrap();
            usecases.create_association(&caller, &name, "eve").await
        })
    });
    let mut added = 0;
    for one in tries.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Ok(()) => added += 1,
            Err(error) => assert_eq!(error.to_string(), "The association already exists."),
        }
    }
    assert_eq!(added, 2);
    let store = house.usecases.store();
    let eve = store.object(&Scope::Global, Kind::User, "eve").await.unwrap().unwrap();
    for group in ["shop_read_access_group", "blog_read_access_group"] {
        let readers = house.id_of(Kind::Group, group).await;
        assert!(eve.acl.holders(Permission::Read).contains(&readers), "{group}");
    }
}

#[tokio::test]
async fn the_applications_of_a_user_are_all_told_to_itself_and_the_shared_ones_to_others() {
    let house = staffed().await;
    house.create_application("blog").await.unwrap();
    let superuser = house.calls("pivotal", "blog").await;
    house.usecases.create_association(&superuser, &app("blog"), "bob").await.unwrap();
    let told = async |caller| {
        let caller = house.calls_globally(caller).await;
        let views = house.usecases.applications_of_user(&caller, "bob").await;
        views.map(|views| views.into_iter().map(|it| it.name.to_string()).collect::<Vec<_>>())
    };
    assert_eq!(told("bob").await.unwrap(), ["blog", "shop"]);
    assert_eq!(told("pivotal").await.unwrap(), ["blog", "shop"]);
    assert_eq!(told("ann").await.unwrap(), ["shop"]);
    assert_eq!(sentence(told("eve").await), "missing read permission");
    let eve = house.calls_globally("eve").await;
    let nobody = house.usecases.applications_of_user(&eve, "nobody").await;
    assert_eq!(sentence(nobody), "Could not find user nobody");
}

#[tokio::test]
async fn a_deleted_application_has_no_members_and_its_namesake_has_none_of_them() {
    let house = staffed().await;
    let superuser = house.calls("pivotal", "shop").await;
    house.usecases.delete_application(&superuser, &shop()).await.unwrap();
    assert!(!reads(&house, "ann", "bob").await);
    house.create_application("shop").await.unwrap();
    assert_eq!(house.members("shop").await, Vec::<String>::new());
    assert!(!reads(&house, "ann", "bob").await);
    let known = house.usecases.known(Some(&shop()), "bob").await.unwrap();
    assert!(!known.belongs(&known.candidates()[0]));
}

#[tokio::test]
async fn a_deleted_user_is_no_member_any_more() {
    let house = staffed().await;
    house.forget("bob").await;
    assert_eq!(house.members("shop").await, ["ann"]);
    let ann = house.calls("ann", "shop").await;
    let gone = house.usecases.show_association(&ann, &shop(), "bob").await;
    assert_eq!(sentence(gone), "Could not find user bob");
    // A namesake is somebody else.
    house.stranger("bob").await;
    assert_eq!(house.members("shop").await, ["ann"]);
}

#[tokio::test]
async fn every_change_stands_in_both_ledgers() {
    let house = staffed().await;
    let before = (house.ledger(None).await.len(), house.ledger(Some("shop")).await.len());
    let ann = house.calls("ann", "shop").await;
    house.usecases.delete_association(&ann, &shop(), "bob").await.unwrap();
    let id = house.id_of(Kind::User, "bob").await;
    let (global, own) = (house.ledger(None).await, house.ledger(Some("shop")).await);
    let new = |lines: Vec<String>, from: usize| {
        let lines = lines[from..].iter();
        lines.map(|it| it.split_once(' ').unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(new(global, before.0), ["u/ann update user bob", "u/ann update acl user/bob"]);
    let expected =
        [format!("u/ann update association {id}"), format!("u/ann delete association {id}")];
    assert_eq!(new(own, before.1), expected);
}

#[tokio::test]
async fn an_application_is_listed_shown_and_changed_by_those_who_may() {
    let house = staffed().await;
    let superuser = house.calls_globally("pivotal").await;
    let new = NewApplication { name: app("blog"), full_name: Some("The Blog".parse().unwrap()) };
    house.usecases.create_application(&superuser, new).await.unwrap();
    assert_eq!(house.usecases.all_applications(&superuser).await.unwrap(), ["blog", "shop"]);
    let (ann, bob) = (house.calls("ann", "shop").await, house.calls("bob", "shop").await);
    assert_eq!(sentence(house.usecases.all_applications(&ann).await), "missing read permission");

    let (blog, full) = (app("blog"), "The Shop".parse().unwrap());
    assert_eq!(
        house.usecases.show_application(&superuser, &blog).await.unwrap().full_name,
        "The Blog"
    );
    assert_eq!(house.usecases.show_application(&bob, &shop()).await.unwrap().full_name, "shop");
    let refused = house.usecases.update_application(&bob, &shop(), &full).await;
    assert_eq!(sentence(refused), "missing update permission");
    house.usecases.update_application(&ann, &shop(), &full).await.unwrap();
    assert_eq!(house.usecases.show_application(&bob, &shop()).await.unwrap().full_name, "The Shop");
    let refused = house.usecases.delete_application(&bob, &shop()).await;
    assert_eq!(sentence(refused), "missing delete permission");
    let refused = house.usecases.show_application(&bob, &blog).await;
    assert_eq!(sentence(refused), "missing read permission");
}
