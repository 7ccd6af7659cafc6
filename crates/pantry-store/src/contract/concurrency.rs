//! Any number of tasks at once.

use std::sync::Arc;

use pantry_model::DeliveryState::{Queued, Sent};
use tokio::task::JoinSet;

use super::Database;
use super::deliveries::step;
use super::output::{batch, chunks};
use super::samples::{
    body, generation, identity, is_gap_free, open_app, put, scope, send, whole_ledger, write,
};
use crate::{ContentHash, Family, Kind, Scope, Store, StoreError, Verb, Write};

const MANY: u64 = 50;

/// Does this as many times at once, and returns what came of each.
async fn at_once<S, F, R>(store: &Arc<S>, each: impl Fn(Arc<S>, u64) -> F) -> Vec<R>
where
    F: Future<Output = R> + Send + 'static,
    R: Send + 'static,
{
    let mut tasks = JoinSet::new();
    for number in 0..MANY {
        tasks.spawn(each(Arc::clone(store), number));
    }
    tasks.join_all().await
}

/// Makes a user of this name in these scopes.
fn create(name: &str, scopes: &[Scope]) -> Write {
    let mut write = write();
    for scope in scopes {
        write.create(scope, Kind::User, name, name.as_bytes().to_vec());
    }
    write
}

/// Every commit has its place in each of its ledgers, and no place is empty.
pub async fn ledgers_have_no_gaps(database: &impl Database) {
    let store = Arc::new(database.open().await);
    open_app(&*store, "shop").await;
    let outcomes = at_once(&store, |store, number| async move {
        let scopes = [scope("shop"), Scope::Global];
        let wanted = if number % 5 == 0 { &scopes[..] } else { &scopes[..1] };
        store.commit(create(&format!("user{number}"), wanted)).await
    })
    .await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    for (scope, entries) in [(scope("shop"), MANY), (Scope::Global, MANY / 5 + 1)] {
        let ledger = whole_ledger(&*store, &scope).await;
        assert!(is_gap_free(&ledger), "{scope}: {ledger:?}");
        assert_eq!(u64::try_from(ledger.len()).unwrap(), entries, "{scope}");
    }
}

/// Whatever else the backend does in the same moment.
pub async fn one_failure_fails_only_itself(database: &impl Database) {
    let store = Arc::new(database.open().await);
    let outcomes = at_once(&store, |store, number| async move {
        let mut write = create(&format!("user{number}"), &[Scope::Global]);
        if number % 3 == 0 {
            write.changes.push(put(&scope("nowhere"), Kind::User, "x", b""));
        }
        (number, store.commit(write).await)
    })
    .await;
    for (number, outcome) in &outcomes {
        let found = body(&*store, &Scope::Global, &format!("user{number}")).await;
        assert_eq!(outcome.is_ok(), number % 3 != 0, "{number}: {outcome:?}");
        assert_eq!(found.is_some(), outcome.is_ok(), "{number}");
    }
    let ledger = whole_ledger(&*store, &Scope::Global).await;
    assert!(is_gap_free(&ledger), "{ledger:?}");
    assert_eq!(ledger.len(), outcomes.iter().filter(|(_, outcome)| outcome.is_ok()).count());
}

/// The others are told that it has appeared meanwhile.
pub async fn one_of_many_makes_a_name(database: &impl Database) {
    let store = Arc::new(database.open().await);
    let outcomes =
        at_once(
            &store,
            |store, _| async move { store.commit(create("ada", &[Scope::Global])).await },
        )
        .await;
    let (made, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(made.len(), 1);
    assert!(refused.iter().all(|one| matches!(one, Err(StoreError::Moved { .. }))), "{refused:?}");
    assert_eq!(whole_ledger(&*store, &Scope::Global).await.len(), 1);
}

/// So nothing is published twice for the first time.
pub async fn one_of_many_advances_a_delivery(database: &impl Database) {
    let store = Arc::new(database.open().await);
    open_app(&*store, "shop").await;
    let job = send(&*store, "shop", 1, &["a"]).await;
    let outcomes = at_once(&store, |store, _| {
        let step = step(&job, "a", Queued, Sent, 2);
        async move { store.advance(vec![step]).await.unwrap()[0] }
    })
    .await;
    assert_eq!(outcomes.iter().filter(|done| **done).count(), 1);
}

/// However often, and in whatever pieces, it is sent.
pub async fn output_is_appended_once(database: &impl Database) {
    let store = Arc::new(database.open().await);
    open_app(&*store, "shop").await;
    let job = send(&*store, "shop", 1, &["a"]).await;
    at_once(&store, |store, number| {
        let batch = batch(&job, "a", number / 2..number / 2 + 3);
        async move { store.append_output(vec![batch]).await.unwrap() }
    })
    .await;
    let found = store.output(job.id, &identity("a"), 0, usize::MAX).await.unwrap();
    let there = u64::try_from(found.len()).unwrap();
    assert!(there >= 3, "{there} chunks");
    assert_eq!(found, chunks(0..there));
}

/// Nobody waits for somebody who waits for him.
pub async fn writes_to_the_same_scopes_in_any_order_end(database: &impl Database) {
    let store = Arc::new(database.open().await);
    let names = ["a", "b", "c"];
    for name in names {
        open_app(&*store, name).await;
    }
    let outcomes = at_once(&store, |store, number| async move {
        let mut scopes = [scope(names[0]), scope(names[1]), scope(names[2]), Scope::Global];
        scopes.rotate_left(usize::try_from(number % 4).unwrap());
        store.commit(create(&format!("user{number}"), &scopes)).await
    })
    .await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    for name in names {
        let ledger = whole_ledger(&*store, &scope(name)).await;
        assert!(is_gap_free(&ledger), "{name}: {ledger:?}");
        assert_eq!(u64::try_from(ledger.len()).unwrap(), MANY);
    }
}

/// While others write and read.
pub async fn a_read_sees_what_was_acknowledged(database: &impl Database) {
    let store = Arc::new(database.open().await);
    at_once(&store, |store, number| async move {
        let name = format!("user{number}");
        for round in 0..5u8 {
            let mut write = write();
            write.changes.push(put(&Scope::Global, Kind::User, &name, &[round]));
            let hash = Some(ContentHash::of(&[round]));
            write.enter(&Scope::Global, Verb::Update, Kind::User, &name, hash);
            store.commit(write).await.unwrap();
            assert_eq!(body(&*store, &Scope::Global, &name).await.unwrap(), [round]);
        }
    })
    .await;
}

/// To a read that began after the answer, and for good: nobody sees them go back.
pub async fn generations_show_what_was_acknowledged(database: &impl Database) {
    let store = Arc::new(database.open().await);
    at_once(&store, |store, number| async move {
        let (name, mut last) = (format!("app{number}"), 0);
        open_app(&*store, &name).await;
        for round in 1..=5 {
            let mut write = write();
            write.enter(&scope(&name), Verb::Update, Kind::Group, "users", None);
            write.enter(&Scope::Global, Verb::Update, Kind::Group, "staff", None);
            store.commit(write).await.unwrap();
            assert_eq!(generation(&*store, &scope(&name)).await.security, round);
            let global = generation(&*store, &Scope::Global).await.security;
            assert!(global > last, "{global} after {last}");
            last = global;
        }
    })
    .await;
    assert_eq!(generation(&*store, &Scope::Global).await.security, MANY * 6);
}

/// Of all who decide on the same state one is right, in every round; and the others know.
pub async fn one_of_many_decides_on_a_generation(database: &impl Database) {
    const ROUNDS: u64 = 5;
    let store = Arc::new(database.open().await);
    open_app(&*store, "shop").await;
    for round in 1..=ROUNDS {
        let read = generation(&*store, &scope("shop")).await;
        let outcomes = at_once(&store, |store, number| async move {
            let mut write = write();
            write.generations.push((scope("shop"), Family::Security, Some(read)));
            write.create(&scope("shop"), Kind::User, &format!("{round}-{number}"), Vec::new());
            store.commit(write).await
        })
        .await;
        let (done, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!(done.len(), 1, "round {round}");
        let moved = Err(StoreError::GenerationMoved(scope("shop")));
        assert!(refused.iter().all(|one| *one == moved), "{refused:?}");
        assert_eq!(generation(&*store, &scope("shop")).await.security, round);
        let there = store.count(&scope("shop"), Kind::User).await.unwrap();
        assert_eq!(there, round);
    }
    let ledger = whole_ledger(&*store, &scope("shop")).await;
    assert!(is_gap_free(&ledger), "{ledger:?}");
    assert_eq!(u64::try_from(ledger.len()).unwrap(), ROUNDS);
}
