//! Kill -9 in the middle of a copy, again and again: it goes on, and in the end all is there.

use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;

use pantry_store::transfer::{Filling, Moved, Table, copy, finish, prepare, verify};
use pantry_store::{Kind, Scope, Store};
use pantry_store_sqlite::SqliteStore;

use crate::child;

const ROUNDS: usize = 25;

/// More than are written at once, so that there is a middle to be killed in.
const DOCUMENTS: usize = 12_000;

fn stores(directory: &Path) -> (SqliteStore, SqliteStore) {
    let open = |name: &str| SqliteStore::open(&directory.join(name)).unwrap();
    (open("from"), open("to"))
}

fn filling() -> Filling {
    Filling { server: "k".to_owned(), from: "from".to_owned() }
}

/// Copies, and says how many rows it has come to.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "an entry for child processes"]
async fn copies_and_says_how_far_it_is() {
    let (from, to) = stores(&child::directory());
    prepare(&to, &filling()).await.unwrap();
    let say = |text: &str| {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{text}").and_then(|()| out.flush()).unwrap();
    };
    copy(&from, &to, |progress| {
        if progress.table == Table::Documents && progress.done % 100 == 0 {
            say(&format!("done {}", progress.done));
        }
    })
    .await
    .unwrap();
    say("done all");
}

#[tokio::test]
async fn a_copy_that_is_killed_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let (from, to) = stores(directory.path());
    drop(to);
    for number in 0..DOCUMENTS / 500 {
        let mut write = child::create(&format!("first-{number}"), 10);
        for other in 1..500 {
            let name = format!("{number}-{other}");
            write.create(&Scope::Global, Kind::User, &name, vec![b'x'; other]);
        }
        from.commit(write).await.unwrap();
    }
    drop(from);

    let mut completed = 0;
    for round in 0..ROUNDS {
        let entry = "moving::copies_and_says_how_far_it_is";
        let mut child = child::command(entry, directory.path()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        let lines = 1 + (round * 37) % (DOCUMENTS / 100);
        let said: Vec<String> = out.filter(|line| line.contains("done ")).take(lines).collect();
        assert!(!said.is_empty(), "round {round}: the child did nothing");
        completed += usize::from(said.iter().any(|line| line.contains("all")));
        child.kill().unwrap();
        child.wait().unwrap();

        let (from, to) = stores(directory.path());
        assert_eq!(Filling::of(&to).await.unwrap(), Some(filling()));
        // What is there is right, and the source goes on meanwhile.
        for document in to.documents(&Scope::Global, Kind::User).await.unwrap() {
            let original = from.document(&Scope::Global, Kind::User, &document.name).await;
            assert_eq!(original.unwrap(), Some(document));
        }
        from.commit(child::create(&format!("round-{round}"), round)).await.unwrap();
    }
    assert!(completed < ROUNDS, "no round was killed before its end");

    let (from, to) = stores(directory.path());
    prepare(&to, &filling()).await.unwrap();
    let tallies = copy(&from, &to, |_| {}).await.unwrap();
    let documents = tallies.iter().find(|tally| tally.table == Table::Documents).unwrap();
    assert!(documents.equal > 0, "nothing of the earlier rounds was left: {documents:?}");
    verify(&from, &to, |_| {}).await.unwrap();
    finish(&from, &to, &Moved { to: "to".to_owned() }).await.unwrap();
    let all = DOCUMENTS + ROUNDS;
    assert_eq!(to.count(&Scope::Global, Kind::User).await.unwrap(), all as u64);
    assert_eq!(to.ledger_position(&Scope::Global).await.unwrap(), all as u64);
}
