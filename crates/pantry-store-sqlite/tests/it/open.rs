//! Opening and closing: one process at a time, private files, and what was queued is done.

use std::future::Future as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use std::task::{Context, Waker};

use pantry_store::{Kind, Scope, Store, StoreError};
use pantry_store_sqlite::{DATABASE_FILE, LOCK_FILE, OpenError, SqliteStore};

use crate::child::create;

fn open_error(directory: &Path) -> OpenError {
    match SqliteStore::open(directory) {
        Ok(_) => panic!("it was opened"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_second_server_is_told_who_is_there_and_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(directory.path()).unwrap();
    let error = open_error(directory.path());
    let text = error.to_string();
    let process = std::process::id();
    assert!(matches!(error, OpenError::InUse { process: Some(id), .. } if id == process), "{text}");
    assert!(text.contains(&directory.path().display().to_string()), "{text}");
    assert!(text.contains(&format!("process {process}")) && text.contains("stop it"), "{text}");
    drop(store);
    SqliteStore::open(directory.path()).unwrap();
}

#[tokio::test]
async fn nobody_else_may_read_its_files() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("not/there/yet");
    let modes = || {
        let files = std::fs::read_dir(&directory).unwrap().map(|file| {
            let file = file.unwrap();
            let mode = file.metadata().unwrap().permissions().mode() & 0o777;
            (file.file_name().into_string().unwrap(), mode)
        });
        let mut files: Vec<_> = files.collect();
        files.sort();
        files
    };
    let expected = [DATABASE_FILE, "pantry.db-shm", "pantry.db-wal", LOCK_FILE]
        .map(|name| (name.to_owned(), 0o600));

    let store = SqliteStore::open(&directory).unwrap();
    store.commit(create("ada", 1)).await.unwrap();
    assert_eq!(modes(), expected);
    drop(store);

    // As after a restore by somebody careless.
    let loose = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(directory.join(DATABASE_FILE), loose).unwrap();
    let store = SqliteStore::open(&directory).unwrap();
    store.commit(create("bob", 1)).await.unwrap();
    assert_eq!(modes(), expected);
}

#[tokio::test]
async fn what_is_queued_is_done_before_it_closes() {
    let directory = tempfile::tempdir().unwrap();
    let store = Arc::new(SqliteStore::open(directory.path()).unwrap());
    let mut context = Context::from_waker(Waker::noop());
    for number in 0..100 {
        // Asked for, and then nobody waits for the answer.
        let mut commit = std::pin::pin!(store.commit(create(&format!("user{number}"), 100)));
        let _ = commit.as_mut().poll(&mut context);
    }
    drop(store);
    let store = SqliteStore::open(directory.path()).unwrap();
    assert_eq!(store.documents(&Scope::Global, Kind::User).await.unwrap().len(), 100);
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join(DATABASE_FILE);
    let content = b"something else entirely ".repeat(100);
    std::fs::write(&path, &content).unwrap();
    let error = open_error(directory.path());
    assert!(matches!(error, OpenError::Store(StoreError::Broken(_))), "{error}");
    assert!(error.to_string().contains("pantry.db is damaged, restore a backup"), "{error}");
    assert!(std::fs::read(&path).unwrap() == content);
}

#[tokio::test]
async fn a_database_of_a_newer_pantry_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    drop(SqliteStore::open(directory.path()).unwrap());
    let database = rusqlite::Connection::open(directory.path().join(DATABASE_FILE)).unwrap();
    database.pragma_update(None, "user_version", 99).unwrap();
    let error = open_error(directory.path());
    let newer = OpenError::Store(StoreError::NewerSchema { found: 99, known: 6 });
    assert_eq!(error.to_string(), newer.to_string());
}

#[tokio::test]
async fn a_directory_that_cannot_be_used_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    let text = open_error(&file.join("store")).to_string();
    assert!(text.starts_with(&format!("cannot use {}/store: ", file.display())), "{text}");
}
