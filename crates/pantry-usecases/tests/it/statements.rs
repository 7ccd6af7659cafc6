//! What requests cost, in what the store is asked: it must not grow with what there is.

use std::sync::Arc;
use std::time::{Duration, Instant};

use pantry_model::chef::users::NewUser;
use pantry_model::chef::{AceActors, AceUpdate, GroupUpdate, NewContainer};
use pantry_model::refusals::{request, solving};
use pantry_model::{Acl, ObjectId, Permission, Principal};
use pantry_solver::Item;
use pantry_store::{Change, Kind, Write};
use pantry_usecases::{AclKind, AclOf, Caller};
use serde_json::{Value, json};

use crate::actors::{new_client, new_user};
use crate::chef::{environment, node};
use crate::cookbook_artifacts::{artifact, wanted};
use crate::cookbooks::{cookbook, files};
use crate::counting::{Asked, Counting};
use crate::house::House;
use crate::people::shop;
use crate::standing::{of, refusal};

/// The house, with the application `shop`, its member `bob`, and what its store is asked.
async fn scene() -> (House, Asked) {
    let asked = Asked::default();
    let noted = asked.clone();
    let house = House::over(|store| Arc::new(Counting::new(store, noted))).await;
    house.create_application("shop").await.unwrap();
    let pivotal = house.calls("pivotal", "shop").await;
    // Without a password, which takes its time.
    let bob = NewUser { password: None, ..new_user("bob") };
    house.usecases.create_user(&pivotal, &bob).await.unwrap();
    house.usecases.create_association(&pivotal, &shop(), "bob").await.unwrap();
    (house, asked)
}

/// What a request costs in which a user does this. To ask where the generations stand is no
/// statement for a store that alone writes its database.
macro_rules! cost {
    ($asked:ident, $house:ident, $user:literal, $within:expr, |$caller:ident| $does:expr) => {{
        let principal = Principal::User($user.parse().unwrap());
        let known = $house.usecases.caller(&principal, $within).await.unwrap();
        drop(known);
        $asked.take();
        let $caller = &$house.usecases.caller(&principal, $within).await.unwrap();
        $does.await.unwrap();
        $asked.take()
    }};
}

#[tokio::test]
async fn a_get_costs_the_object_and_at_most_one_statement_more() {
    let (house, asked) = scene().await;
    let usecases = &house.usecases;
    let pivotal = house.calls("pivotal", "shop").await;
    usecases.create_api_client(&pivotal, &new_client("web1")).await.unwrap();
    usecases.create_node(&pivotal, &node("web1", "_default", &[])).await.unwrap();
    let within = Some(&shop());

    let of_node = cost!(asked, house, "bob", within, |bob| usecases.show_node(bob, "web1"));
    assert_eq!(of_node, ["generations", "object"]);
    let of_client = cost!(asked, house, "bob", within, |bob| usecases.show_api_client(bob, "web1"));
    assert_eq!(of_client, ["generations", "object", "actor_keys"]);
    let of_user =
        cost!(asked, house, "pivotal", None, |pivotal| usecases.show_user(pivotal, "bob"));
    assert_eq!(of_user, ["generations", "object", "actor_keys"]);

    // Who has just been looked at is in memory, with the keys.
    let of_itself = cost!(asked, house, "bob", None, |bob| usecases.show_user(bob, "bob"));
    assert_eq!(of_itself, ["generations"; 3]);
    drop(house.client_calls("web1", "shop").await);
    let of_known = cost!(asked, house, "bob", within, |bob| usecases.show_api_client(bob, "web1"));
    assert_eq!(of_known, ["generations"; 3]);
}

#[tokio::test]
async fn an_answer_of_many_cookbooks_costs_as_much_as_one_of_one() {
    let (house, asked) = scene().await;
    let usecases = &house.usecases;
    let pivotal = house.calls("pivotal", "shop").await;
    usecases.create_environment(&pivotal, &environment("prod", "")).await.unwrap();
    house.uploads("shop", &[1, 2]).await;
    let names: Vec<String> = (0..20).map(|number| format!("c{number}")).collect();
    let held = json!({ "recipes": files(&[1, 2]) });
    for name in &names {
        let new = cookbook(name, "1.0.0", &held);
        usecases.put_cookbook(&pivotal, &new, false).await.unwrap();
        usecases.create_cookbook_artifact(&pivotal, &artifact(name, "one", &held)).await.unwrap();
    }
    let within = Some(&shop());
    let items: Vec<Item> = names.iter().map(|name| name.parse().unwrap()).collect();
    for some in [&items[..1], &items, &items] {
        let solved = usecases.solve_in_environment(&pivotal, "prod", some, false).await.unwrap();
        let shown = solved.iter().map(|one| (one.name.to_string(), one.view.links.len()));
        let expected = names.iter().take(some.len()).map(|name| (name.clone(), 2));
        assert!(shown.eq(expected), "{solved:?}");
        let cost = cost!(asked, house, "bob", within, |bob| {
            usecases.solve_in_environment(bob, "prod", some, false)
        });
        let of_it = ["object", "object", "generations", "objects", "documents_with_contents"];
        assert_eq!(cost, [&["generations"], &of_it[..]].concat());
    }
    let many: Value = names.iter().map(|name| (name.clone(), json!("one"))).collect();
    for some in [json!({ "c7": "one" }), many] {
        let wanted = wanted(&some);
        let cost = cost!(asked, house, "bob", within, |bob| {
            usecases.show_cookbook_artifacts(bob, &wanted)
        });
        assert_eq!(cost, ["generations", "objects", "documents_with_contents"]);
    }

    // All that may not be read are named together.
    for name in ["c3", "c11"] {
        house.set_acl(&of("shop"), Kind::Cookbook, name, Acl::default()).await;
    }
    let bob = house.calls("bob", "shop").await;
    let refused = usecases.solve_in_environment(&bob, "prod", &items, false).await;
    let unreadable = ["c3", "c11"].map(str::to_owned).to_vec();
    assert_eq!(refusal(refused.map(drop)), solving::not_readable(unreadable));
}

/// How many groups are in each other.
const GROUPS: usize = 1000;
/// How long anything about them may take. It is much more than it does take.
const PATIENCE: Duration = Duration::from_secs(10);

fn group(number: usize) -> String {
    format!("g{number}")
}

/// Puts each group into the next, and the last into the first; Bob is in the first.
async fn nest(house: &House) {
    let scope = of("shop");
    let bob = house.id_of(Kind::User, "bob").await;
    let mut acl = Acl::default();
    acl.add_to_all(house.id_of(Kind::User, "pivotal").await);
    let id = |number: usize| {
        let mut id = [0xcc; 16];
        id[..8].copy_from_slice(&(number as u64).to_be_bytes());
        ObjectId(id)
    };
    let mut write = Write::new(None, house.usecases.clock().now());
    for number in 0..GROUPS {
        let (name, acl) = (group(number), acl.clone());
        write.create_object(&scope, Kind::Group, &name, id(number), b"{}".to_vec(), acl);
    }
    for number in 0..GROUPS {
        let (of, member) = (id((number + 1) % GROUPS), id(number));
        write.changes.push(Change::AddMember { of, member });
    }
    write.changes.push(Change::AddMember { of: id(0), member: bob });
    house.usecases.store().commit(write).await.unwrap();
}

#[tokio::test]
async fn a_thousand_groups_in_a_circle_are_as_good_as_one() {
    let (house, asked) = scene().await;
    let usecases = &house.usecases;
    nest(&house).await;
    let pivotal = house.calls("pivotal", "shop").await;
    let vault = NewContainer { name: "vault".parse().unwrap() };
    usecases.create_container(&pivotal, &vault).await.unwrap();
    let readers = AceUpdate {
        permission: Permission::Read,
        actors: AceActors::Either(Vec::new()),
        groups: vec![group(GROUPS / 2)],
    };
    let vault = AclOf::Object(AclKind::Container, "vault");
    usecases.update_ace(&pivotal, vault, &readers).await.unwrap();

    let started = Instant::now();
    asked.take();
    let bob = house.calls("bob", "shop").await;
    assert_eq!(usecases.show_container(&bob, "vault").await.unwrap(), "vault");
    // Whoever looks at them all asks once.
    assert_eq!(asked.take(), ["actors", "object"]);
    let bob = house.calls("bob", "shop").await;
    usecases.show_container(&bob, "vault").await.unwrap();
    assert_eq!(asked.take(), ["generations", "object"]);

    let shown = usecases.show_group(&pivotal, "g0").await.unwrap();
    assert_eq!(
        (shown.members.users, shown.members.groups),
        (vec!["bob".to_owned()], vec![group(GROUPS - 1)])
    );
    let of_group =
        cost!(asked, house, "pivotal", Some(&shop()), |pivotal| usecases.show_group(pivotal, "g1"));
    assert_eq!(of_group, ["generations", "object", "members"]);

    // Out of the circle at one place, and he is out of it everywhere.
    update(&house, "g0", GroupUpdate { users: Some(Vec::new()), ..Default::default() }, &asked)
        .await;
    assert!(!may_see(&house).await);
    // Into it at another.
    let users = Some(vec!["bob".to_owned()]);
    update(&house, "g777", GroupUpdate { users, ..Default::default() }, &asked).await;
    assert!(may_see(&house).await);
    // Between where he is in it and where the list names it, it is cut.
    update(&house, "g100", GroupUpdate { groups: Some(Vec::new()), ..Default::default() }, &asked)
        .await;
    assert!(!may_see(&house).await);
    let again = Some(vec!["g99".to_owned(), "g100".to_owned()]);
    update(&house, "g100", GroupUpdate { groups: again, ..Default::default() }, &asked).await;
    assert!(may_see(&house).await, "that a group is in itself as well does no harm");
    assert!(started.elapsed() < PATIENCE, "{:?}", started.elapsed());
}

/// Changes a group, for which the store is asked a few things, however many there are.
async fn update(house: &House, name: &str, update: GroupUpdate, asked: &Asked) {
    let pivotal: Caller = house.calls("pivotal", "shop").await;
    asked.take();
    house.usecases.update_group(&pivotal, name, &update).await.unwrap();
    let asked = asked.take();
    assert!(asked.len() <= 6, "{asked:?}");
}

/// Whether Bob may see the container.
async fn may_see(house: &House) -> bool {
    let bob = house.calls("bob", "shop").await;
    match house.usecases.show_container(&bob, "vault").await {
        Ok(_) => true,
        refused => {
            assert_eq!(refusal(refused), request::missing_permission(Permission::Read));
            false
        }
    }
}

/// What a warm run costs is the same for any number of cookbooks, nodes and items of data bags.
#[tokio::test]
async fn a_run_that_many_machines_have_is_read_once() {
    let (house, asked) = scene().await;
    house.enrol("shop", "web1", "_default", &[], 1).await.unwrap();
    house.enrol("shop", "web2", "_default", &[], 2).await.unwrap();
    house.uploads("shop", &[1]).await;
    let mut costs = Vec::new();
    for round in 0..2 {
        let with = json!({"recipes": files(&[1])});
        for number in 0..10 {
            let name = format!("c{round}{number}");
            house.puts_cookbook("bob", "shop", &name, "1.0.0", with.clone()).await;
            let node = node(&format!("other{name}"), "_default", &[]);
            let bob = house.calls("bob", "shop").await;
            house.usecases.create_node(&bob, &node).await.unwrap();
        }
        let list: Vec<_> = (0..10).map(|number| format!("c{round}{number}")).collect();
        let job = house.asks("shop", json!({"run_list": list})).await;
        house.prepares_job(("shop", "web1"), job).await.unwrap();
        house.prepares_job(("shop", "web2"), job).await.unwrap();
        asked.take();
        house.prepares_job(("shop", "web2"), job).await.unwrap();
        costs.push(asked.take());
    }
    assert_eq!(costs[0], costs[1]);
    assert!(!costs[0].contains(&"documents_with_contents"), "{:?}", costs[0]);
    let statements = costs[0].iter().filter(|asked| **asked != "generations").count();
    assert!(statements <= 8, "{:?}", costs[0]);
}
