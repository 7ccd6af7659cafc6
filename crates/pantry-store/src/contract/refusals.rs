//! The log of refusals: the newest lines, and no more than that.

use pantry_model::Timestamp;
use pantry_model::commands::admin::Refusal;

use super::Database;
use crate::{MAX_REFUSALS, Store};

fn refusal(number: u32) -> Refusal {
    Refusal {
        at: Timestamp(i64::from(number)),
        who: format!("a/shop/i/web{number}"),
        address: "192.0.2.1".to_owned(),
        what: "it said that it was somebody else".to_owned(),
        count: u64::from(number) + 1,
    }
}

fn refusals(numbers: std::ops::Range<u32>) -> Vec<Refusal> {
    numbers.map(refusal).collect()
}

/// As many as were asked for.
pub async fn are_listed_newest_last(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.refusals(9).await.unwrap(), []);
    store.log_refusals(refusals(0..3)).await.unwrap();
    store.log_refusals(refusals(3..5)).await.unwrap();
    store.log_refusals(vec![]).await.unwrap();
    assert_eq!(store.refusals(9).await.unwrap(), refusals(0..5));
    assert_eq!(store.refusals(2).await.unwrap(), refusals(3..5));
    assert_eq!(store.refusals(0).await.unwrap(), []);
}

/// However many come, in small batches or one that is too large by itself.
pub async fn are_bounded(database: &impl Database) {
    let store = database.open().await;
    store.log_refusals(refusals(0..MAX_REFUSALS - 1)).await.unwrap();
    for number in 0..3 {
        let number = MAX_REFUSALS - 1 + number;
        store.log_refusals(refusals(number..number + 1)).await.unwrap();
    }
    assert!(store.refusals(u32::MAX).await.unwrap() == refusals(2..MAX_REFUSALS + 2));
    store.log_refusals(refusals(0..MAX_REFUSALS + 7)).await.unwrap();
    assert!(store.refusals(u32::MAX).await.unwrap() == refusals(7..MAX_REFUSALS + 7));
}
