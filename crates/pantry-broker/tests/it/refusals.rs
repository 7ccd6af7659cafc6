//! Whoever is turned away is written down, however often and until the end.

use pantry_model::{MessageType, Principal};
use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn who_is_turned_away_is_written_down_and_alike_ones_are_counted() {
    let house = House::new().await;
    let stranger: Principal = "u/admin".parse().unwrap();
    house.knock_with_an_unknown_key(stranger).await;
    // A forged sender.
    let mut web1 = house.web1(1).await;
    web1.claim("a/shop/i/web2".parse().unwrap());
    web1.say(MessageType::Heartbeat, &json!(null)).await;
    web1.ended().await;
    let left = house.close().await;
    let refusals = left.store.refusals(10).await.unwrap();
    let has = |who: &str, what: &str| {
        refusals.iter().any(|line| line.who.contains(who) && line.what.contains(what))
    };
    assert!(has("", "its key is not known here"), "{refusals:?}");
    assert!(has("a/shop/i/web1", "it claimed to be a/shop/i/web2"), "{refusals:?}");
    assert!(refusals.iter().all(|line| line.count > 0 && line.address == "127.0.0.1"));
}
