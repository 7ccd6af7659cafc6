//! Indexes are built anew while objects change, and whatever ends that.

use std::collections::BTreeSet;
use std::time::Duration;

use pantry_model::chef::Node;
use pantry_model::commands::reindex::Reindexing;
use pantry_model::{Error, Timestamp};
use pantry_query::{Field, Formula, Leaf, Plan, Sought};
use pantry_store::{Change, Index, IndexState, Kind, Write};
use pantry_usecases::{Caller, UseCases};
use serde_json::json;
use tokio::time::{interval, timeout};

use crate::house::{House, app};
use crate::people::staffed;
use crate::standing::of;

const NODES: usize = 60;
const DEADLINE: Duration = Duration::from_secs(60);

fn node(name: &str, content: usize) -> Node {
    let body = json!({"name": name, "normal": {"content": content.to_string(), "same": "x"}});
    Node::read_new(body.to_string().as_bytes()).unwrap()
}

fn name(number: usize) -> String {
    format!("n{number:03}")
}

async fn find(usecases: &UseCases, key: &str, value: &str) -> BTreeSet<String> {
    let (store, index) = (usecases.store(), Index::of(&of("shop"), Kind::Node));
    let sought = Sought::Exactly(value.to_owned());
    let leaf = Leaf { field: Field::Named(key.to_owned()), sought };
    let numbers = store.search(&index, &Plan::new(vec![leaf], Formula::Leaf(0))).await.unwrap();
    let found = store.found_names(&index, &numbers).await.unwrap();
    assert_eq!(found.len(), numbers.len());
    found.into_iter().collect()
}

/// A house with nodes that no search finds, as if there had been none when they were saved.
async fn unsearchable() -> (House, Caller) {
    let house = staffed().await;
    let caller = house.calls("ann", "shop").await;
    for number in 0..NODES {
        house.usecases.create_node(&caller, &node(&name(number), 0)).await.unwrap();
    }
    let mut write = Write::new(None, Timestamp(0));
    let index = Index::of(&of("shop"), Kind::Node);
    write.changes.push(Change::DropIndex { index });
    house.usecases.store().commit(write).await.unwrap();
    assert!(find(&house.usecases, "same", "x").await.is_empty());
    (house, caller)
}

/// Waits until all is built.
async fn built(usecases: &UseCases, house: &House) -> Reindexing {
    let mut often = interval(Duration::from_millis(5));
    let work = async {
        loop {
            often.tick().await;
            let now = usecases.reindexing(&house.admin).await.unwrap();
            if !now.is_at_work && !now.indexes.is_empty() {
                return now;
            }
        }
    };
    timeout(DEADLINE, work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_meanwhile_is_found() {
    let (house, caller) = unsearchable().await;
    let usecases = &house.usecases;
    let keeper = usecases.clone();
    let keeper = tokio::spawn(async move { keeper.keep_indexes().await });
    usecases.reindex(&house.admin, Some(&app("shop"))).await.unwrap();
    for content in 1..4 {
        for number in (0..NODES).step_by(content) {
            usecases.update_node(&caller, &node(&name(number), content)).await.unwrap();
        }
    }
    usecases.delete_node(&caller, &name(7)).await.unwrap();
    usecases.create_node(&caller, &node("new", 3)).await.unwrap();
    let now = built(usecases, &house).await;
    assert!(now.indexes.iter().all(|line| line.is_built && line.done == line.objects), "{now:?}");
    assert_eq!(now.error, None);
    let mut expected: Vec<BTreeSet<String>> = vec![BTreeSet::new(); 4];
    for number in (0..NODES).filter(|number| *number != 7) {
        let last = (1..4).rev().find(|content| number % content == 0).unwrap();
        expected[last].insert(name(number));
    }
    expected[3].insert("new".to_owned());
    for (content, expected) in expected.iter().enumerate() {
        assert_eq!(&find(usecases, "content", &content.to_string()).await, expected, "{content}");
    }
    assert_eq!(find(usecases, "same", "x").await.len(), NODES);
    keeper.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_interrupted_goes_on_when_the_server_starts_again() {
    let (house, caller) = unsearchable().await;
    let usecases = &house.usecases;
    let keeper = usecases.clone();
    let keeper = tokio::spawn(async move { keeper.keep_indexes().await });
    usecases.reindex(&house.admin, None).await.unwrap();
    built(usecases, &house).await;
    keeper.abort();
    assert_eq!(find(usecases, "same", "x").await.len(), NODES);

    for round in 0..6 {
        // A server that begins, and is ended in the middle of it.
        let first = house.beside();
        let keeper = first.clone();
        let keeper = tokio::spawn(async move { keeper.keep_indexes().await });
        // What it has found half done it does anyway.
        let _ = first.reindex(&house.admin, Some(&app("shop"))).await;
        for _ in 0..round * 2 {
            first.reindexing(&house.admin).await.unwrap();
        }
        keeper.abort();
        let _ = keeper.await;
        // Everything is found as if nothing were going on.
        let changed = name(round);
        usecases.update_node(&caller, &node(&changed, 100 + round)).await.unwrap();
        let value = (100 + round).to_string();
        assert_eq!(find(usecases, "content", &value).await, [changed.clone()].into());
        assert_eq!(find(usecases, "same", "x").await.len(), NODES, "{round}");
    }

    let index = Index::of(&of("shop"), Kind::Node);
    let mut write = Write::new(None, Timestamp(0));
    write.changes.push(Change::BeginIndex { index });
    usecases.store().commit(write).await.unwrap();
    let last = house.beside();
    let keeper = last.clone();
    let keeper = tokio::spawn(async move { keeper.keep_indexes().await });
    built(&last, &house).await;
    keeper.abort();
    let states = usecases.store().indexes().await.unwrap();
    assert!(states.iter().all(IndexState::is_current), "{states:?}");
    assert_eq!(find(usecases, "same", "x").await.len(), NODES);
    for round in 0..6 {
        assert_eq!(find(usecases, "content", &(100 + round).to_string()).await.len(), 1);
    }
}

#[tokio::test]
async fn only_superusers_may_have_it_done() {
    let house = staffed().await;
    let refused = house.usecases.reindex(&house.outsider, None).await;
    assert!(matches!(refused, Err(Error::Forbidden { .. })), "{refused:?}");
    let refused = house.usecases.reindexing(&house.outsider).await;
    assert!(matches!(refused, Err(Error::Forbidden { .. })), "{refused:?}");
    let unknown = house.usecases.reindex(&house.admin, Some(&app("nowhere"))).await;
    assert!(matches!(unknown, Err(Error::UnknownApplication(_))), "{unknown:?}");
}
