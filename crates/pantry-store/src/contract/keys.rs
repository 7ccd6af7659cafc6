//! A CURVE key has one owner.

use pantry_model::{CurvePublicKey, Principal};

use super::Database;
use super::samples::{body, key, machine, only, open_app, put, user, whole_ledger, write};
use crate::{Change, Kind, Scope, Store, StoreError, Verb};

fn web1() -> Principal {
    Principal::Machine(machine("shop", "web1"))
}

fn add(number: u8, owner: &Principal) -> Change {
    Change::AddKey { key: key(number), owner: owner.clone() }
}

async fn keys(store: &impl Store) -> Vec<(CurvePublicKey, Principal)> {
    let mut keys = store.curve_keys().await.unwrap();
    keys.sort();
    keys
}

/// Machines' and users', several of one owner too.
pub async fn are_listed_with_their_owners(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(keys(&store).await, []);
    open_app(&store, "shop").await;
    let mut write = write();
    write.changes = vec![add(1, &web1()), add(2, &user("ada")), add(3, &web1())];
    store.commit(write).await.unwrap();
    assert_eq!(keys(&store).await, [(key(1), web1()), (key(2), user("ada")), (key(3), web1())]);
}

/// Also by the one who adds it again; the rest of that write does not happen either.
pub async fn are_taken_by_anyone_who_has_them(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    store.commit(only(add(1, &web1()))).await.unwrap();
    let before = whole_ledger(&store, &Scope::Global).await;
    for owner in [user("ada"), web1()] {
        let mut write = write();
        write.changes = vec![put(&Scope::Global, Kind::User, "ada", b""), add(1, &owner)];
        write.enter(&Scope::Global, Verb::Create, Kind::Key, "ada", None);
        assert_eq!(store.commit(write).await, Err(StoreError::KeyTaken));
    }
    assert_eq!(keys(&store).await, [(key(1), web1())]);
    assert_eq!(body(&store, &Scope::Global, "ada").await, None);
    assert_eq!(whole_ledger(&store, &Scope::Global).await, before);
}

/// All keys of that owner, and nobody's whose name only resembles it.
pub async fn are_removed_for_one_owner_only(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    open_app(&store, "shop2").await;
    let others = [
        Principal::Machine(machine("shop", "web10")),
        Principal::Machine(machine("shop", "WEB1")),
        Principal::Machine(machine("shop2", "web1")),
        user("web1"),
    ];
    let mut write = write();
    write.changes = vec![add(1, &web1()), add(2, &web1())];
    write.changes.extend((3..).zip(&others).map(|(number, owner)| add(number, owner)));
    store.commit(write).await.unwrap();

    store.commit(only(Change::RemoveKeys { owner: web1() })).await.unwrap();
    let left: Vec<Principal> = keys(&store).await.into_iter().map(|(_, owner)| owner).collect();
    assert_eq!(left, others);
    // Once more is no error.
    store.commit(only(Change::RemoveKeys { owner: web1() })).await.unwrap();
}

/// Removed and added again, in this order.
pub async fn can_move_within_one_write(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    store.commit(only(add(1, &web1()))).await.unwrap();
    let mut write = write();
    write.changes = vec![Change::RemoveKeys { owner: web1() }, add(1, &user("ada"))];
    store.commit(write).await.unwrap();
    assert_eq!(keys(&store).await, [(key(1), user("ada"))]);
}

/// And by nobody whose name only resembles it.
pub async fn are_found_by_their_owner(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    open_app(&store, "shop2").await;
    let namesake = Principal::Machine(machine("shop2", "web1"));
    let mut write = write();
    write.changes =
        vec![add(1, &web1()), add(2, &namesake), add(3, &web1()), add(4, &user("web1"))];
    store.commit(write).await.unwrap();
    for (owner, expected) in [
        (web1(), &[key(1), key(3)][..]),
        (namesake, &[key(2)]),
        (user("web1"), &[key(4)]),
        (Principal::Machine(machine("shop", "web10")), &[]),
        (Principal::Machine(machine("nowhere", "web1")), &[]),
    ] {
        let mut found = store.curve_keys_of(&owner).await.unwrap();
        found.sort();
        assert_eq!(found, expected, "{owner}");
    }
}
