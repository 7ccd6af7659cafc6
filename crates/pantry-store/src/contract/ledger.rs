//! The ledger of a scope: every change, in order, from 1 without gaps.

use pantry_model::{Principal, Timestamp};

use super::Database;
use super::samples::{
    delete_app, is_gap_free, machine, open_app, scope, user, whole_ledger, write,
};
use crate::{ContentHash, Kind, LedgerEntry, Scope, Store, Verb, Write};

/// Every verb, every kind, with and without an actor and a hash.
pub async fn holds_what_was_entered(database: &impl Database) {
    let store = database.open().await;
    let actors = [None, Some(user("ada")), Some(Principal::Machine(machine("shop", "web1")))];
    let verbs = [Verb::Create, Verb::Update, Verb::Delete];
    let mut expected = Vec::new();
    for (number, &kind) in Kind::ALL.iter().enumerate() {
        let at = Timestamp(i64::try_from(number).unwrap());
        let (actor, verb) = (actors[number % 3].clone(), verbs[number % 3]);
        let hash = (number % 2 == 0).then(|| ContentHash::of(&[0, 255]));
        let mut write = Write::new(actor.clone(), at);
        write.enter(&Scope::Global, verb, kind, "näme", hash);
        store.commit(write).await.unwrap();
        let (position, name) = (u64::try_from(number).unwrap() + 1, "näme".to_owned());
        expected.push(LedgerEntry { position, at, actor, verb, kind, name, hash, closed: None });
    }
    assert_eq!(whole_ledger(&store, &Scope::Global).await, expected);
}

/// Several entries of one write keep their order within their scope.
pub async fn counts_from_one_in_each_scope(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "a").await;
    open_app(&store, "b").await;
    for round in 0..3 {
        let mut write = write();
        for (scope, name) in [(scope("b"), "1"), (scope("a"), "1"), (scope("b"), "2")] {
            let name = format!("{round}{name}");
            write.enter(&scope, Verb::Create, Kind::User, &name, None);
        }
        store.commit(write).await.unwrap();
    }
    for (scope, expected) in [
        (scope("a"), &["01", "11", "21"][..]),
        (scope("b"), &["01", "02", "11", "12", "21", "22"]),
        (Scope::Global, &["a", "b"]),
    ] {
        let ledger = whole_ledger(&store, &scope).await;
        let names: Vec<&str> = ledger.iter().map(|entry| entry.name.as_str()).collect();
        assert!(is_gap_free(&ledger), "{ledger:?}");
        assert_eq!(names, expected, "{scope}");
    }
}

/// Known without reading entries, and of a scope that is not there as well.
pub async fn knows_its_last_position(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.ledger_position(&Scope::Global).await.unwrap(), 0);
    open_app(&store, "shop").await;
    let last = whole_ledger(&store, &Scope::Global).await.last().unwrap().position;
    assert_eq!(store.ledger_position(&Scope::Global).await.unwrap(), last);
    assert_eq!(store.ledger_position(&scope("nowhere")).await.unwrap(), 0);
}

/// Who follows it asks for what came after the last entry seen.
pub async fn is_read_from_a_position_with_a_limit(database: &impl Database) {
    let store = database.open().await;
    let mut write = write();
    for number in 1..=10 {
        write.enter(&Scope::Global, Verb::Create, Kind::User, &number.to_string(), None);
    }
    store.commit(write).await.unwrap();
    for (after, limit, expected) in [
        (0, 3, 1..4),
        (3, 3, 4..7),
        (8, 3, 9..11),
        (10, 3, 0..0),
        (0, 0, 0..0),
        (u64::MAX, 3, 0..0),
    ] {
        let entries = store.ledger(&Scope::Global, after, limit).await.unwrap();
        let positions: Vec<u64> = entries.iter().map(|entry| entry.position).collect();
        assert_eq!(positions, expected.collect::<Vec<u64>>(), "after {after}");
    }
}

/// At the beginning, and where there is no application.
pub async fn is_empty_where_there_is_nothing(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(whole_ledger(&store, &Scope::Global).await, []);
    assert_eq!(whole_ledger(&store, &scope("nowhere")).await, []);
}

/// Of all scopes at once; a scope that is deleted and made again has another number.
pub async fn tells_where_each_stands(database: &impl Database) {
    let store = database.open().await;
    let ends = async || {
        let mut ends = store.ledger_ends().await.unwrap();
        ends.sort_by(|a, b| a.scope.cmp(&b.scope));
        ends
    };
    let before = ends().await;
    assert_eq!((before.len(), &before[0].scope, before[0].position), (1, &Scope::Global, 0));
    open_app(&store, "a").await;
    open_app(&store, "b").await;
    let mut two = write();
    two.enter(&scope("b"), Verb::Create, Kind::Node, "1", None);
    two.enter(&scope("b"), Verb::Create, Kind::Key, "2", None);
    store.commit(two).await.unwrap();
    let first = ends().await;
    let stand: Vec<_> = first.iter().map(|end| (end.scope.clone(), end.position)).collect();
    assert_eq!(stand, [(Scope::Global, 2), (scope("a"), 0), (scope("b"), 2)]);
    assert_eq!(first[0].number, before[0].number);

    store.commit(delete_app("b")).await.unwrap();
    assert!(ends().await.iter().all(|end| end.scope != scope("b")));
    open_app(&store, "b").await;
    let again = ends().await;
    assert_eq!((&again[2].scope, again[2].position), (&scope("b"), 0));
    assert!(first.iter().all(|end| end.number != again[2].number));
    assert_eq!(again[1], first[1]);
}
