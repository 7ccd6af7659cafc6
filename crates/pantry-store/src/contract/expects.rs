//! A write rests on what was read: if that moved, nothing of it happens.

use super::Database;
use super::samples::{body, create_app, only, put, scope, whole_ledger, write};
use crate::{ContentHash, Expect, Kind, Scope, Store, StoreError, Verb, Write};

/// A write that expects this of `ada`, and would change `bob` and the ledger.
fn expecting(hash: Option<&[u8]>) -> Write {
    let mut write = write();
    let (kind, name) = (Kind::User, "ada".to_owned());
    write.expects.push(Expect {
        scope: Scope::Global,
        kind,
        name,
        hash: hash.map(ContentHash::of),
    });
    write.changes.push(put(&Scope::Global, Kind::User, "bob", b"new"));
    write.enter(&Scope::Global, Verb::Create, Kind::User, "bob", Some(ContentHash::of(b"new")));
    write
}

async fn assert_moved(store: &impl Store, write: Write) {
    let (scope, kind, name) = (Scope::Global, Kind::User, "ada".to_owned());
    assert_eq!(store.commit(write).await, Err(StoreError::Moved { scope, kind, name }));
    assert_eq!(body(store, &Scope::Global, "bob").await, None);
    assert_eq!(whole_ledger(store, &Scope::Global).await, []);
}

/// Content and absence alike.
pub async fn pass_when_all_is_as_it_was_read(database: &impl Database) {
    let store = database.open().await;
    store.commit(expecting(None)).await.unwrap();
    store.commit(only(put(&Scope::Global, Kind::User, "ada", b"1"))).await.unwrap();
    store.commit(expecting(Some(b"1"))).await.unwrap();
    assert_eq!(whole_ledger(&store, &Scope::Global).await.len(), 2);
}

/// Somebody else was faster.
pub async fn of_content_fail_when_it_changed(database: &impl Database) {
    let store = database.open().await;
    store.commit(only(put(&Scope::Global, Kind::User, "ada", b"2"))).await.unwrap();
    assert_moved(&store, expecting(Some(b"1"))).await;
}

/// Somebody else deleted it.
pub async fn of_content_fail_when_it_is_gone(database: &impl Database) {
    let store = database.open().await;
    assert_moved(&store, expecting(Some(b"1"))).await;
}

/// Somebody else made it.
pub async fn of_absence_fail_when_it_is_there(database: &impl Database) {
    let store = database.open().await;
    store.commit(only(put(&Scope::Global, Kind::User, "ada", b"1"))).await.unwrap();
    assert_moved(&store, expecting(None)).await;
}

/// So an application and what is first in it can be made in one write.
pub async fn hold_for_an_application_that_is_not_there_yet(database: &impl Database) {
    let store = database.open().await;
    let mut write = create_app("shop");
    write.create(&scope("shop"), Kind::User, "ada", b"1".to_vec());
    store.commit(write).await.unwrap();
    assert_eq!(body(&store, &scope("shop"), "ada").await.unwrap(), b"1");
}

/// What the write itself changes does not count.
pub async fn look_at_what_was_before_the_write(database: &impl Database) {
    let store = database.open().await;
    let mut write = expecting(None);
    write.changes.insert(0, put(&Scope::Global, Kind::User, "ada", b"1"));
    store.commit(write).await.unwrap();
    assert_eq!(body(&store, &Scope::Global, "ada").await.unwrap(), b"1");
}
