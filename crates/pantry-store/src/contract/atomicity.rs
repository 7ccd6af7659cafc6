//! A write happens whole or not at all, wherever it fails.

use super::Database;
use super::samples::{
    add_job, add_machine, app, body, create_app, delete_app, job, key, open_app, put, scope, user,
    whole_ledger, write,
};
use crate::{Change, Kind, Scope, Store, StoreError, Verb, Write};

/// A write with something of everything.
fn of_everything() -> Write {
    let mut write = create_app("new");
    let job = add_job(&job("new", 1), &["web1"]);
    write.changes.push(put(&Scope::Global, Kind::User, "ada", b"new"));
    write.changes.push(Change::Delete {
        scope: Scope::Global,
        kind: Kind::User,
        name: "bob".to_owned(),
    });
    write.changes.push(Change::AddKey { key: key(1), owner: user("ada") });
    write.changes.push(Change::RemoveKeys { owner: user("bob") });
    write.changes.extend(job.changes);
    write.entries.extend(job.entries);
    write
}

async fn prepare(store: &impl Store) {
    let mut write = write();
    write.create(&Scope::Global, Kind::User, "bob", b"old".to_vec());
    write.changes.push(Change::AddKey { key: key(2), owner: user("bob") });
    store.commit(write).await.unwrap();
}

async fn assert_untouched(store: &impl Store) {
    assert_eq!(body(store, &Scope::Global, "bob").await.unwrap(), b"old");
    assert_eq!(body(store, &Scope::Global, "ada").await, None);
    assert_eq!(store.curve_keys().await.unwrap(), [(key(2), user("bob"))]);
    assert_eq!(store.jobs(None, 9).await.unwrap(), []);
    assert_eq!(whole_ledger(store, &Scope::Global).await.len(), 1);
    assert_eq!(whole_ledger(store, &scope("new")).await, []);
    assert_eq!(store.document(&Scope::Global, Kind::Application, "new").await.unwrap(), None);
}

/// And the same write passes once its reason to fail is gone.
pub async fn undoes_everything_when_the_last_change_fails(database: &impl Database) {
    let store = database.open().await;
    prepare(&store).await;
    let mut write = of_everything();
    write.changes.push(Change::AddKey { key: key(1), owner: user("carol") });
    assert_eq!(store.commit(write).await, Err(StoreError::KeyTaken));
    assert_untouched(&store).await;

    store.commit(of_everything()).await.unwrap();
    assert_eq!(body(&store, &Scope::Global, "ada").await.unwrap(), b"new");
    assert_eq!(store.curve_keys().await.unwrap(), [(key(1), user("ada"))]);
    assert_eq!(whole_ledger(&store, &Scope::Global).await.len(), 2);
    assert_eq!(whole_ledger(&store, &scope("new")).await.len(), 1);
}

/// Entries come last, so all changes were done.
pub async fn undoes_everything_when_an_entry_fails(database: &impl Database) {
    let store = database.open().await;
    prepare(&store).await;
    let mut write = of_everything();
    write.enter(&scope("gone"), Verb::Update, Kind::User, "x", None);
    assert_eq!(store.commit(write).await, Err(StoreError::NoSuchApplication(app("gone"))));
    assert_untouched(&store).await;
}

/// With all that was in it.
pub async fn brings_a_deleted_application_back(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    add_machine(&store, "shop", "web1").await;
    let mut write = delete_app("shop");
    // A ledger that is deleted by the same write takes no entries.
    write.enter(&scope("shop"), Verb::Delete, Kind::Machine, "web1", None);
    assert_eq!(store.commit(write).await, Err(StoreError::NoSuchApplication(app("shop"))));
    assert_eq!(store.documents(&scope("shop"), Kind::Machine).await.unwrap().len(), 1);
    assert_eq!(whole_ledger(&store, &scope("shop")).await.len(), 1);
    assert_eq!(whole_ledger(&store, &Scope::Global).await.len(), 1);
}
