//! Documents come back as they were stored, by scope, kind and name.

use super::Database;
use super::samples::{body, names, only, open_app, put, scope, write};
use crate::{Change, ContentHash, Kind, Place, Scope, Store};

/// Whatever the bytes are.
pub async fn come_back_byte_for_byte(database: &impl Database) {
    let store = database.open().await;
    let large: Vec<u8> = (0..1_000_000u32).map(|n| n.to_le_bytes()[1]).collect();
    let bodies: [&[u8]; 4] = [b"", b"{\"b\": 1,  \"a\": 0}\n", &[0, 255, 254, 0], &large];
    for (number, content) in bodies.into_iter().enumerate() {
        let name = format!("name-{number}");
        store.commit(only(put(&Scope::Global, Kind::User, &name, content))).await.unwrap();
        let found = store.document(&Scope::Global, Kind::User, &name).await.unwrap().unwrap();
        assert_eq!(found.name, name);
        assert!(found.body == content, "the body of {} bytes changed", content.len());
        assert_eq!(found.hash, ContentHash::of(content));
    }
}

/// A put stores in the place of what was there.
pub async fn are_replaced_by_a_put(database: &impl Database) {
    let store = database.open().await;
    for content in [&b"first"[..], b"second"] {
        store.commit(only(put(&Scope::Global, Kind::User, "ada", content))).await.unwrap();
    }
    assert_eq!(body(&store, &Scope::Global, "ada").await.unwrap(), b"second");
    let all = store.documents(&Scope::Global, Kind::User).await.unwrap();
    assert_eq!(names(&all), ["ada"]);
}

/// Capital letters before small ones, and those before others.
pub async fn are_listed_by_name_in_byte_order(database: &impl Database) {
    let store = database.open().await;
    let mut all = write();
    for name in ["é", "b", "a", "B", "a-b", "a b", "Z", "_"] {
        all.changes.push(put(&Scope::Global, Kind::User, name, name.as_bytes()));
    }
    store.commit(all).await.unwrap();
    let listed = store.documents(&Scope::Global, Kind::User).await.unwrap();
    assert_eq!(names(&listed), ["B", "Z", "_", "a", "a b", "a-b", "b", "é"]);
    assert!(listed.iter().all(|one| one.body == one.name.as_bytes()));
    // The names alone as well.
    let alone = store.names(&Scope::Global, Kind::User).await.unwrap();
    assert_eq!(alone, names(&listed));
    assert!(store.names(&Scope::Global, Kind::Secret).await.unwrap().is_empty());
    assert!(store.names(&scope("nowhere"), Kind::User).await.unwrap().is_empty());
}

/// Whoever asks may ask for anything.
pub async fn that_cannot_be_named_are_none(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let long = "é".repeat(10_000);
    for name in ["", "\0", "a\0b", "%", "a'b\\", "\u{fffd}", "\u{10ffff}", &long] {
        let (shop, kind) = (scope("shop"), Kind::User);
        assert!(store.document(&shop, kind, name).await.unwrap().is_none(), "{name:?}");
        assert!(store.object(&shop, kind, name).await.unwrap().is_none(), "{name:?}");
        assert!(store.names_under(&shop, kind, name).await.unwrap().is_empty(), "{name:?}");
        let place = Place { scope: shop.clone(), kind, name: name.to_owned() };
        assert_eq!(store.ids(&[place]).await.unwrap(), [None], "{name:?}");
        let actors = store.actors(&shop, name).await.unwrap();
        assert!(actors.actors.is_empty() && !actors.is_associated, "{name:?}");
        let generations = store.generations(&[Scope::Global, shop]).await.unwrap();
        let seen: Vec<_> = actors.generations.into_iter().map(|(_, at)| at).collect();
        assert_eq!(seen, generations, "{name:?}");
    }
}

/// As long as names are: two of the longest and a slash, and the longest of which a user is found by.
pub async fn have_long_names(database: &impl Database) {
    let store = database.open().await;
    // Nothing that could be made shorter.
    let mut digits = (0u64..).flat_map(|n| ContentHash::of(&n.to_le_bytes()).0);
    let mut name = |length: usize| -> String {
        digits.by_ref().map(|byte| char::from(b'!' + byte % 90)).take(length).collect()
    };
    for name in [name(511), name(1023)] {
        store.commit(only(put(&Scope::Global, Kind::User, &name, b"x"))).await.unwrap();
        assert_eq!(body(&store, &Scope::Global, &name).await.unwrap(), b"x");
    }
}

/// One name in two scopes or of two kinds is two documents.
pub async fn are_apart_by_scope_and_kind(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    open_app(&store, "shop2").await;
    let mut all = write();
    all.changes.push(put(&Scope::Global, Kind::User, "x", b"global"));
    all.changes.push(put(&scope("shop"), Kind::User, "x", b"shop"));
    all.changes.push(put(&scope("shop"), Kind::Secret, "x", b"secret"));
    all.changes.push(put(&scope("shop2"), Kind::User, "x", b"shop2"));
    store.commit(all).await.unwrap();

    assert_eq!(body(&store, &Scope::Global, "x").await.unwrap(), b"global");
    assert_eq!(body(&store, &scope("shop"), "x").await.unwrap(), b"shop");
    assert_eq!(body(&store, &scope("shop2"), "x").await.unwrap(), b"shop2");
    let secrets = store.documents(&scope("shop"), Kind::Secret).await.unwrap();
    assert_eq!(secrets.len(), 1);
    assert_eq!(secrets[0].body, b"secret");
}

/// Neither a missing name nor a missing application is an error.
pub async fn that_are_not_there_are_none(database: &impl Database) {
    let store = database.open().await;
    assert_eq!(body(&store, &Scope::Global, "nobody").await, None);
    assert_eq!(body(&store, &scope("nowhere"), "nobody").await, None);
    assert_eq!(store.documents(&Scope::Global, Kind::User).await.unwrap(), []);
    assert_eq!(store.documents(&scope("nowhere"), Kind::User).await.unwrap(), []);
}

/// Only the one that is named goes; that it was not there is no error.
pub async fn are_deleted_alone(database: &impl Database) {
    let store = database.open().await;
    let delete = |name: &str| {
        let name = name.to_owned();
        only(Change::Delete { scope: Scope::Global, kind: Kind::User, name })
    };
    for name in ["a", "b"] {
        store.commit(only(put(&Scope::Global, Kind::User, name, b""))).await.unwrap();
    }
    store.commit(only(put(&Scope::Global, Kind::Secret, "a", b""))).await.unwrap();
    store.commit(delete("a")).await.unwrap();
    store.commit(delete("a")).await.unwrap();
    assert_eq!(names(&store.documents(&Scope::Global, Kind::User).await.unwrap()), ["b"]);
    assert_eq!(names(&store.documents(&Scope::Global, Kind::Secret).await.unwrap()), ["a"]);
}

/// Where there is nothing, there are none.
pub async fn are_counted_by_scope_and_kind(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let mut all = write();
    for name in ["a", "b"] {
        all.changes.push(put(&scope("shop"), Kind::User, name, b""));
    }
    all.changes.push(put(&scope("shop"), Kind::Secret, "a", b""));
    all.changes.push(put(&Scope::Global, Kind::User, "a", b""));
    store.commit(all).await.unwrap();
    for (scope, kind, expected) in [
        (scope("shop"), Kind::User, 2),
        (scope("shop"), Kind::Secret, 1),
        (scope("shop"), Kind::Machine, 0),
        (Scope::Global, Kind::User, 1),
        (scope("nowhere"), Kind::User, 0),
    ] {
        assert_eq!(store.count(&scope, kind).await.unwrap(), expected, "{scope} {kind:?}");
    }
}

/// Only what has the parent's whole name before its first slash, and without that name.
pub async fn are_listed_under_their_parent(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let mut all = write();
    for name in ["a/b", "a/B", "a/é/c", "a", "a-/x", "a/", "a0", "a0/x", "A/x", "aa/x", "é/x"] {
        all.changes.push(put(&scope("shop"), Kind::User, name, b""));
    }
    all.changes.push(put(&scope("shop"), Kind::Secret, "a/secret", b""));
    all.changes.push(put(&Scope::Global, Kind::User, "a/global", b""));
    store.commit(all).await.unwrap();
    for (parent, expected) in [
        ("a", &["B", "b", "é/c"][..]),
        ("a0", &["x"]),
        ("a/é", &["c"]),
        ("é", &["x"]),
        ("b", &[]),
        ("%", &[]),
        ("", &[]),
    ] {
        let found = store.names_under(&scope("shop"), Kind::User, parent).await.unwrap();
        assert_eq!(found, expected, "{parent:?}");
    }
    assert!(store.names_under(&scope("nowhere"), Kind::User, "a").await.unwrap().is_empty());
}

/// The same ones, with all of their names and their bodies.
pub async fn are_read_under_their_parent(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let mut all = write();
    for name in ["a/b", "a/B", "a", "a-/x", "a/", "a0/x", "A/x", "aa/x"] {
        all.changes.push(put(&scope("shop"), Kind::User, name, name.as_bytes()));
    }
    all.changes.push(put(&scope("shop"), Kind::Secret, "a/secret", b""));
    all.changes.push(put(&Scope::Global, Kind::User, "a/global", b""));
    store.commit(all).await.unwrap();
    let under = async |scope: Scope, parent: &str| {
        store.documents_under(&scope, Kind::User, parent).await.unwrap()
    };
    let found = under(scope("shop"), "a").await;
    assert_eq!(names(&found), ["a/B", "a/b"]);
    assert!(found.iter().all(|one| one.body == one.name.as_bytes()), "{found:?}");
    assert!(found.iter().all(|one| one.hash == ContentHash::of(&one.body)), "{found:?}");
    for (scope, parent) in [(scope("shop"), "b"), (scope("shop"), "a\0"), (scope("nowhere"), "a")] {
        assert_eq!(under(scope, parent).await, [], "{parent:?}");
    }
}

/// And nothing of what only begins alike.
pub async fn are_deleted_under_their_parent(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let mut all = write();
    for name in ["a", "a/b", "a/b/c", "a-/x", "a0", "b/a/x"] {
        for (scope, kind) in [
            (scope("shop"), Kind::User),
            (scope("shop"), Kind::Secret),
            (Scope::Global, Kind::User),
        ] {
            all.changes.push(put(&scope, kind, name, b""));
        }
    }
    store.commit(all).await.unwrap();
    let delete = |scope: &Scope, parent: &str| {
        let (scope, parent) = (scope.clone(), parent.to_owned());
        only(Change::DeleteUnder { scope, kind: Kind::User, parent })
    };
    store.commit(delete(&scope("shop"), "a")).await.unwrap();
    store.commit(delete(&scope("shop"), "nothing")).await.unwrap();
    let left = store.names(&scope("shop"), Kind::User).await.unwrap();
    assert_eq!(left, ["a", "a-/x", "a0", "b/a/x"]);
    assert_eq!(store.names(&scope("shop"), Kind::Secret).await.unwrap().len(), 6);
    assert_eq!(store.names(&Scope::Global, Kind::User).await.unwrap().len(), 6);
}
