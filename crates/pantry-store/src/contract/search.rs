//! What was written down of a document finds it, at once and in its own index.

use pantry_query::{
    Bound, Field, Formula, Leaf, MAX_TERM_BYTES, Part, Pattern, Plan, Range, Sought,
};

use super::Database;
use super::samples::{app, create_app, delete_app, names, only, open_app, put, scope, write};
use super::terms::{index_nodes, nodes, save, term, terms};
use crate::{Change, Index, Kind, Store, StoreError};

fn named(name: &str) -> Field {
    Field::Named(name.to_owned())
}

/// A leaf for an exact value.
fn exact(key: &str, value: &str) -> Leaf {
    Leaf { field: named(key), sought: Sought::Exactly(value.to_owned()) }
}

fn pattern(parts: &[&str]) -> Pattern {
    let part = |text: &&str| match *text {
        "*" => Part::Any,
        "?" => Part::One,
        text => Part::Text(text.to_owned()),
    };
    Pattern::new(parts.iter().map(part)).unwrap()
}

fn within(key: &str, from: Bound, to: Bound) -> Leaf {
    Leaf { field: named(key), sought: Sought::Within(Range { from, to }) }
}

fn plan(leaf: Leaf) -> Plan {
    Plan::new(vec![leaf], Formula::Leaf(0))
}

/// The names of what a plan finds.
async fn find(store: &impl Store, index: &Index, plan: &Plan) -> Vec<String> {
    let numbers = store.search(index, plan).await.unwrap();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    let found = store.found_names(index, &numbers).await.unwrap();
    assert_eq!(found.len(), numbers.len(), "{plan:?}");
    found
}

async fn finds(store: &impl Store, index: &Index, leaf: Leaf, expected: &[&str]) {
    let shown = format!("{leaf:?} in {index}");
    let mut found = find(store, index, &plan(leaf)).await;
    found.sort_unstable();
    assert_eq!(found, expected, "{shown}");
}

/// By path and by leaf, and by nothing else.
pub async fn finds_what_was_saved(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let shop = nodes("shop");
    store
        .commit(save(&shop, "web1", &[], &terms(&["os_name=debian", "os_version=13"])))
        .await
        .unwrap();
    for (key, value, expected) in [
        ("os_name", "debian", &["web1"][..]),
        ("name", "debian", &["web1"]),
        ("version", "13", &["web1"]),
        ("os_version", "13", &["web1"]),
        ("os", "debian", &[]),
        ("os_name", "13", &[]),
        ("name", "Debian", &[]),
        ("name", "debia", &[]),
        ("", "", &[]),
    ] {
        finds(&store, &shop, exact(key, value), expected).await;
    }
    // What a write that fails would have said is not.
    let mut fails = save(&shop, "web2", &[], &terms(&["os_name=debian"]));
    fails.expect(&shop.scope, Kind::Node, "web3", Some(crate::ContentHash([0; 32])));
    store.commit(fails).await.unwrap_err();
    finds(&store, &shop, exact("name", "debian"), &["web1"]).await;
}

/// What is gone is, what is new is, and what was not named stays.
pub async fn follows_what_changes(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let shop = nodes("shop");
    let before = terms(&["a=1", "b_x=2", "b_x=3", "c=4"]);
    store.commit(save(&shop, "one", &[], &before)).await.unwrap();
    let (gone, new) = (terms(&["a=1", "b_x=2", "never=there"]), terms(&["d=5", "b_x=3", "a=7"]));
    store.commit(save(&shop, "one", &gone, &new)).await.unwrap();
    for (key, value, is_found) in [
        ("a", "1", false),
        ("a", "7", true),
        ("b_x", "2", false),
        ("b_x", "3", true),
        ("c", "4", true),
        ("d", "5", true),
        ("never", "there", false),
    ] {
        let expected: &[&str] = if is_found { &["one"] } else { &[] };
        finds(&store, &shop, exact(key, value), expected).await;
    }
    // Keys without values are none.
    store.commit(save(&shop, "one", &terms(&["a=7"]), &[])).await.unwrap();
    let anything = |key: &str| Leaf { field: named(key), sought: Sought::Anything };
    finds(&store, &shop, anything("a"), &[]).await;
    finds(&store, &shop, anything("x"), &["one"]).await;
}

/// Whoever has it is found, until the last one has it no more.
pub async fn finds_all_that_share_a_value(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let shop = nodes("shop");
    let os = terms(&["os=debian"]);
    for name in ["one", "two", "three"] {
        store.commit(save(&shop, name, &[], &os)).await.unwrap();
    }
    finds(&store, &shop, exact("os", "debian"), &["one", "three", "two"]).await;
    let mut delete = write();
    delete.changes.push(index_nodes(&shop, "two", &os, &[]));
    let name = "two".to_owned();
    delete.changes.push(Change::Delete { scope: shop.scope.clone(), kind: Kind::Node, name });
    store.commit(delete).await.unwrap();
    finds(&store, &shop, exact("os", "debian"), &["one", "three"]).await;
    for name in ["one", "three"] {
        store.commit(save(&shop, name, &os, &[])).await.unwrap();
    }
    finds(&store, &shop, exact("os", "debian"), &[]).await;
    store.commit(save(&shop, "one", &[], &os)).await.unwrap();
    finds(&store, &shop, exact("os", "debian"), &["one"]).await;
}

/// So many that they do not fit into one row, and back again.
pub async fn finds_thousands(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let shop = nodes("shop");
    let of = |number: usize| {
        terms(&["os=debian", &format!("id={number}"), &format!("odd={}", number % 2)])
    };
    let all: Vec<String> = (0..5000).map(|number| format!("n{number:04}")).collect();
    for (part, chunk) in all.chunks(250).enumerate() {
        let mut write = write();
        for (number, name) in (part * 250..).zip(chunk) {
            write.changes.extend(save(&shop, name, &[], &of(number)).changes);
        }
        store.commit(write).await.unwrap();
    }
    let both = Plan::new(
        vec![exact("os", "debian"), exact("odd", "1"), exact("id", "17")],
        Formula::And(vec![
            Formula::Leaf(0),
            Formula::Leaf(1),
            Formula::Not(Box::new(Formula::Leaf(2))),
        ]),
    );
    let odd = find(&store, &shop, &both).await;
    let expected = all.iter().enumerate().filter(|(number, _)| number % 2 == 1 && *number != 17);
    assert!(odd.iter().eq(expected.map(|(_, name)| name)), "{} of them", odd.len());
    let every = find(&store, &shop, &plan(exact("os", "debian"))).await;
    assert_eq!(every, all);
    let by_id = Leaf { field: named("id"), sought: Sought::Matching(pattern(&["4", "*"])) };
    assert_eq!(find(&store, &shop, &plan(by_id)).await.len(), 1111);

    for chunk in all.chunks(250).skip(1) {
        let mut write = write();
        for name in chunk {
            write.changes.push(index_nodes(&shop, name, &terms(&["os=debian"]), &[]));
        }
        store.commit(write).await.unwrap();
    }
    assert_eq!(find(&store, &shop, &plan(exact("os", "debian"))).await, all[..250]);
}

/// Only what is there has terms, and only where there is an application.
pub async fn refuses_what_is_not_there(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let (shop, gone) = (nodes("shop"), nodes("gone"));
    let (kind, name) = (Kind::Node, "none".to_owned());
    let moved = StoreError::Moved { scope: shop.scope.clone(), kind, name };
    let change = only(index_nodes(&shop, "none", &[], &terms(&["a=1"])));
    assert_eq!(store.commit(change).await, Err(moved));
    let missing = Err(StoreError::NoSuchApplication(app("gone")));
    let change = only(index_nodes(&gone, "none", &[], &terms(&["a=1"])));
    assert_eq!(store.commit(change).await, missing);
    assert_eq!(store.commit(only(Change::DropIndex { index: gone.clone() })).await, missing);
    let everything = Plan::new(Vec::new(), Formula::All);
    for index in [&shop, &gone] {
        assert!(store.search(index, &everything).await.unwrap().is_empty());
        assert!(store.search(index, &plan(exact("a", "1"))).await.unwrap().is_empty());
        assert!(store.found(index, &[1, 2, 3]).await.unwrap().is_empty());
        assert!(store.found_names(index, &[0, u64::MAX / 2]).await.unwrap().is_empty());
    }
}

/// Its terms are the document's, whatever it is called.
pub async fn follows_a_document_to_its_new_name(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let environments = Index::of(&scope("shop"), Kind::Environment);
    store.commit(save(&environments, "old", &[], &terms(&["name=old", "a=1"]))).await.unwrap();
    let mut rename = write();
    let (from, to) = ("old".to_owned(), "new".to_owned());
    let kind = Kind::Environment;
    rename.changes.push(Change::Rename { scope: scope("shop"), kind, name: from, to });
    rename.changes.push(Change::Index {
        index: environments.clone(),
        name: "new".to_owned(),
        gone: terms(&["name=old"]),
        new: terms(&["name=new"]),
    });
    store.commit(rename).await.unwrap();
    finds(&store, &environments, exact("a", "1"), &["new"]).await;
    finds(&store, &environments, exact("name", "new"), &["new"]).await;
    finds(&store, &environments, exact("name", "old"), &[]).await;
}

/// Applications, kinds and parents have nothing to do with each other.
pub async fn finds_nothing_of_others(database: &impl Database) {
    let store = database.open().await;
    let mut indexes = Vec::new();
    for name in ["shop", "shop2"] {
        open_app(&store, name).await;
        let scope = scope(name);
        indexes.push(Index::of(&scope, Kind::Node));
        indexes.push(Index::of(&scope, Kind::Role));
        indexes.extend(["a", "a.b", "ab"].map(|bag| Index::under(&scope, Kind::DataBagItem, bag)));
    }
    let name = |index: &Index, number: usize| match &index.parent {
        Some(parent) => format!("{parent}/{number}"),
        None => number.to_string(),
    };
    let same = terms(&["a=1"]);
    for (number, index) in indexes.iter().enumerate() {
        store.commit(save(index, &name(index, number), &[], &same)).await.unwrap();
    }
    let everything = Plan::new(Vec::new(), Formula::All);
    let mut numbers = Vec::new();
    for (number, index) in indexes.iter().enumerate() {
        finds(&store, index, exact("a", "1"), &[&name(index, number)]).await;
        assert_eq!(find(&store, index, &everything).await, [name(index, number)]);
        numbers.extend(store.search(index, &everything).await.unwrap());
    }
    // Numbers of others are passed over.
    for (number, index) in indexes.iter().enumerate() {
        let found = store.found(index, &numbers).await.unwrap();
        assert_eq!(names(&found), [name(index, number)]);
        assert_eq!(found[0].body, b"x");
        assert_eq!(store.found_names(index, &numbers).await.unwrap(), [name(index, number)]);
    }
    // And one that is dropped takes nothing of the others with it.
    let mut drops = write();
    let parent = "a".to_owned();
    drops.changes.push(Change::DropIndex { index: indexes[2].clone() });
    drops.changes.push(Change::DeleteUnder {
        scope: scope("shop"),
        kind: Kind::DataBagItem,
        parent,
    });
    store.commit(drops).await.unwrap();
    for (number, index) in indexes.iter().enumerate().filter(|(number, _)| *number != 2) {
        finds(&store, index, exact("a", "1"), &[&name(index, number)]).await;
    }
    finds(&store, &indexes[2], exact("a", "1"), &[]).await;
    assert_eq!(find(&store, &indexes[2], &everything).await, [""; 0]);
    // A bag of the same name begins anew.
    store.commit(save(&indexes[2], "a/9", &[], &terms(&["b=2"]))).await.unwrap();
    finds(&store, &indexes[2], exact("a", "1"), &[]).await;
    finds(&store, &indexes[2], exact("b", "2"), &["a/9"]).await;
}

/// In the order that is asked for, and each as it is there.
pub async fn gives_documents_in_the_order_asked_for(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let shop = nodes("shop");
    let mut all = write();
    for number in 0..3000 {
        all.changes.extend(save(&shop, &format!("n{number:04}"), &[], &terms(&["a=1"])).changes);
    }
    store.commit(all).await.unwrap();
    let mut numbers = store.search(&shop, &plan(exact("a", "1"))).await.unwrap();
    assert_eq!(numbers.len(), 3000);
    numbers.reverse();
    numbers.insert(1, u64::MAX / 2);
    let found = store.found(&shop, &numbers).await.unwrap();
    let expected: Vec<String> = (0..3000).rev().map(|number| format!("n{number:04}")).collect();
    assert_eq!(names(&found), expected);
    assert_eq!(store.found_names(&shop, &numbers).await.unwrap(), expected);
    assert!(store.found(&shop, &[]).await.unwrap().is_empty());
}

/// A number that another document has got finds nothing of the one before.
pub async fn gives_no_document_the_terms_of_another(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let shop = nodes("shop");
    for round in 0..4 {
        let (name, old) = (format!("n{round}"), terms(&["a=1", &format!("round={round}")]));
        store.commit(save(&shop, &name, &[], &old)).await.unwrap();
        finds(&store, &shop, exact("a", "1"), &[&name]).await;
        let mut delete = write();
        delete.changes.push(index_nodes(&shop, &name, &old, &[]));
        delete.changes.push(Change::Delete { scope: shop.scope.clone(), kind: Kind::Node, name });
        store.commit(delete).await.unwrap();
        // What takes its number is a role.
        let role = put(&shop.scope, Kind::Role, &format!("r{round}"), b"x");
        store.commit(only(role)).await.unwrap();
        finds(&store, &shop, exact("a", "1"), &[]).await;
    }
}

/// Together with the documents of an application, its indexes go, and never come back.
pub async fn ends_with_an_application(database: &impl Database) {
    let store = database.open().await;
    let shop = nodes("shop");
    for round in 0..3 {
        store.commit(create_app("shop")).await.unwrap();
        finds(&store, &shop, exact("a", "1"), &[]).await;
        for number in 0..20 {
            let own = terms(&["a=1", &format!("n={number}")]);
            store.commit(save(&shop, &format!("{round}-{number}"), &[], &own)).await.unwrap();
        }
        assert_eq!(find(&store, &shop, &plan(exact("a", "1"))).await.len(), 20);
        store.commit(delete_app("shop")).await.unwrap();
        finds(&store, &shop, exact("a", "1"), &[]).await;
    }
    // Nobody is in the way of tidying up, and nothing is left of it to do.
    while store.tidy_indexes().await.unwrap() {}
    assert!(!store.tidy_indexes().await.unwrap());
    open_app(&store, "shop").await;
    store.commit(save(&shop, "one", &[], &terms(&["b=1"]))).await.unwrap();
    while store.tidy_indexes().await.unwrap() {}
    finds(&store, &shop, exact("b", "1"), &["one"]).await;
    finds(&store, &shop, exact("a", "1"), &[]).await;
}

/// No character means anything but itself, in keys and in values.
pub async fn takes_every_character_as_it_is(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let shop = nodes("shop");
    let odd = "!\"$%&()*+,-:;<=>?@[]\\`{|}~'_/.#^ é\u{1}\u{301}😀\u{10ffff}\u{fffd}";
    let texts: Vec<String> = odd.chars().map(|one| format!("a{one}b")).collect();
    for (number, text) in texts.iter().enumerate() {
        let own = [term(text, "value", "plain"), term("key", text, text)];
        store.commit(save(&shop, &format!("n{number:02}"), &[], &own)).await.unwrap();
    }
    for (number, text) in texts.iter().enumerate() {
        let begins = pattern(&[&text[..text.len() - 1], "*"]);
        let is_it = Bound::Including(text.clone());
        for leaf in [
            exact(text, "plain"),
            exact("key", text),
            exact(text, text),
            Leaf { field: named("key"), sought: Sought::Matching(begins.clone()) },
            Leaf { field: named("key"), sought: Sought::Matching(pattern(&["*", &text[1..]])) },
            Leaf { field: Field::Matching(begins), sought: Sought::Exactly("plain".into()) },
            within("key", is_it.clone(), is_it),
        ] {
            finds(&store, &shop, leaf, &[&format!("n{number:02}")]).await;
        }
    }
    // A wildcard stands for one of them, whatever it is.
    let one = Leaf { field: named("key"), sought: Sought::Matching(pattern(&["a", "?", "b"])) };
    assert_eq!(find(&store, &shop, &plan(one)).await.len(), texts.len());
    // What nothing can hold is sought all the same.
    let zero = "a\0b";
    for leaf in [
        exact("key", zero),
        exact(zero, "plain"),
        Leaf { field: named("key"), sought: Sought::Matching(pattern(&[zero, "*"])) },
        Leaf { field: Field::Matching(pattern(&["*", zero])), sought: Sought::Anything },
        within("key", Bound::Excluding(zero.to_owned()), Bound::Including(zero.to_owned())),
        Leaf { field: named("key"), sought: Sought::Like(zero.to_owned(), 0) },
    ] {
        store.search(&shop, &plan(leaf)).await.unwrap();
    }
}

/// Values of any length are told apart, and found by how they begin.
pub async fn takes_values_of_any_length(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let shop = nodes("shop");
    // Nothing that could be made shorter.
    let digits: String =
        (0..300_u32).map(|it| crate::ContentHash::of(&it.to_be_bytes()).to_string()).collect();
    let long =
        [digits[..MAX_TERM_BYTES].to_owned(), digits[..=MAX_TERM_BYTES].to_owned(), digits.clone()];
    for (number, value) in long.iter().enumerate() {
        let own = [term("key", "key", value), term(&format!("{number}{value}"), value, "x")];
        store.commit(save(&shop, &format!("n{number}"), &[], &own)).await.unwrap();
    }
    for (number, value) in long.iter().enumerate() {
        let name = format!("n{number}");
        finds(&store, &shop, exact("key", value), &[&name]).await;
        finds(&store, &shop, exact(&format!("{number}{value}"), "x"), &[&name]).await;
    }
    let begin =
        Leaf { field: named("key"), sought: Sought::Matching(pattern(&[&digits[..200], "*"])) };
    finds(&store, &shop, begin, &["n0", "n1", "n2"]).await;
    let own = [term("key", "key", &long[2])];
    store.commit(save(&shop, "n2", &own, &[])).await.unwrap();
    finds(&store, &shop, exact("key", &long[2]), &[]).await;
}
