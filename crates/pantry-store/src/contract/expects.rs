//! A write rests on what was read: if that moved, nothing of it happens.

use super::Database;
use super::samples::{
    add_machine, body, create_app, delete_app, generation, id, object, only, open_app, put, scope,
    whole_ledger, write,
};
use crate::{
    ContentHash, Expect, Family, Generations, Kind, Scope, Store, StoreError, Verb, Write,
};

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

/// A write that rests on where these scopes stand, and would change `bob` and the ledger.
fn resting_on(stand: &[(Scope, Option<Generations>)]) -> Write {
    let mut write = write();
    write.generations =
        stand.iter().map(|(scope, at)| (scope.clone(), Family::Security, *at)).collect();
    write.create(&Scope::Global, Kind::User, "bob", b"new".to_vec());
    write
}

async fn assert_generation_moved(store: &impl Store, write: Write, scope: &Scope) {
    let before = whole_ledger(store, &Scope::Global).await;
    let stand = generation(store, &Scope::Global).await;
    assert_eq!(store.commit(write).await, Err(StoreError::GenerationMoved(scope.clone())));
    assert_eq!(body(store, &Scope::Global, "bob").await, None);
    assert_eq!(whole_ledger(store, &Scope::Global).await, before);
    assert_eq!(generation(store, &Scope::Global).await, stand);
}

/// Whatever else was written; what the write itself moves does not count.
pub async fn of_generations_pass_while_they_stand(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let global = generation(&store, &Scope::Global).await;
    let shop = generation(&store, &scope("shop")).await;
    add_machine(&store, "shop", "web1").await;
    let mut write = resting_on(&[
        (Scope::Global, Some(global)),
        (scope("shop"), Some(shop)),
        (scope("nowhere"), None),
    ]);
    write.enter(&scope("shop"), Verb::Update, Kind::Group, "users", None);
    store.commit(write).await.unwrap();
    assert_eq!(body(&store, &Scope::Global, "bob").await.unwrap(), b"new");
}

/// Before anything else that was expected is looked at.
pub async fn of_generations_fail_when_they_moved(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let global = generation(&store, &Scope::Global).await;
    let shop = generation(&store, &scope("shop")).await;
    store.commit(object(&scope("shop"), Kind::Group, "users", id(1))).await.unwrap();
    let mut write = resting_on(&[(Scope::Global, Some(global)), (scope("shop"), Some(shop))]);
    write.expects.push(Expect {
        scope: Scope::Global,
        kind: Kind::User,
        name: "ada".to_owned(),
        hash: Some(ContentHash::of(b"gone")),
    });
    assert_generation_moved(&store, write, &scope("shop")).await;
}

/// What another family moved does not count.
pub async fn of_generations_are_each_familys_own(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    for kind in [Kind::Role, Kind::Environment, Kind::Group, Kind::Node] {
        let read = generation(&store, &scope("shop")).await;
        let mut entered = write();
        entered.enter(&scope("shop"), Verb::Update, kind, "x", None);
        store.commit(entered).await.unwrap();
        for family in [Family::Security, Family::Environments, Family::Cookbooks] {
            let mut write = write();
            write.generations.push((scope("shop"), family, Some(read)));
            let outcome = store.commit(write).await;
            let stale = kind.family() == Some(family);
            assert_eq!(outcome.is_err(), stale, "{kind:?} {family:?}");
        }
    }
}

/// Which may stand at the same position, and is somebody else's. Nor does it stand where there is
/// none any more.
pub async fn of_generations_fail_for_a_namesake(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let former = generation(&store, &scope("shop")).await;
    store.commit(delete_app("shop")).await.unwrap();
    let write = || resting_on(&[(scope("shop"), Some(former))]);
    assert_generation_moved(&store, write(), &scope("shop")).await;
    open_app(&store, "shop").await;
    assert_eq!(generation(&store, &scope("shop")).await.security, former.security);
    assert_generation_moved(&store, write(), &scope("shop")).await;
}

/// Even if nothing was ever entered there.
pub async fn of_no_application_fail_when_it_is_there(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let write = resting_on(&[(scope("nowhere"), None), (scope("shop"), None)]);
    assert_generation_moved(&store, write, &scope("shop")).await;
}
