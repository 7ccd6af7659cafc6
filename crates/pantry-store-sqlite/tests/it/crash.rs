//! Kill -9 in the middle of writing, again and again: what was acknowledged is there, and found.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::sync::Arc;

use pantry_query::{Field, Formula, Key, Leaf, Plan, Sought, Term};
use pantry_store::{Change, Index, Kind, Scope, Store};
use pantry_store_sqlite::SqliteStore;

use crate::child;

const ROUNDS: usize = 25;

/// How many tasks write at once, so that groups form.
const WRITERS: usize = 4;

fn users() -> Index {
    Index::of(&Scope::Global, Kind::User)
}

fn term(key: &str, value: &str) -> Term {
    let key = Key { path: key.to_owned(), leaf: key.to_owned() };
    Term { key, value: value.to_owned() }
}

/// By what a user is found: by itself, and with others.
fn indexed(name: &str) -> Change {
    let new = vec![term("name", name), term("kind", "user")];
    Change::Index { index: users(), name: name.to_owned(), gone: Vec::new(), new }
}

async fn find(store: &SqliteStore, key: &str, sought: Sought) -> BTreeSet<String> {
    let leaf = Leaf { field: Field::Named(key.to_owned()), sought };
    let numbers = store.search(&users(), &Plan::new(vec![leaf], Formula::Leaf(0))).await.unwrap();
    let found = store.found_names(&users(), &numbers).await.unwrap();
    assert_eq!(found.len(), numbers.len());
    found.into_iter().collect()
}

/// Writes until it is killed, and says of each write that it was acknowledged. Names begin with
/// the process id, so that rounds do not get into each other's way.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "an entry for child processes"]
async fn writes_without_end() {
    let store = Arc::new(SqliteStore::open(&child::directory()).unwrap());
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let store = Arc::clone(&store);
        tasks.spawn(async move {
            for number in 0usize.. {
                let name = format!("{}-{writer}-{number}", std::process::id());
                let mut write = child::create(&name, 300 * (number % 20));
                write.changes.push(indexed(&name));
                store.commit(write).await.unwrap();
                let mut out = std::io::stdout().lock();
                writeln!(out, "done {name}").and_then(|()| out.flush()).unwrap();
            }
        });
    }
    tasks.join_all().await;
}

/// Lets a child write, kills it after it has said so many lines, and returns what it had done.
fn write_and_kill(directory: &Path, lines: usize) -> Vec<String> {
    let mut child = child::command("crash::writes_without_end", directory).spawn().unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let done = |line: String| line.split_once("done ").map(|(_, name)| name.to_owned());
    let mut names: Vec<String> = out.by_ref().filter_map(done).take(lines).collect();
    assert_eq!(names.len(), lines, "the child ended by itself");
    child.kill().unwrap();
    // Lines come whole: each is one small write to a pipe.
    names.extend(out.filter_map(done));
    child.wait().unwrap();
    names
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9() {
    let directory = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeSet::new();
    for round in 0..ROUNDS {
        acknowledged.extend(write_and_kill(directory.path(), 1 + round * 7 % 40));

        let store = SqliteStore::open(directory.path()).unwrap();
        let documents = store.documents(&Scope::Global, Kind::User).await.unwrap();
        let there: BTreeSet<String> = documents.into_iter().map(|one| one.name).collect();
        let lost: Vec<_> = acknowledged.difference(&there).collect();
        assert!(lost.is_empty(), "round {round} lost {lost:?}");

        let ledger = store.ledger(&Scope::Global, 0, u32::MAX).await.unwrap();
        let positions = ledger.iter().map(|entry| entry.position);
        assert!(positions.eq(1..=u64::try_from(there.len()).unwrap()), "round {round} has gaps");
        let entered: BTreeSet<String> = ledger.into_iter().map(|entry| entry.name).collect();
        assert_eq!(entered, there, "round {round}");
        let sought = Sought::Exactly("user".to_owned());
        assert_eq!(find(&store, "kind", sought).await, there, "round {round}");
        assert_eq!(find(&store, "name", Sought::Anything).await, there, "round {round}");
        for name in &there {
            let found = find(&store, "name", Sought::Exactly(name.clone())).await;
            assert_eq!(found, [name.clone()].into(), "round {round}");
        }
        // What was done but not said counts from now on.
        acknowledged = there;
    }
}
