//! The RSA keys of users and API clients: named, and ended with their owner.

use pantry_model::{ObjectId, Timestamp};

use super::Database;
use super::samples::{actor_key, body, delete_app, id, object, only, open_app, put, scope, write};
use crate::{ActorKey, Change, Kind, Scope, Store, StoreError, Write};

fn put_keys(owner: ObjectId, keys: &[ActorKey]) -> Write {
    let mut write = write();
    write.changes =
        keys.iter().map(|key| Change::PutActorKey { owner, key: key.clone() }).collect();
    write
}

fn delete(owner: ObjectId, name: &str) -> Write {
    only(Change::DeleteActorKey { owner, name: name.to_owned() })
}

async fn make_users(store: &impl Store) {
    store.commit(object(&Scope::Global, Kind::User, "ada", id(1))).await.unwrap();
    store.commit(object(&Scope::Global, Kind::User, "bob", id(2))).await.unwrap();
}

/// As they were given, whether they end or not.
pub async fn are_listed_by_name(database: &impl Database) {
    let store = database.open().await;
    make_users(&store).await;
    let long = ActorKey {
        name: "a".to_owned(),
        public_key: "-----BEGIN PUBLIC KEY-----\r\nMIIB\n".repeat(300),
        expires_at: None,
    };
    let ends = |name: &str, at| ActorKey { expires_at: Some(Timestamp(at)), ..actor_key(name) };
    let keys = [ends("B", -1), ends("_", i64::MAX), long, actor_key("a-b"), actor_key("b")];
    let mut shuffled = keys.to_vec();
    shuffled.rotate_left(2);
    store.commit(put_keys(id(1), &shuffled)).await.unwrap();
    assert_eq!(store.actor_keys(id(1)).await.unwrap(), keys);
    assert_eq!(store.actor_keys(id(2)).await.unwrap(), []);
}

/// One name, one key; another owner's of that name stays.
pub async fn are_replaced_by_name(database: &impl Database) {
    let store = database.open().await;
    make_users(&store).await;
    let before = ActorKey { expires_at: Some(Timestamp(5)), ..actor_key("default") };
    store.commit(put_keys(id(1), &[before.clone(), actor_key("other")])).await.unwrap();
    store.commit(put_keys(id(2), std::slice::from_ref(&before))).await.unwrap();
    let after = ActorKey { public_key: "new".to_owned(), ..actor_key("default") };
    store.commit(put_keys(id(1), std::slice::from_ref(&after))).await.unwrap();
    assert_eq!(store.actor_keys(id(1)).await.unwrap(), [after, actor_key("other")]);
    assert_eq!(store.actor_keys(id(2)).await.unwrap(), [before]);
}

/// Only the one that is named goes; that it was not there is no error.
pub async fn are_deleted_by_name(database: &impl Database) {
    let store = database.open().await;
    make_users(&store).await;
    for owner in [id(1), id(2)] {
        store.commit(put_keys(owner, &[actor_key("a"), actor_key("b")])).await.unwrap();
    }
    store.commit(delete(id(1), "a")).await.unwrap();
    store.commit(delete(id(1), "a")).await.unwrap();
    assert_eq!(store.actor_keys(id(1)).await.unwrap(), [actor_key("b")]);
    assert_eq!(store.actor_keys(id(2)).await.unwrap(), [actor_key("a"), actor_key("b")]);
}

/// Nothing else of a write happens that names an owner who is not there.
pub async fn belong_to_who_is_there(database: &impl Database) {
    let store = database.open().await;
    for mut write in [put_keys(id(9), &[actor_key("a")]), delete(id(9), "a")] {
        write.changes.insert(0, put(&Scope::Global, Kind::User, "carol", b""));
        assert_eq!(store.commit(write).await, Err(StoreError::NoSuchObject(id(9))));
    }
    assert_eq!(body(&store, &Scope::Global, "carol").await, None);
}

/// Who is deleted, or whose application is.
pub async fn end_with_their_owner(database: &impl Database) {
    let store = database.open().await;
    make_users(&store).await;
    open_app(&store, "shop").await;
    store.commit(object(&scope("shop"), Kind::ApiClient, "web1", id(3))).await.unwrap();
    for owner in [id(1), id(2), id(3)] {
        store.commit(put_keys(owner, &[actor_key("default")])).await.unwrap();
    }
    let (scope, kind, name) = (Scope::Global, Kind::User, "ada".to_owned());
    store.commit(only(Change::Delete { scope, kind, name })).await.unwrap();
    store.commit(delete_app("shop")).await.unwrap();
    for (owner, keys) in [(id(1), 0), (id(2), 1), (id(3), 0)] {
        assert_eq!(store.actor_keys(owner).await.unwrap().len(), keys, "{owner}");
    }
}
