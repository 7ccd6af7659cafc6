//! When each machine was last heard.

use pantry_model::{Incarnation, Timestamp};

use super::Database;
use super::samples::{add_machine, app, identity, only, open_app, put, scope, sighting};
use crate::{Change, Kind, Sighting, Store};

/// The one that is written later counts, also within one call; a clock may have been set back.
pub async fn replace_each_other(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    add_machine(&store, "shop", "web1").await;
    let first = sighting("shop", "web1", 5);
    store.see(vec![first.clone()]).await.unwrap();
    let seen = store.sightings(&app("shop")).await.unwrap();
    assert_eq!(seen, [(identity("web1"), first)].into());

    let last = Sighting {
        at: Timestamp(4),
        address: "[2001:db8::1]:1".to_owned(),
        version: "0.2.0".to_owned(),
        incarnation: Incarnation(7),
        ..sighting("shop", "web1", 0)
    };
    store.see(vec![sighting("shop", "web1", 9), last.clone()]).await.unwrap();
    // A change of the machine is no reason to forget it.
    store.commit(only(put(&scope("shop"), Kind::Machine, "web1", b"new"))).await.unwrap();
    let seen = store.sightings(&app("shop")).await.unwrap();
    assert_eq!(seen, [(identity("web1"), last)].into());
}

/// The same identity of another application is another machine.
pub async fn are_of_one_application(database: &impl Database) {
    let store = database.open().await;
    for name in ["shop", "shop2"] {
        open_app(&store, name).await;
        add_machine(&store, name, "web1").await;
    }
    store.see(vec![sighting("shop", "web1", 1), sighting("shop2", "web1", 2)]).await.unwrap();
    for (name, at) in [("shop", 1), ("shop2", 2)] {
        let seen = store.sightings(&app(name)).await.unwrap();
        assert_eq!(seen, [(identity("web1"), sighting(name, "web1", at))].into());
    }
    assert!(store.sightings(&app("nowhere")).await.unwrap().is_empty());
}

/// And the others are written down.
pub async fn of_nobody_are_passed_over(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    add_machine(&store, "shop", "web1").await;
    let sightings = vec![
        sighting("nowhere", "web1", 1),
        sighting("shop", "nobody", 1),
        sighting("shop", "web1", 1),
    ];
    store.see(sightings).await.unwrap();
    assert_eq!(store.sightings(&app("shop")).await.unwrap().len(), 1);
    open_app(&store, "nowhere").await;
    add_machine(&store, "nowhere", "web1").await;
    assert!(store.sightings(&app("nowhere")).await.unwrap().is_empty());
}

/// A machine that is enrolled again under an old name has not been heard yet.
pub async fn go_with_their_machine(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    add_machine(&store, "shop", "web1").await;
    store.see(vec![sighting("shop", "web1", 1)]).await.unwrap();
    let (kind, name) = (Kind::Machine, "web1".to_owned());
    store.commit(only(Change::Delete { scope: scope("shop"), kind, name })).await.unwrap();
    // Heard just before, written down just after.
    store.see(vec![sighting("shop", "web1", 2)]).await.unwrap();
    add_machine(&store, "shop", "web1").await;
    assert!(store.sightings(&app("shop")).await.unwrap().is_empty());
}
