//! The index is at each moment what the stored objects say, whatever was done to them.

use std::collections::{BTreeMap, BTreeSet};

use pantry_model::chef::clients::ApiClientUpdate;
use pantry_model::chef::{Environment, Node};
use pantry_query::{Field, Formula, Leaf, Plan, Sought, Term};
use pantry_store::{Index, Kind, Scope};
use pantry_usecases::{Caller, terms_of};
use proptest::prelude::*;
use serde_json::json;

use crate::actors::new_client;
use crate::chef::{bag, item, role};
use crate::house::House;
use crate::people::staffed;
use crate::standing::of;

/// Something that is done to an object of one of a few names, with one of a few contents.
#[derive(Clone, Copy, Debug)]
enum Step {
    SaveNode(u8, u8),
    DeleteNode(u8),
    SaveRole(u8, u8),
    DeleteRole(u8),
    SaveEnvironment(u8, u8),
    RenameEnvironment(u8, u8),
    DeleteEnvironment(u8),
    MakeClient(u8),
    RenameClient(u8, u8),
    DeleteClient(u8),
    MakeBag(u8),
    DeleteBag(u8),
    SaveItem(u8, u8, u8),
    DeleteItem(u8, u8),
}

fn step() -> impl Strategy<Value = Step> {
    let (name, other, content) = (0..3_u8, 0..3_u8, 0..4_u8);
    prop_oneof![
        (name.clone(), content.clone()).prop_map(|(n, c)| Step::SaveNode(n, c)),
        name.clone().prop_map(Step::DeleteNode),
        (name.clone(), content.clone()).prop_map(|(n, c)| Step::SaveRole(n, c)),
        name.clone().prop_map(Step::DeleteRole),
        (name.clone(), content.clone()).prop_map(|(n, c)| Step::SaveEnvironment(n, c)),
        (name.clone(), other.clone()).prop_map(|(n, o)| Step::RenameEnvironment(n, o)),
        name.clone().prop_map(Step::DeleteEnvironment),
        name.clone().prop_map(Step::MakeClient),
        (name.clone(), other.clone()).prop_map(|(n, o)| Step::RenameClient(n, o)),
        name.clone().prop_map(Step::DeleteClient),
        name.clone().prop_map(Step::MakeBag),
        name.clone().prop_map(Step::DeleteBag),
        (name.clone(), other.clone(), content).prop_map(|(b, i, c)| Step::SaveItem(b, i, c)),
        (name, other).prop_map(|(b, i)| Step::DeleteItem(b, i)),
    ]
}

/// Does it; what cannot be done, since the object is not there, is refused.
async fn take(house: &House, caller: &Caller, step: Step) {
    let it = &house.usecases;
    let name = |kind: &str, number: u8| format!("{kind}{number}");
    let content = |c: u8| json!({"shared": {"deep": [c / 2, {"x": c % 2}]}, "own": c});
    match step {
        Step::SaveNode(n, c) => {
            let body = json!({
                "name": name("node", n), "normal": content(c), "automatic": content(c / 2),
                "run_list": [name("role[r", c) + "]"],
            });
            let node = Node::read_new(body.to_string().as_bytes()).unwrap();
            if it.create_node(caller, &node).await.is_err() {
                it.update_node(caller, &node).await.unwrap();
            }
        }
        Step::DeleteNode(n) => drop(it.delete_node(caller, &name("node", n)).await),
        Step::SaveRole(n, c) => {
            let role = role(&json!({
                "name": name("role", n), "default_attributes": content(c),
                "env_run_lists": {"_default": ["a"], "prod": [name("b", c)]},
            }));
            if it.create_role(caller, &role).await.is_err() {
                it.update_role(caller, &role).await.unwrap();
            }
        }
        Step::DeleteRole(n) => drop(it.delete_role(caller, &name("role", n)).await),
        Step::SaveEnvironment(n, c) => {
            let environment = environment(&name("env", n), c);
            if it.create_environment(caller, &environment).await.is_err() {
                it.update_environment(caller, &name("env", n), &environment).await.unwrap();
            }
        }
        Step::RenameEnvironment(n, o) => {
            let renamed = environment(&name("env", o), n);
            drop(it.update_environment(caller, &name("env", n), &renamed).await);
        }
        Step::DeleteEnvironment(n) => drop(it.delete_environment(caller, &name("env", n)).await),
        Step::MakeClient(n) => {
            drop(it.create_api_client(caller, &new_client(&name("client", n))).await);
        }
        Step::RenameClient(n, o) => {
            let name_and_more = ApiClientUpdate {
                name: Some(name("client", o).parse().unwrap()),
                validator: Some(n == 2),
                key: None,
            };
            drop(it.update_api_client(caller, &name("client", n), &name_and_more).await);
        }
        Step::DeleteClient(n) => drop(it.delete_api_client(caller, &name("client", n)).await),
        Step::MakeBag(n) => drop(it.create_data_bag(caller, &bag(&name("bag", n))).await),
        Step::DeleteBag(n) => drop(it.delete_data_bag(caller, &name("bag", n)).await),
        Step::SaveItem(b, i, c) => {
            let item = item(&json!({"id": name("item", i), "of": content(c)}));
            if it.create_data_bag_item(caller, &name("bag", b), &item).await.is_err() {
                drop(it.update_data_bag_item(caller, &name("bag", b), &item).await);
            }
        }
        Step::DeleteItem(b, i) => {
            drop(it.delete_data_bag_item(caller, &name("bag", b), &name("item", i)).await);
        }
    }
}

fn environment(name: &str, content: u8) -> Environment {
    let body = json!({"name": name, "default_attributes": {"n": content}});
    Environment::read(body.to_string().as_bytes()).unwrap()
}

/// By which terms the documents of each index ought to be found: the names of those with each.
async fn expected(
    house: &House,
    scope: &Scope,
) -> BTreeMap<Index, BTreeMap<Term, BTreeSet<String>>> {
    let mut all = BTreeMap::<_, BTreeMap<_, BTreeSet<_>>>::new();
    for &kind in Kind::ALL {
        for document in house.usecases.store().documents(scope, kind).await.unwrap() {
            let name = &document.name;
            let index = match name.split_once('/') {
                Some((bag, _)) => Index::under(scope, kind, bag),
                None => Index::of(scope, kind),
            };
            for term in terms_of(scope, kind, name, &document.body).unwrap().into_vec() {
                let terms = all.entry(index.clone()).or_default();
                terms.entry(term).or_default().insert(name.clone());
            }
        }
    }
    all
}

/// What an index finds for one leaf.
async fn found(house: &House, index: &Index, leaf: Leaf) -> BTreeSet<String> {
    let store = house.usecases.store();
    let plan = Plan::new(vec![leaf], Formula::Leaf(0));
    let numbers = store.search(index, &plan).await.unwrap();
    store.found_names(index, &numbers).await.unwrap().into_iter().collect()
}

#[test]
fn whatever_is_done_the_index_says_what_the_objects_say() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let config = ProptestConfig { cases: 8, ..ProptestConfig::default() };
    proptest!(config, |(steps in prop::collection::vec(step(), 1..60))| {
        runtime.block_on(async {
            let house = staffed().await;
            let caller = house.calls("ann", "shop").await;
            let scope = of("shop");
            // Terms that were there once must not be found any more.
            let mut seen = BTreeMap::<Index, BTreeSet<Term>>::new();
            for (number, step) in steps.iter().enumerate() {
                take(&house, &caller, *step).await;
                let all = expected(&house, &scope).await;
                for (index, terms) in &all {
                    seen.entry(index.clone()).or_default().extend(terms.keys().cloned());
                }
                // All of it takes its time, and what was wrong before is wrong at the end as well.
                if number + 1 < steps.len() && number % 10 != 9 {
                    continue;
                }
                for (index, terms) in &seen {
                    for term in terms {
                        let leaf = Leaf {
                            field: Field::Named(term.key.path.clone()),
                            sought: Sought::Exactly(term.value.clone()),
                        };
                        let found = found(&house, index, leaf).await;
                        let of_path = |known: &&Term| {
                            known.value == term.value
                                && (known.key.path == term.key.path || known.key.leaf == term.key.path)
                        };
                        let known = all.get(index).into_iter().flatten();
                        let expected: BTreeSet<String> = known
                            .filter(|(known, _)| of_path(known))
                            .flat_map(|(_, names)| names.iter().cloned())
                            .collect();
                        assert_eq!(found, expected, "{index}: {term:?} after {step:?}");
                    }
                    let leaf = Leaf { field: Field::Any, sought: Sought::Anything };
                    let everything: BTreeSet<String> =
                        all.get(index).into_iter().flatten().flat_map(|(_, names)| names.clone()).collect();
                    assert_eq!(found(&house, index, leaf).await, everything, "{index}");
                }
            }
        });
    });
}
