//! Access control lists: who may see and change them, whom they may name, and that they hold at once.

use pantry_model::chef::{AceActors, AceUpdate, NewGroup};
use pantry_model::refusals::{acls, clients, containers, data_bags, nodes, request, users};
use pantry_model::{Error, Permission, Refusal};
use pantry_store::{Kind, Scope};
use pantry_usecases::{AclKind, AclOf, AclView, Caller};

use crate::house::House;
use crate::people::staffed;
use crate::standing::{of, refusal};

const NODES: AclOf<'_> = AclOf::Object(AclKind::Container, "nodes");
const USERS: AclOf<'_> = AclOf::Object(AclKind::Group, "users");
const ANN: AclOf<'_> = AclOf::User("ann");

/// `shop` with the admin `ann`, who is the caller, the user `bob` and the API client `web1`; and
/// `eve` elsewhere.
async fn shop() -> (House, Caller) {
    let house = staffed().await;
    house.api_client("shop", "web1").await;
    let ann = house.calls("ann", "shop").await;
    (house, ann)
}

fn names(names: &str) -> Vec<String> {
    names.split_whitespace().map(ToOwned::to_owned).collect()
}

fn ace(permission: Permission, actors: &str, groups: &str) -> AceUpdate {
    AceUpdate { permission, actors: AceActors::Either(names(actors)), groups: names(groups) }
}

fn told(permission: Permission, users: &str, clients: &str, groups: &str) -> AceUpdate {
    let actors = AceActors::Told { users: names(users), clients: names(clients) };
    AceUpdate { permission, actors, groups: names(groups) }
}

/// One permission as the Chef API shows it: actors, then groups.
fn line(view: &AclView, permission: Permission) -> String {
    let (_, names) = view.iter().find(|(it, _)| *it == permission).unwrap();
    let actors: Vec<&str> = names.actors().collect();
    format!("{} | {}", actors.join(" "), names.groups.join(" "))
}

async fn shown(house: &House, caller: &Caller, of: AclOf<'_>, permission: Permission) -> String {
    line(&house.usecases.show_acl(caller, of).await.unwrap(), permission)
}

#[tokio::test]
async fn a_list_is_shown_with_the_names_of_those_who_are_there() {
    let (house, ann) = shop().await;
    let view = house.usecases.show_acl(&ann, NODES).await.unwrap();
    assert_eq!(view.each_ref().map(|(permission, _)| *permission), Permission::ALL);
    assert_eq!(line(&view, Permission::Create), "pivotal | admins clients users");
    assert_eq!(line(&view, Permission::Grant), "pivotal | admins");
    let organization = house.usecases.show_acl(&ann, AclOf::Organization).await.unwrap();
    assert_eq!(line(&organization, Permission::Read), "pivotal | admins users");

    // Holders that are deleted are shown no more.
    let new = NewGroup { name: "ops".parse().unwrap() };
    house.usecases.create_group(&ann, &new).await.unwrap();
    let update = ace(Permission::Read, "ann bob web1", "ops ::server-admins users");
    house.usecases.update_ace(&ann, NODES, &update).await.unwrap();
    let before = "web1 ann bob | ::server-admins ops users";
    assert_eq!(shown(&house, &ann, NODES, Permission::Read).await, before);
    house.usecases.delete_group(&ann, "ops").await.unwrap();
    house.forget("bob").await;
    house.forget_object(&of("shop"), Kind::ApiClient, "web1").await;
    assert_eq!(shown(&house, &ann, NODES, Permission::Read).await, "ann | ::server-admins users");
}

#[tokio::test]
async fn a_users_list_shows_all_groups_with_what_they_belong_to() {
    let (house, _) = shop().await;
    let ann = house.calls_globally("ann").await;
    let read = "ann pivotal | ::server-admins ::shop_read_access_group";
    assert_eq!(shown(&house, &ann, ANN, Permission::Read).await, read);
    let update = ace(Permission::Read, "ann eve", "::shop_read_access_group shop::admins");
    house.usecases.update_ace(&ann, ANN, &update).await.unwrap();
    let changed = "ann eve | ::shop_read_access_group shop::admins";
    assert_eq!(shown(&house, &ann, ANN, Permission::Read).await, changed);

    let missing = request::missing_permission;
    let bob = house.calls_globally("bob").await;
    assert_eq!(refusal(house.usecases.show_acl(&bob, ANN).await), missing(Permission::Read));
    let update = ace(Permission::Grant, "bob", "");
    let changed = house.usecases.update_ace(&bob, ANN, &update).await;
    assert_eq!(refusal(changed), missing(Permission::Update));
    let nobody = house.usecases.show_acl(&bob, AclOf::User("nobody")).await;
    assert_eq!(refusal(nobody), users::not_found("nobody"));
}

#[tokio::test]
async fn grant_alone_lets_one_see_and_change_a_list() {
    let (house, ann) = shop().await;
    let missing = request::missing_permission;
    let bob = house.calls("bob", "shop").await;
    let web1 = house.client_calls("web1", "shop").await;
    for caller in [&bob, &web1] {
        for update in [ace(Permission::Read, "", ""), ace(Permission::Read, "nobody", "nothing")] {
            let changed = house.usecases.update_ace(caller, NODES, &update).await;
            assert_eq!(refusal(changed), missing(Permission::Update));
        }
        assert_eq!(
            refusal(house.usecases.show_acl(caller, NODES).await),
            missing(Permission::Read)
        );
    }
    let update = ace(Permission::Grant, "bob web1", "admins");
    house.usecases.update_ace(&ann, NODES, &update).await.unwrap();
    let callers = [
        ("bob", house.calls("bob", "shop").await),
        ("web1", house.client_calls("web1", "shop").await),
    ];
    for (name, caller) in callers {
        let update = ace(Permission::Read, name, "");
        house.usecases.update_ace(&caller, NODES, &update).await.unwrap();
        assert_eq!(shown(&house, &caller, NODES, Permission::Read).await, format!("{name} | "));
    }
    // Whoever may give it away may give away his own.
    let bob = house.calls("bob", "shop").await;
    let update = ace(Permission::Grant, "", "admins users");
    house.usecases.update_ace(&bob, NODES, &update).await.unwrap();
    assert_eq!(shown(&house, &bob, NODES, Permission::Grant).await, " | admins users");
}

#[tokio::test]
async fn a_permission_holds_from_the_next_request_on_and_no_longer() {
    let (house, ann) = shop().await;
    let of_groups = AclOf::Object(AclKind::Container, "groups");
    let may = async || {
        let web1 = house.client_calls("web1", "shop").await;
        house.usecases.list_groups(&web1).await.is_ok()
    };
    for (groups, expected) in [("admins users clients", true), ("admins users", false)] {
        let update = ace(Permission::Read, "", groups);
        house.usecases.update_ace(&ann, of_groups, &update).await.unwrap();
        assert_eq!(may().await, expected);
    }
}

#[tokio::test]
async fn only_a_superuser_takes_grant_from_the_admins() {
    let (house, ann) = shop().await;
    let update = ace(Permission::Grant, "pivotal ann", "users");
    for of in [NODES, USERS, AclOf::Organization] {
        let changed = house.usecases.update_ace(&ann, of, &update).await;
        assert_eq!(refusal(changed), acls::admins_keep_grant());
        // It is told before the names are looked at.
        let bogus = ace(Permission::Grant, "bogus", "bogus");
        let changed = house.usecases.update_ace(&ann, of, &bogus).await;
        assert_eq!(refusal(changed), acls::admins_keep_grant());
        let other = ace(Permission::Read, "pivotal", "");
        house.usecases.update_ace(&ann, of, &other).await.unwrap();
        let full = ace(Permission::Grant, "", "shop::admins users");
        house.usecases.update_ace(&ann, of, &full).await.unwrap();
    }
    let pivotal = house.calls("pivotal", "shop").await;
    let lost = house.usecases.update_ace(&pivotal, USERS, &update).await;
    assert_eq!(refusal(lost), request::missing_permission(Permission::Update));
    let admin = house.usecases.caller(&house.admin, Some(&"shop".parse().unwrap())).await.unwrap();
    house.usecases.update_ace(&admin, USERS, &update).await.unwrap();
    // Where the admins do not hold it, anyone who does may leave it so.
    let ann = house.calls("ann", "shop").await;
    let own = ace(Permission::Grant, "ann", "");
    house.usecases.update_ace(&ann, USERS, &own).await.unwrap();
}

#[tokio::test]
async fn a_name_means_one_who_is_there_or_the_list_stays() {
    let (house, ann) = shop().await;
    house.create_application("blog").await.unwrap();
    house.member("shop", "twin").await;
    house.api_client("shop", "twin").await;
    house.api_client("shop", "eve").await;
    let before = house.usecases.show_acl(&ann, NODES).await.unwrap();
    let either = |actors, groups| ace(Permission::Update, actors, groups);
    let apart = |users, clients| told(Permission::Update, users, clients, "admins");
    let refused: [(AceUpdate, Refusal); 13] = [
        (either("pivotal bogus ann", "admins"), acls::unknown_actors(&["bogus"])),
        (either("x.y bad/name", "admins"), acls::unknown_actors(&["x.y", "bad/name"])),
        (either("twin ann", "bogus"), acls::ambiguous_actors(&["twin"])),
        (either("blog::ann ::ann", ""), acls::scoped_actors(&["blog::ann", "::ann"])),
        (either("ann", "admins bogus"), acls::unknown_groups(&["bogus"])),
        (either("ann", "blog::bogus"), acls::unknown_groups(&["blog::bogus"])),
        (either("ann", "nope::admins"), acls::unknown_groups(&["nope::admins"])),
        (either("ann", "::admins ::a::b"), acls::unknown_groups(&["::admins", "::a::b"])),
        (apart("ann bogus nobody", ""), acls::unknown_users(&["bogus", "nobody"])),
        (apart("ann", "web1 bob"), acls::unknown_clients(&["bob"])),
        (apart("bogus", "bogus"), acls::unknown_users(&["bogus"])),
        (apart("shop::ann", ""), acls::unknown_users(&["shop::ann"])),
        (told(Permission::Update, "", "", "x"), acls::unknown_groups(&["x"])),
    ];
    for (update, expected) in refused {
        let changed = house.usecases.update_ace(&ann, NODES, &update).await;
        assert_eq!(refusal(changed), expected);
    }
    assert_eq!(house.usecases.show_acl(&ann, NODES).await.unwrap(), before);

    for (update, expected) in [
        // Who is no member is not meant, so the API client of that name is.
        (either("eve ann pivotal admin", ""), "eve admin ann pivotal | "),
        // Said to be a user, anyone is.
        (told(Permission::Update, "eve twin", "twin", ""), "twin eve twin | "),
        (either("ann ann", "users users"), "ann | users"),
        (either("", "blog::admins ::server-admins"), " | ::server-admins blog::admins"),
    ] {
        house.usecases.update_ace(&ann, NODES, &update).await.unwrap();
        assert_eq!(shown(&house, &ann, NODES, Permission::Update).await, expected);
    }
}

#[tokio::test]
async fn a_users_list_names_users_and_no_api_clients() {
    let (house, _) = shop().await;
    let ann = house.calls_globally("ann").await;
    for (update, expected) in [
        (ace(Permission::Read, "ann web1", ""), acls::unknown_global_actors(&["web1"])),
        (ace(Permission::Read, "::ann", ""), acls::scoped_actors(&["::ann"])),
        (ace(Permission::Read, "ann", "admins x"), acls::unknown_groups(&["admins", "x"])),
        (told(Permission::Read, "x", "web1", ""), acls::unknown_global_users(&["x"])),
        (told(Permission::Read, "x y", "", ""), acls::unknown_global_users(&["x", "y"])),
        (told(Permission::Read, "ann", "web1", ""), acls::global_clients()),
    ] {
        let changed = house.usecases.update_ace(&ann, ANN, &update).await;
        assert_eq!(refusal(changed), expected);
    }
    // A name without anything before it is one of no application.
    let update = told(Permission::Read, "ann bob", "", "server-admins");
    house.usecases.update_ace(&ann, ANN, &update).await.unwrap();
    assert_eq!(shown(&house, &ann, ANN, Permission::Read).await, "ann bob | ::server-admins");
}

#[tokio::test]
async fn what_is_not_there_has_no_list() {
    let (house, ann) = shop().await;
    for (of, expected) in [
        (AclOf::Object(AclKind::Client, "x"), clients::not_found("x")),
        (AclOf::Object(AclKind::Container, "x"), containers::not_found("x")),
        (AclOf::Object(AclKind::DataBag, "x"), data_bags::bag_not_found("x")),
        (AclOf::Object(AclKind::Node, "x"), nodes::not_found("x")),
        (AclOf::Object(AclKind::Group, "x"), acls::no_such_group("x")),
        (AclOf::Object(AclKind::Group, "../users"), acls::no_such_group("../users")),
    ] {
        assert_eq!(refusal(house.usecases.show_acl(&ann, of).await), expected);
        let update = ace(Permission::Read, "", "");
        assert_eq!(refusal(house.usecases.update_ace(&ann, of, &update).await), expected);
    }
    let hex = house.id(&Scope::Global, Kind::User, "bob").await.to_string();
    let own = AclOf::Object(AclKind::Group, &hex);
    assert_eq!(shown(&house, &ann, own, Permission::Grant).await, "pivotal | admins");
}

#[tokio::test]
async fn of_many_who_change_one_list_none_undoes_another() {
    let (house, ann) = shop().await;
    let tries = Permission::ALL.map(|permission| {
        let (usecases, ann) = (house.usecases.clone(), ann.clone());
        tokio::spawn(async move {
            let update = ace(permission, "ann", "admins");
            usecases.update_ace(&ann, NODES, &update).await
        })
    });
    for one in tries {
        one.await.unwrap().unwrap();
    }
    let view = house.usecases.show_acl(&ann, NODES).await.unwrap();
    for permission in Permission::ALL {
        assert_eq!(line(&view, permission), "ann | admins", "{permission}");
    }
}

#[tokio::test]
async fn the_command_line_gives_and_takes_and_lets_a_superuser_in() {
    let (house, ann) = shop().await;
    let usecases = &house.usecases;
    let jobs = "containers/jobs".parse().unwrap();
    let (bob, deployers) = ("user:bob".parse().unwrap(), "group:deployers".parse().unwrap());
    let create = [Permission::Create];
    let lines = async |caller: &Caller| {
        let lines = usecases.acl_lines(caller, &jobs).await?;
        let said = lines[0].holders.iter().map(ToString::to_string).collect::<Vec<_>>();
        Ok::<_, Error>(said.join(" "))
    };
    assert_eq!(lines(&ann).await.unwrap(), "user:pivotal group:admins");
    let unknown = usecases.grant_permissions(&ann, &jobs, &create, &deployers).await;
    assert_eq!(refusal(unknown), acls::unknown_groups(&["deployers"]));
    usecases.grant_permissions(&ann, &jobs, &create, &bob).await.unwrap();
    assert_eq!(lines(&ann).await.unwrap(), "user:bob user:pivotal group:admins");
    usecases.revoke_permissions(&ann, &jobs, &create, &bob).await.unwrap();
    assert_eq!(lines(&ann).await.unwrap(), "user:pivotal group:admins");

    let admins = "group:admins".parse().unwrap();
    let taken = usecases.revoke_permissions(&ann, &jobs, &Permission::ALL, &admins).await;
    assert_eq!(refusal(taken), acls::admins_keep_grant());
    let refused = lines(&house.calls("bob", "shop").await).await;
    assert_eq!(refusal(refused), request::missing_permission(Permission::Read));

    // A superuser who is in no list may still give and take.
    let pivotal = house.calls("pivotal", "shop").await;
    for holder in ["user:pivotal", "group:admins"] {
        let holder = holder.parse().unwrap();
        usecases.revoke_permissions(&pivotal, &jobs, &Permission::ALL, &holder).await.unwrap();
    }
    assert_eq!(lines(&pivotal).await.unwrap(), "");
    usecases.grant_permissions(&pivotal, &jobs, &Permission::ALL, &admins).await.unwrap();
    assert_eq!(lines(&ann).await.unwrap(), "group:admins");
    let none = usecases.acl_lines(&ann, &"sandwiches/x".parse().unwrap()).await;
    assert_eq!(refusal(none), acls::no_such_kind("sandwiches"));
}
