//! A write happens whole or not at all, wherever it fails.

use pantry_model::Acl;

use super::Database;
use super::samples::{
    actor_key, add_job, add_machine, app, body, create_app, delete_app, generation, id, job, join,
    key, leave, open_app, put, scope, secure, user, whole_ledger, write,
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
    write.changes.extend(of_objects());
    write.changes.extend(job.changes);
    write.entries.extend(job.entries);
    write
}

/// Every change of objects: of the group `ops`, with `carol` in it and keys of its own, and of
/// `ada`, who becomes one.
fn of_objects() -> Vec<Change> {
    let (scope, kind, name) = (Scope::Global, Kind::Group, "ops".to_owned());
    vec![
        secure(&Scope::Global, Kind::User, "ada", id(3)),
        Change::SetAcl { object: id(1), acl: Acl::default() },
        Change::Rename { scope, kind, name, to: "staff".to_owned() },
        join(id(1), id(3)),
        leave(id(1), id(2)),
        Change::PutActorKey { owner: id(1), key: actor_key("new") },
        Change::DeleteActorKey { owner: id(1), name: "old".to_owned() },
    ]
}

async fn prepare(store: &impl Store) {
    let mut write = write();
    write.create(&Scope::Global, Kind::User, "bob", b"old".to_vec());
    write.changes.push(Change::AddKey { key: key(2), owner: user("bob") });
    for (kind, name, number) in [(Kind::Group, "ops", 1), (Kind::User, "carol", 2)] {
        write.changes.push(put(&Scope::Global, kind, name, b""));
        write.changes.push(secure(&Scope::Global, kind, name, id(number)));
    }
    write.changes.push(join(id(1), id(2)));
    write.changes.push(Change::PutActorKey { owner: id(1), key: actor_key("old") });
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

    let ops = store.object(&Scope::Global, Kind::Group, "ops").await.unwrap().unwrap();
    assert_eq!((ops.id, ops.acl), (id(1), Acl::of_creator(id(1))));
    assert_eq!(store.names(&Scope::Global, Kind::Group).await.unwrap(), ["ops"]);
    assert_eq!(store.places(&[id(3)]).await.unwrap(), [None]);
    let members = store.members(id(1)).await.unwrap();
    assert_eq!(members.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), [id(2)]);
    assert_eq!(store.actor_keys(id(1)).await.unwrap(), [actor_key("old")]);
    assert_eq!(generation(store, &Scope::Global).await.security, 1);
    assert_eq!(store.generations(&[scope("new")]).await.unwrap(), [None]);
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
    assert_eq!(store.names(&Scope::Global, Kind::Group).await.unwrap(), ["staff"]);
    let members = store.members(id(1)).await.unwrap();
    assert_eq!(members.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), [id(3)]);
    assert_eq!(store.actor_keys(id(1)).await.unwrap(), [actor_key("new")]);
    assert_eq!(generation(&store, &Scope::Global).await.security, 2);
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
