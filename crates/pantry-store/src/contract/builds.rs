//! An index is built anew while the one that is there is searched and changed.

use pantry_query::{Field, Formula, Leaf, Plan, Sought};

use super::Database;
use super::samples::{app, create_app, delete_app, only, open_app, scope, write};
use super::terms::{index_nodes, nodes, save, terms};
use crate::search::FORMAT;
use crate::{Change, Index, IndexState, Kind, Store, StoreError};

fn begin(index: &Index) -> Change {
    Change::BeginIndex { index: index.clone() }
}

fn build(index: &Index, name: &str, all: &[&str]) -> Change {
    Change::BuildIndex { index: index.clone(), name: name.to_owned(), terms: terms(all) }
}

fn finish(index: &Index) -> Change {
    Change::FinishIndex { index: index.clone() }
}

async fn find(store: &impl Store, index: &Index, key: &str, value: &str) -> Vec<String> {
    let sought = Sought::Exactly(value.to_owned());
    let leaf = Leaf { field: Field::Named(key.to_owned()), sought };
    let numbers = store.search(index, &Plan::new(vec![leaf], Formula::Leaf(0))).await.unwrap();
    store.found_names(index, &numbers).await.unwrap()
}

/// Until it is finished nobody sees anything of it, and then nobody sees the one before.
pub async fn take_the_place_of_what_was(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let shop = nodes("shop");
    for name in ["one", "two", "three"] {
        store.commit(save(&shop, name, &[], &terms(&["old=1", "both=1"]))).await.unwrap();
    }
    store.commit(only(begin(&shop))).await.unwrap();
    let mut write = write();
    for name in ["one", "two", "three"] {
        write.changes.push(build(&shop, name, &["new=1", "both=1"]));
    }
    store.commit(write).await.unwrap();
    assert_eq!(find(&store, &shop, "old", "1").await, ["one", "two", "three"]);
    assert!(find(&store, &shop, "new", "1").await.is_empty());
    store.commit(only(finish(&shop))).await.unwrap();
    assert!(find(&store, &shop, "old", "1").await.is_empty());
    assert_eq!(find(&store, &shop, "new", "1").await, ["one", "two", "three"]);
    while store.tidy_indexes().await.unwrap() {}
    assert_eq!(find(&store, &shop, "both", "1").await, ["one", "two", "three"]);
}

/// What changes meanwhile is in both, whether the document was reached or not.
pub async fn miss_nothing_that_changes(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let shop = nodes("shop");
    for name in ["reached", "later", "goes"] {
        store.commit(save(&shop, name, &[], &terms(&["a_b=1", "c=1"]))).await.unwrap();
    }
    store.commit(only(begin(&shop))).await.unwrap();
    store.commit(only(build(&shop, "reached", &["a_b=1", "c=1"]))).await.unwrap();
    store.commit(only(build(&shop, "goes", &["a_b=1", "c=1"]))).await.unwrap();
    for name in ["reached", "later"] {
        let change = save(&shop, name, &terms(&["a_b=1"]), &terms(&["a_b=2", "d=1"]));
        store.commit(change).await.unwrap();
    }
    store.commit(save(&shop, "comes", &[], &terms(&["a_b=2"]))).await.unwrap();
    let mut delete = write();
    delete.changes.push(index_nodes(&shop, "goes", &terms(&["a_b=1", "c=1"]), &[]));
    let name = "goes".to_owned();
    delete.changes.push(Change::Delete { scope: shop.scope.clone(), kind: Kind::Node, name });
    store.commit(delete).await.unwrap();
    store.commit(only(build(&shop, "later", &["a_b=2", "c=1", "d=1"]))).await.unwrap();
    for _ in 0..2 {
        assert!(find(&store, &shop, "b", "1").await.is_empty());
        assert_eq!(find(&store, &shop, "b", "2").await, ["reached", "later", "comes"]);
        assert_eq!(find(&store, &shop, "c", "1").await, ["reached", "later"]);
        assert_eq!(find(&store, &shop, "d", "1").await, ["reached", "later"]);
        // The same of the one that was built.
        store.commit(only(finish(&shop))).await.unwrap();
    }
}

/// One that was begun is gone on with, and one that is finished is done with.
pub async fn can_be_gone_on_with(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let shop = nodes("shop");
    store.commit(save(&shop, "one", &[], &terms(&["old=1"]))).await.unwrap();
    for _ in 0..3 {
        store.commit(only(begin(&shop))).await.unwrap();
        store.commit(only(build(&shop, "one", &["new=1"]))).await.unwrap();
    }
    store.commit(only(finish(&shop))).await.unwrap();
    assert_eq!(find(&store, &shop, "new", "1").await, ["one"]);
    // There is none any more, so these do nothing.
    store.commit(only(build(&shop, "one", &["later=1"]))).await.unwrap();
    store.commit(only(finish(&shop))).await.unwrap();
    assert!(find(&store, &shop, "later", "1").await.is_empty());
    assert_eq!(find(&store, &shop, "new", "1").await, ["one"]);
    // Nor is there anything to add of what is not there.
    let (kind, name) = (Kind::Node, "none".to_owned());
    let moved = StoreError::Moved { scope: shop.scope.clone(), kind, name };
    assert_eq!(store.commit(only(build(&shop, "none", &[]))).await, Err(moved));
    let gone = nodes("gone");
    for change in [begin(&gone), build(&gone, "one", &[]), finish(&gone)] {
        let missing = Err(StoreError::NoSuchApplication(app("gone")));
        assert_eq!(store.commit(only(change)).await, missing);
    }
}

/// With the index, and with the application.
pub async fn end_with_what_they_are_of(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let bag = Index::under(&scope("shop"), Kind::DataBagItem, "bag");
    for round in 0..2 {
        store.commit(save(&bag, "bag/one", &[], &terms(&["a=1"]))).await.unwrap();
        store.commit(only(begin(&bag))).await.unwrap();
        store.commit(only(build(&bag, "bag/one", &["a=1"]))).await.unwrap();
        if round == 0 {
            store.commit(only(Change::DropIndex { index: bag.clone() })).await.unwrap();
        } else {
            store.commit(delete_app("shop")).await.unwrap();
            store.commit(create_app("shop")).await.unwrap();
        }
        assert_eq!(store.indexes().await.unwrap(), []);
        while store.tidy_indexes().await.unwrap() {}
    }
    store.commit(save(&bag, "bag/one", &[], &[])).await.unwrap();
    store.commit(only(finish(&bag))).await.unwrap();
    assert!(find(&store, &bag, "a", "1").await.is_empty());
}

/// Each as it stands.
pub async fn are_listed(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(store.indexes().await.unwrap(), []);
    open_app(&store, "shop").await;
    open_app(&store, "empty").await;
    let (shop, empty) = (nodes("shop"), nodes("empty"));
    let bag = Index::under(&shop.scope, Kind::DataBagItem, "bag");
    let state = |index: &Index, format, is_building| IndexState {
        index: index.clone(),
        format,
        is_building,
    };
    store.commit(save(&bag, "bag/one", &[], &terms(&["a=1"]))).await.unwrap();
    store.commit(save(&shop, "one", &[], &[])).await.unwrap();
    store.commit(only(begin(&shop))).await.unwrap();
    store.commit(only(begin(&empty))).await.unwrap();
    let expected = [
        state(&empty, None, true),
        state(&shop, Some(FORMAT), true),
        state(&bag, Some(FORMAT), false),
    ];
    let found = store.indexes().await.unwrap();
    assert_eq!(found, expected);
    assert!(found.iter().map(IndexState::is_current).eq([false, false, true]));
    store.commit(only(finish(&shop))).await.unwrap();
    store.commit(only(finish(&empty))).await.unwrap();
    assert!(store.indexes().await.unwrap().iter().all(IndexState::is_current));
}
