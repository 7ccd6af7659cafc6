//! Generations move when what permissions rest on is changed, and at no other time.

use std::collections::BTreeSet;

use pantry_model::DeliveryState::{Queued, Sent};

use super::Database;
use super::deliveries::step;
use super::samples::{
    add_machine, app, delete_app, generation, id, key, object, only, open_app, put, scope, send,
    sighting, user, whole_ledger, write,
};
use crate::{Change, Family, Generations, Kind, Scope, Store, StoreError, Verb};

const GLOBAL: Scope = Scope::Global;

/// To the entry's position, and only if its kind is of the family.
pub async fn are_the_position_of_the_last_entry(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let shop = scope("shop");
    let first = generation(&store, &shop).await;
    assert_eq!((first.security, first.environments, first.cookbooks), (0, 0, 0));
    let (mut position, mut security, mut environments, mut cookbooks) = (0, 0, 0, 0);
    let verbs = [Verb::Create, Verb::Update, Verb::Delete];
    for verb in verbs {
        for &kind in Kind::ALL {
            let mut write = write();
            write.enter(&shop, verb, kind, "x", None);
            store.commit(write).await.unwrap();
            position += 1;
            match kind.family() {
                Some(Family::Security) => security = position,
                Some(Family::Environments) => environments = position,
                Some(Family::Cookbooks) => cookbooks = position,
                None => {}
            }
            let expected = Generations { scope: first.scope, security, environments, cookbooks };
            assert_eq!(generation(&store, &shop).await, expected, "{verb:?} {kind:?}");
        }
    }
    assert!(security > 0 && environments > 0 && cookbooks > 0);
}

/// Several entries of one write, in any order.
pub async fn move_to_the_last_of_several_entries(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    for (kinds, expected) in [
        (&[Kind::User, Kind::Group, Kind::Job][..], (2, 0)),
        (&[Kind::Job, Kind::Acl], (5, 0)),
        (&[Kind::Invitation, Kind::Node], (5, 0)),
        (&[Kind::Role, Kind::Environment, Kind::Group, Kind::Node], (10, 9)),
    ] {
        let mut write = write();
        for kind in kinds {
            write.enter(&scope("shop"), Verb::Create, *kind, "x", None);
        }
        store.commit(write).await.unwrap();
        let now = generation(&store, &scope("shop")).await;
        assert_eq!((now.security, now.environments), expected, "{kinds:?}");
    }
}

/// A machine, its keys, a job and what becomes of it; and whatever nobody entered.
pub async fn stand_while_machines_work(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let scopes = [GLOBAL, scope("shop")];
    let before = store.generations(&scopes).await.unwrap();
    add_machine(&store, "shop", "web1").await;
    let mut write = write();
    write.add_key(&GLOBAL, key(1), user("ada"));
    store.commit(write).await.unwrap();
    let job = send(&store, "shop", 1, &["web1"]).await;
    store.advance(vec![step(&job, "web1", Queued, Sent, 2)]).await.unwrap();
    store.see(vec![sighting("shop", "web1", 3)]).await.unwrap();
    store.commit(only(put(&scope("shop"), Kind::User, "x", b""))).await.unwrap();
    assert_eq!(store.generations(&scopes).await.unwrap(), before);
}

/// Others stand.
pub async fn are_each_scopes_own(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    open_app(&store, "shop2").await;
    let scopes = [GLOBAL, scope("shop"), scope("shop2")];
    let before = store.generations(&scopes).await.unwrap();
    store.commit(object(&scope("shop"), Kind::Group, "users", id(1))).await.unwrap();
    let after = store.generations(&scopes).await.unwrap();
    assert_eq!((after[0], after[2]), (before[0], before[2]));
    assert_ne!(after[1], before[1]);
    let numbers: BTreeSet<i64> = after.iter().flatten().map(|at| at.scope).collect();
    assert_eq!(numbers.len(), scopes.len());
}

/// As often as they are asked for, and none where there is no application.
pub async fn are_answered_in_order(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.generations(&[scope("shop")]).await.unwrap(), [None]);
    open_app(&store, "shop").await;
    let (global, shop) =
        (generation(&store, &GLOBAL).await, generation(&store, &scope("shop")).await);
    let asked = [scope("shop"), scope("nowhere"), GLOBAL, scope("shop")];
    let found = store.generations(&asked).await.unwrap();
    assert_eq!(found, [Some(shop), None, Some(global), Some(shop)]);
    assert_eq!(store.generations(&[]).await.unwrap(), []);
}

/// So that nothing that was derived from the one is taken for the other's.
pub async fn differ_for_a_namesake(database: &impl Database) {
    let store = database.open().await;
    let mut seen = Vec::new();
    for _ in 0..3 {
        open_app(&store, "shop").await;
        seen.push(generation(&store, &scope("shop")).await);
        store.commit(object(&scope("shop"), Kind::Group, "users", id(1))).await.unwrap();
        seen.push(generation(&store, &scope("shop")).await);
        store.commit(delete_app("shop")).await.unwrap();
        assert_eq!(store.generations(&[scope("shop")]).await.unwrap(), [None]);
    }
    // Also when one write deletes the one and makes the other.
    open_app(&store, "shop").await;
    seen.push(generation(&store, &scope("shop")).await);
    let mut write = delete_app("shop");
    write.changes.push(Change::OpenScope { application: app("shop") });
    store.commit(write).await.unwrap();
    seen.push(generation(&store, &scope("shop")).await);
    for (number, one) in seen.iter().enumerate() {
        assert!(!seen[..number].contains(one), "{one:?} of {seen:?}");
    }
}

/// Wherever it fails.
pub async fn stand_when_a_write_fails(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let scopes = [GLOBAL, scope("shop"), scope("new")];
    let before = store.generations(&scopes).await.unwrap();
    let ledger = whole_ledger(&store, &scope("shop")).await;
    let mut write = write();
    write.changes.push(Change::OpenScope { application: app("new") });
    for scope in &scopes {
        write.enter(scope, Verb::Update, Kind::Group, "users", None);
    }
    let mut early = write.clone();
    early.changes.push(Change::OpenScope { application: app("shop") });
    assert!(matches!(store.commit(early).await, Err(StoreError::Moved { .. })));
    let mut closing = write.clone();
    closing.changes.push(Change::CloseScope { application: app("shop") });
    let outcome = store.commit(closing).await;
    assert_eq!(outcome, Err(StoreError::NoSuchApplication(app("shop"))));
    write.enter(&scope("gone"), Verb::Update, Kind::Group, "users", None);
    let outcome = store.commit(write).await;
    assert_eq!(outcome, Err(StoreError::NoSuchApplication(app("gone"))));

    assert_eq!(store.generations(&scopes).await.unwrap(), before);
    // Nor do they after the next write that passes.
    add_machine(&store, "shop", "web1").await;
    assert_eq!(store.generations(&scopes).await.unwrap(), before);
    assert_eq!(whole_ledger(&store, &scope("shop")).await.len(), ledger.len() + 1);
}
