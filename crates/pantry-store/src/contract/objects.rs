//! Objects are found by name and by id, and the id stays whatever else changes.

use pantry_model::{Acl, Permission};

use super::Database;
use super::samples::{
    actor_key, app, body, id, join, object, only, open_app, place, put, scope, secure,
    whole_ledger, write,
};
use crate::{Change, ContentHash, Kind, Scope, Store, StoreError};

const GLOBAL: Scope = Scope::Global;

fn rename(kind: Kind, name: &str, to: &str) -> Change {
    Change::Rename { scope: GLOBAL, kind, name: name.to_owned(), to: to.to_owned() }
}

fn delete(kind: Kind, name: &str) -> Change {
    Change::Delete { scope: GLOBAL, kind, name: name.to_owned() }
}

/// With the content, the id and the access control list that they were made with.
pub async fn are_found_by_name_and_by_id(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let mut acl = Acl::of_creator(id(1));
    acl.set(Permission::Read, vec![id(3), id(2), id(999)]);
    let mut write = object(&GLOBAL, Kind::User, "ada", id(1));
    write.create_object(&scope("shop"), Kind::Group, "ada", id(2), vec![0, 255], acl.clone());
    store.commit(write).await.unwrap();

    let found = store.object(&scope("shop"), Kind::Group, "ada").await.unwrap().unwrap();
    assert_eq!((found.id, &found.acl), (id(2), &acl));
    let asked = ["nobody", "ada", "ada", "a\0"].map(str::to_owned);
    let listed = store.objects(&scope("shop"), Kind::Group, &asked).await.unwrap();
    assert_eq!(listed, [None, Some(found.clone()), Some(found.clone()), None]);
    assert_eq!((found.document.name.as_str(), &found.document.body[..]), ("ada", &[0, 255][..]));
    assert_eq!(found.document.hash, ContentHash::of(&[0, 255]));

    let mut places = vec![place(&scope("shop"), Kind::Group, "ada")];
    places.push(place(&GLOBAL, Kind::User, "ada"));
    assert_eq!(store.ids(&places).await.unwrap(), [Some(id(2)), Some(id(1))]);
    let found = store.places(&[id(2), id(1)]).await.unwrap();
    assert_eq!(found.into_iter().map(Option::unwrap).collect::<Vec<_>>(), places);
    // And each is a document like any other.
    assert_eq!(body(&store, &GLOBAL, "ada").await.unwrap(), b"ada");
}

/// Nor is a document that has no id.
pub async fn that_are_not_there_are_none(database: &impl Database) {
    let store = database.open().await;
    store.commit(only(put(&GLOBAL, Kind::User, "plain", b""))).await.unwrap();
    store.commit(object(&GLOBAL, Kind::User, "ada", id(1))).await.unwrap();
    let mut places = Vec::new();
    for (scope, kind, name) in [
        (GLOBAL, Kind::User, "plain"),
        (GLOBAL, Kind::User, "nobody"),
        (GLOBAL, Kind::Group, "ada"),
        (scope("nowhere"), Kind::User, "ada"),
    ] {
        assert_eq!(store.object(&scope, kind, name).await.unwrap(), None, "{scope} {name}");
        let listed = store.objects(&scope, kind, &[name.to_owned()]).await.unwrap();
        assert_eq!(listed, [None], "{scope} {name}");
        places.push(place(&scope, kind, name));
    }
    places.push(place(&GLOBAL, Kind::User, "ada"));
    let ids = store.ids(&places).await.unwrap();
    assert_eq!(ids, [None, None, None, None, Some(id(1))]);
    let found = store.places(&[id(2), id(1)]).await.unwrap();
    assert_eq!(found, [None, places.pop()]);
    assert_eq!(store.ids(&[]).await.unwrap(), []);
    assert_eq!(store.objects(&GLOBAL, Kind::User, &[]).await.unwrap(), []);
    assert_eq!(store.places(&[]).await.unwrap(), []);
    assert_eq!(store.members(id(2)).await.unwrap(), []);
    assert_eq!(store.member_of(id(2)).await.unwrap(), []);
    assert_eq!(store.actor_keys(id(2)).await.unwrap(), []);
}

/// And none has two; nothing else of such a write happens.
pub async fn never_share_an_id(database: &impl Database) {
    let store = database.open().await;
    store.commit(object(&GLOBAL, Kind::User, "ada", id(1))).await.unwrap();
    store.commit(only(put(&GLOBAL, Kind::User, "bob", b""))).await.unwrap();
    for (name, number) in [("bob", 1), ("ada", 2), ("ada", 1)] {
        let mut write = only(put(&GLOBAL, Kind::User, "carol", b""));
        write.changes.push(secure(&GLOBAL, Kind::User, name, id(number)));
        let outcome = store.commit(write).await;
        assert!(matches!(outcome, Err(StoreError::Broken(_))), "{name} as {number}: {outcome:?}");
    }
    assert_eq!(store.object(&GLOBAL, Kind::User, "bob").await.unwrap(), None);
    let ada = store.object(&GLOBAL, Kind::User, "ada").await.unwrap().unwrap();
    assert_eq!((ada.id, ada.acl), (id(1), Acl::of_creator(id(1))));
    assert_eq!(store.places(&[id(2)]).await.unwrap(), [None]);
    assert_eq!(body(&store, &GLOBAL, "carol").await, None);
}

/// A document that went before it got its id, or an application that did.
pub async fn are_made_of_what_is_there(database: &impl Database) {
    let store = database.open().await;
    let (kind, name) = (Kind::User, "ada".to_owned());
    let outcome = store.commit(only(secure(&GLOBAL, kind, "ada", id(1)))).await;
    assert_eq!(outcome, Err(StoreError::Moved { scope: GLOBAL, kind, name }));
    let outcome = store.commit(only(secure(&scope("gone"), kind, "ada", id(1)))).await;
    assert_eq!(outcome, Err(StoreError::NoSuchApplication(app("gone"))));
}

/// Wholly: nobody keeps what the new list does not say.
pub async fn get_another_access_control_list(database: &impl Database) {
    let store = database.open().await;
    store.commit(object(&GLOBAL, Kind::User, "ada", id(1))).await.unwrap();
    store.commit(object(&GLOBAL, Kind::User, "bob", id(2))).await.unwrap();
    let mut acl = Acl::default();
    acl.set(Permission::Grant, vec![id(7), id(2)]);
    store.commit(only(Change::SetAcl { object: id(1), acl: acl.clone() })).await.unwrap();
    let ada = store.object(&GLOBAL, Kind::User, "ada").await.unwrap().unwrap();
    assert_eq!((ada.acl, ada.document.body), (acl.clone(), b"ada".to_vec()));
    let bob = store.object(&GLOBAL, Kind::User, "bob").await.unwrap().unwrap();
    assert_eq!(bob.acl, Acl::of_creator(id(2)));

    let outcome = store.commit(only(Change::SetAcl { object: id(3), acl })).await;
    assert_eq!(outcome, Err(StoreError::NoSuchObject(id(3))));
}

/// A put changes the content alone.
pub async fn stay_what_they_are_when_they_are_put(database: &impl Database) {
    let store = database.open().await;
    let mut write = object(&GLOBAL, Kind::Group, "ops", id(1));
    write.changes.extend(object(&GLOBAL, Kind::User, "ada", id(2)).changes);
    write.changes.push(join(id(1), id(2)));
    write.changes.push(Change::PutActorKey { owner: id(2), key: actor_key("default") });
    store.commit(write).await.unwrap();
    for (kind, name) in [(Kind::Group, "ops"), (Kind::User, "ada")] {
        let before = store.object(&GLOBAL, kind, name).await.unwrap().unwrap();
        store.commit(only(put(&GLOBAL, kind, name, b"new"))).await.unwrap();
        let after = store.object(&GLOBAL, kind, name).await.unwrap().unwrap();
        assert_eq!((after.id, after.acl), (before.id, before.acl));
        assert_eq!(after.document.body, b"new");
    }
    assert_eq!(store.members(id(1)).await.unwrap().len(), 1);
    assert_eq!(store.actor_keys(id(2)).await.unwrap(), [actor_key("default")]);
}

/// All of it is found under the new name, and nothing under the old one.
pub async fn keep_everything_when_they_are_renamed(database: &impl Database) {
    let store = database.open().await;
    let mut write = object(&GLOBAL, Kind::Group, "ops", id(1));
    write.changes.extend(object(&GLOBAL, Kind::User, "ada", id(2)).changes);
    write.changes.push(join(id(1), id(2)));
    write.changes.push(Change::PutActorKey { owner: id(2), key: actor_key("default") });
    store.commit(write).await.unwrap();
    let before = store.object(&GLOBAL, Kind::User, "ada").await.unwrap().unwrap();

    let mut write = only(rename(Kind::User, "ada", "lovelace"));
    write.changes.push(rename(Kind::Group, "ops", "staff"));
    store.commit(write).await.unwrap();
    assert_eq!(store.object(&GLOBAL, Kind::User, "ada").await.unwrap(), None);
    let mut after = store.object(&GLOBAL, Kind::User, "lovelace").await.unwrap().unwrap();
    assert_eq!(after.document.name, "lovelace");
    after.document.name = "ada".to_owned();
    assert_eq!(after, before);
    let (user, group) =
        (place(&GLOBAL, Kind::User, "lovelace"), place(&GLOBAL, Kind::Group, "staff"));
    assert_eq!(store.members(id(1)).await.unwrap(), [(id(2), user)]);
    assert_eq!(store.member_of(id(2)).await.unwrap(), [(id(1), group)]);
    assert_eq!(store.actor_keys(id(2)).await.unwrap(), [actor_key("default")]);
    // The old name is free for another.
    store.commit(object(&GLOBAL, Kind::User, "ada", id(3))).await.unwrap();
    assert_eq!(store.names(&GLOBAL, Kind::User).await.unwrap(), ["ada", "lovelace"]);
}

/// The error names the one that is not as it was; nothing else of such a write happens.
pub async fn are_renamed_to_what_is_free(database: &impl Database) {
    let store = database.open().await;
    store.commit(object(&GLOBAL, Kind::User, "ada", id(1))).await.unwrap();
    store.commit(object(&GLOBAL, Kind::User, "bob", id(2))).await.unwrap();
    store.commit(object(&GLOBAL, Kind::Group, "eve", id(3))).await.unwrap();
    let before = whole_ledger(&store, &GLOBAL).await;
    for (name, to, moved) in [("ada", "bob", "bob"), ("carol", "dave", "carol")] {
        let mut write = write();
        write.changes = vec![put(&GLOBAL, Kind::User, "ada", b"new"), rename(Kind::User, name, to)];
        write.enter(&GLOBAL, crate::Verb::Update, Kind::User, name, None);
        let (kind, name) = (Kind::User, moved.to_owned());
        let outcome = store.commit(write).await;
        assert_eq!(outcome, Err(StoreError::Moved { scope: GLOBAL, kind, name }));
    }
    assert_eq!(body(&store, &GLOBAL, "ada").await.unwrap(), b"ada");
    assert_eq!(body(&store, &GLOBAL, "bob").await.unwrap(), b"bob");
    assert_eq!(whole_ledger(&store, &GLOBAL).await, before);
    // Taken by another kind, or by itself, is not taken.
    store.commit(only(rename(Kind::User, "ada", "eve"))).await.unwrap();
    store.commit(only(rename(Kind::User, "bob", "bob"))).await.unwrap();
    assert_eq!(store.names(&GLOBAL, Kind::User).await.unwrap(), ["bob", "eve"]);

    let (kind, name, to) = (Kind::User, "ada".to_owned(), "bob".to_owned());
    let elsewhere = Change::Rename { scope: scope("gone"), kind, name, to };
    let outcome = store.commit(only(elsewhere)).await;
    assert_eq!(outcome, Err(StoreError::NoSuchApplication(app("gone"))));
}

/// Whoever comes by the same name afterwards has nothing of it.
pub async fn take_members_and_keys_with_them(database: &impl Database) {
    let store = database.open().await;
    let mut write = object(&GLOBAL, Kind::Group, "ops", id(1));
    for (name, number) in [("ada", 2), ("bob", 3)] {
        write.changes.extend(object(&GLOBAL, Kind::User, name, id(number)).changes);
        write.changes.push(join(id(1), id(number)));
        write.changes.push(Change::PutActorKey { owner: id(number), key: actor_key("default") });
    }
    store.commit(write).await.unwrap();
    store.commit(only(delete(Kind::User, "ada"))).await.unwrap();
    assert_eq!(store.places(&[id(2)]).await.unwrap(), [None]);
    assert_eq!(store.actor_keys(id(2)).await.unwrap(), []);
    store.commit(object(&GLOBAL, Kind::User, "ada", id(4))).await.unwrap();
    assert_eq!(store.member_of(id(4)).await.unwrap(), []);
    assert_eq!(store.actor_keys(id(4)).await.unwrap(), []);

    let bob = place(&GLOBAL, Kind::User, "bob");
    assert_eq!(store.members(id(1)).await.unwrap(), [(id(3), bob)]);
    assert_eq!(store.actor_keys(id(3)).await.unwrap(), [actor_key("default")]);
}
