//! Contents that nothing holds: found, condemned and forgotten, while others hold what they can.

use std::sync::Arc;

use pantry_model::{Content, Sha256};
use tokio::task::JoinSet;

use super::Database;
use super::contents::{all_held, content, hold, holder};
use super::samples::{only, open_app, put, scope};
use crate::{Change, Kind, Scope, Store, StoreError};

fn sha256s(numbers: &[u32]) -> Vec<Sha256> {
    numbers.iter().map(|number| content(*number).sha256).collect()
}

async fn unheld(store: &impl Store) -> Vec<Sha256> {
    let mut unheld = store.unheld_contents(u32::MAX).await.unwrap();
    unheld.sort_unstable();
    unheld
}

async fn condemn(store: &impl Store, numbers: &[u32]) -> Vec<Sha256> {
    let mut condemned = store.condemn_contents(&sha256s(numbers)).await.unwrap();
    condemned.sort_unstable();
    condemned
}

/// Until they are forgotten; whatever is held is passed over.
pub async fn are_known_until_they_are_forgotten(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let (shop, kind) = (scope("shop"), Kind::Sandbox);
    store.commit(holder(&shop, kind, "a", &[content(1), content(2), content(3)])).await.unwrap();
    store.commit(holder(&shop, kind, "b", &[content(3)])).await.unwrap();
    assert_eq!(unheld(&store).await, []);
    let delete = Change::Delete { scope: shop.clone(), kind, name: "a".to_owned() };
    store.commit(only(delete)).await.unwrap();
    assert_eq!(unheld(&store).await, sha256s(&[1, 2]));
    assert_eq!(store.unheld_contents(1).await.unwrap().len(), 1);

    assert_eq!(condemn(&store, &[3, 2]).await, sha256s(&[2]));
    // Nobody knows whether the one that began has done it.
    assert_eq!(unheld(&store).await, sha256s(&[1, 2]));
    assert_eq!(condemn(&store, &[2, 1, 2]).await, sha256s(&[1, 2]));
    store.forget_contents(&sha256s(&[2, 3])).await.unwrap();
    assert_eq!(unheld(&store).await, sha256s(&[1]));
    assert_eq!(all_held(&store).await, sha256s(&[3]));
    store.forget_contents(&sha256s(&[1, 9])).await.unwrap();
    assert_eq!(unheld(&store).await, []);
    assert_eq!(condemn(&store, &[]).await, []);
}

/// What is forgotten must have been condemned.
pub async fn are_forgotten_after_they_were_condemned(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let (shop, kind) = (scope("shop"), Kind::Sandbox);
    store.commit(holder(&shop, kind, "a", &[content(1)])).await.unwrap();
    let release = Change::Release { scope: shop.clone(), kind, name: "a".to_owned() };
    store.commit(only(release)).await.unwrap();
    store.forget_contents(&sha256s(&[1])).await.unwrap();
    assert_eq!(unheld(&store).await, sha256s(&[1]));
}

/// Until they are forgotten, known ones or not; then they come anew.
pub async fn cannot_be_held(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let (shop, kind) = (scope("shop"), Kind::Sandbox);
    store.commit(holder(&shop, kind, "a", &[content(1)])).await.unwrap();
    let release = Change::Release { scope: shop.clone(), kind, name: "a".to_owned() };
    store.commit(only(release)).await.unwrap();
    assert_eq!(condemn(&store, &[1, 7]).await, sha256s(&[1, 7]));
    for number in [1, 7] {
        let held = [content(3), content(number)];
        let outcome = store.commit(holder(&shop, kind, "b", &held)).await;
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))), "{outcome:?}");
    }
    assert_eq!(store.names(&shop, kind).await.unwrap(), ["a"]);
    assert_eq!(all_held(&store).await, []);
    store.forget_contents(&sha256s(&[1, 7])).await.unwrap();
    let both = [content(1), content(7)];
    store.commit(holder(&shop, kind, "b", &both)).await.unwrap();
    assert_eq!(store.contents_of(&shop, kind, "b").await.unwrap(), both);
    assert_eq!(condemn(&store, &[1, 7]).await, []);
}

/// What was looked up, and is meanwhile gone or something else, is looked up again.
pub async fn are_expected_to_be_held(database: &impl Database) {
    let store = database.open().await;
    for name in ["shop", "yard"] {
        open_app(&store, name).await;
    }
    let (shop, kind) = (scope("shop"), Kind::Sandbox);
    store.commit(holder(&shop, kind, "a", &[content(1), content(2)])).await.unwrap();
    store.commit(holder(&scope("yard"), kind, "a", &[content(3)])).await.unwrap();
    let resting_on = |scope: &Scope, contents: &[Content]| {
        let mut write = holder(&shop, kind, "b", contents);
        write.expect_held(scope, Vec::new());
        write.expect_held(scope, contents.to_vec());
        write
    };
    let gone = |scope: &Scope| Err(StoreError::ContentGone(scope.clone()));
    let mut other = content(2);
    other.sha256.0[0] = 1;
    for contents in [[content(1), content(3)], [other, content(1)]] {
        assert_eq!(store.commit(resting_on(&shop, &contents)).await, gone(&shop));
    }
    let yard = scope("yard");
    assert_eq!(store.commit(resting_on(&yard, &[content(1)])).await, gone(&yard));
    let nowhere = scope("nowhere");
    assert_eq!(store.commit(resting_on(&nowhere, &[content(1)])).await, gone(&nowhere));
    assert_eq!(store.names(&shop, kind).await.unwrap(), ["a"]);
    // What was before the write counts, so it may be let go of and held again.
    let mut again = resting_on(&shop, &[content(2), content(1)]);
    let release = Change::Release { scope: shop.clone(), kind, name: "a".to_owned() };
    again.changes.insert(0, release);
    again.expect_held(&yard, vec![content(3)]);
    store.commit(again).await.unwrap();
    assert_eq!(store.contents_of(&shop, kind, "b").await.unwrap(), [content(1), content(2)]);

    let delete = Change::Delete { scope: shop.clone(), kind, name: "b".to_owned() };
    store.commit(only(delete)).await.unwrap();
    assert_eq!(store.commit(resting_on(&shop, &[content(1)])).await, gone(&shop));
}

/// Either what holds it is there, or it was condemned.
pub async fn are_held_or_condemned(database: &impl Database) {
    const CONTENTS: u32 = 24;
    const HOLDERS: u32 = 6;
    let store = Arc::new(database.open().await);
    for holder in 0..HOLDERS {
        open_app(&*store, &format!("app{holder}")).await;
    }
    let mut holders = JoinSet::new();
    for number in 0..HOLDERS {
        let store = Arc::clone(&store);
        holders.spawn(async move {
            let (scope, kind) = (scope(&format!("app{number}")), Kind::Sandbox);
            let mut refused = 0;
            for first in 1..=CONTENTS {
                // In another order each time, and some of them new.
                let mut held: Vec<Content> = (first..first + 4).map(content).collect();
                held.rotate_left(usize::try_from(number % 4).unwrap());
                match store.commit(holder(&scope, kind, &first.to_string(), &held)).await {
                    Ok(()) => {}
                    Err(StoreError::Unavailable(_)) => refused += 1,
                    other => panic!("{other:?}"),
                }
                let name = first.to_string();
                let gone = Change::Delete { scope: scope.clone(), kind, name };
                if first % 3 != number % 3 {
                    store.commit(only(gone)).await.unwrap();
                }
            }
            refused
        });
    }
    let collector = {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let mut rounds = 0;
            loop {
                let mut contents = store.unheld_contents(9).await.unwrap();
                contents.extend(sha256s(&[rounds % CONTENTS]));
                contents.reverse();
                let condemned = store.condemn_contents(&contents).await.unwrap();
                // Where they are kept, they are deleted now: nothing may hold them.
                let held = all_held(&*store).await;
                assert!(
                    condemned.iter().all(|one| !held.contains(one)),
                    "{condemned:?} of {held:?}"
                );
                store.forget_contents(&condemned).await.unwrap();
                rounds += 1;
                tokio::task::yield_now().await;
            }
        })
    };
    let refused: u32 = holders.join_all().await.into_iter().sum();
    assert!(refused < HOLDERS * CONTENTS, "nothing was ever held");
    collector.abort();
    let ended = collector.await.unwrap_err();
    assert!(ended.is_cancelled(), "{ended}");
    for number in 0..HOLDERS {
        let scope = scope(&format!("app{number}"));
        for name in store.names(&scope, Kind::Sandbox).await.unwrap() {
            let held = store.contents_of(&scope, Kind::Sandbox, &name).await.unwrap();
            assert_eq!(held.len(), 4, "{scope} {name}");
        }
    }
}

/// Of all who mean something else by an MD5, one is right.
pub async fn one_of_many_gives_an_md5_its_meaning(database: &impl Database) {
    const MANY: u8 = 20;
    let store = Arc::new(database.open().await);
    open_app(&*store, "shop").await;
    let (shop, kind) = (scope("shop"), Kind::Sandbox);
    for number in 0..MANY {
        store.commit(only(put(&shop, kind, &number.to_string(), b"{}"))).await.unwrap();
    }
    let mut tasks = JoinSet::new();
    for number in 0..MANY {
        let (store, shop) = (Arc::clone(&store), shop.clone());
        tasks.spawn(async move {
            let mut own = content(1);
            own.sha256.0[0] = number;
            let change = hold(&shop, kind, &number.to_string(), &[own]);
            (own, store.commit(only(change)).await)
        });
    }
    let outcomes = tasks.join_all().await;
    let (held, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(|(_, it)| it.is_ok());
    assert_eq!(held.len(), 1, "{held:?}");
    let is_moved =
        |outcome: &Result<(), StoreError>| matches!(outcome, Err(StoreError::Moved { .. }));
    assert!(refused.iter().all(|(_, outcome)| is_moved(outcome)), "{refused:?}");
    let found = store.contents(&shop, &[content(1).md5]).await.unwrap();
    assert_eq!(found, [Some(held[0].0)]);
}

/// As a client sends them, each to the same sandbox; all are there.
pub async fn many_are_held_at_once_by_one_document(database: &impl Database) {
    const MANY: u32 = 60;
    let store = Arc::new(database.open().await);
    open_app(&*store, "shop").await;
    let (shop, kind) = (scope("shop"), Kind::Sandbox);
    store.commit(only(put(&shop, kind, "s", b"{}"))).await.unwrap();
    let mut tasks = JoinSet::new();
    for number in 0..MANY {
        let (store, shop) = (Arc::clone(&store), shop.clone());
        tasks.spawn(async move {
            let held = [content(1 + number / 2), content(1000)];
            store.commit(only(hold(&shop, kind, "s", &held))).await
        });
    }
    let outcomes = tasks.join_all().await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let expected: Vec<Content> = (1..=MANY / 2).chain([1000]).map(content).collect();
    assert_eq!(store.contents_of(&shop, kind, "s").await.unwrap(), expected);
}
