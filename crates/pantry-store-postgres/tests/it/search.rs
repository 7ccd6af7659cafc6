//! Two servers on one database that index the same things.

use std::collections::BTreeSet;
use std::sync::Arc;

use pantry_query::{Field, Formula, Key, Leaf, Plan, Sought, Term};
use pantry_store::contract::Database as _;
use pantry_store::{Change, Index, Kind, Store, Write};
use pantry_store_postgres::PostgresStore;
use tokio::task::JoinSet;

use crate::contract::Fresh;
use crate::place::{open_app, scope, write};

const SERVERS: usize = 2;
const WRITERS: usize = 8;
const SAVES: usize = 25;

fn term(key: &str, value: &str) -> Term {
    let key = Key { path: key.to_owned(), leaf: key.to_owned() };
    Term { key, value: value.to_owned() }
}

fn save(name: &str, gone: Vec<Term>, new: Vec<Term>) -> Write {
    let (index, kind) = (Index::of(&scope("shop"), Kind::Node), Kind::Node);
    let mut write = write();
    let body = b"{}".to_vec();
    write.changes.push(Change::Put { scope: scope("shop"), kind, name: name.to_owned(), body });
    write.changes.push(Change::Index { index, name: name.to_owned(), gone, new });
    write
}

async fn find(store: &PostgresStore, key: &str, value: &str) -> BTreeSet<String> {
    let index = Index::of(&scope("shop"), Kind::Node);
    let sought = Sought::Exactly(value.to_owned());
    let leaf = Leaf { field: Field::Named(key.to_owned()), sought };
    let numbers = store.search(&index, &Plan::new(vec![leaf], Formula::Leaf(0))).await.unwrap();
    store.found_names(&index, &numbers).await.unwrap().into_iter().collect()
}

/// Writers on both, whose saves are gathered with each other, share terms and take them away again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_server_answered_the_other_one_finds() {
    let database = Fresh::new();
    let mut servers = Vec::new();
    for _ in 0..SERVERS {
        servers.push(Arc::new(database.open().await));
    }
    open_app(servers[0].as_ref(), "shop").await;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let (own, other) = (writer % SERVERS, (writer + 1) % SERVERS);
        let (own, other) = (Arc::clone(&servers[own]), Arc::clone(&servers[other]));
        writers.spawn(async move {
            let name = format!("n{writer}");
            let mut before = Vec::new();
            for save_number in 0..SAVES {
                let round = (writer + save_number) % 3;
                let after = vec![
                    term("os", "debian"),
                    term("round", &round.to_string()),
                    term("only", &format!("{writer}-{save_number}")),
                ];
                let new = after.iter().filter(|it| !before.contains(*it)).cloned().collect();
                before.retain(|it| !after.contains(it));
                own.commit(save(&name, before, new)).await.unwrap();
                before = after;
                let only = format!("{writer}-{save_number}");
                assert_eq!(find(&other, "only", &only).await, [name.clone()].into());
                assert!(find(&other, "os", "debian").await.contains(&name));
                assert!(find(&other, "round", &round.to_string()).await.contains(&name));
                let last = (round + 2) % 3;
                assert!(!find(&other, "round", &last.to_string()).await.contains(&name));
            }
        });
    }
    writers.join_all().await;
    for server in &servers {
        assert_eq!(find(server, "os", "debian").await.len(), WRITERS);
        for writer in 0..WRITERS {
            for save_number in 0..SAVES - 1 {
                let only = format!("{writer}-{save_number}");
                assert!(find(server, "only", &only).await.is_empty(), "{only}");
            }
        }
    }
}
