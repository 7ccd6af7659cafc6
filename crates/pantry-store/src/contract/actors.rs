//! Who a request may come from: the user of a name, and the application's API client.

use pantry_model::ObjectId;

use super::Database;
use super::samples::{actor_key, id, join, object, only, open_app, put, scope, write};
use crate::{Actors, Change, Kind, Scope, Store};

const GLOBAL: Scope = Scope::Global;

/// Who they are, in order.
fn who(found: &Actors) -> Vec<(Kind, ObjectId)> {
    found.actors.iter().map(|actor| (actor.kind, actor.id)).collect()
}

/// The scopes whose generations it rests on, in order.
fn rests_on(found: &Actors) -> Vec<&str> {
    found.generations.iter().map(|(scope, _)| scope.as_str()).collect()
}

/// Makes an object in each of these places, and numbers them from 1 on.
async fn make(store: &impl Store, places: &[(&Scope, Kind, &str)]) {
    for (number, (scope, kind, name)) in (1..).zip(places) {
        store.commit(object(scope, *kind, name, id(number))).await.unwrap();
    }
}

/// The user first; and an application's client in no other one.
pub async fn are_the_user_and_the_client_of_a_name(database: &impl Database) {
    let store = database.open().await;
    let (shop, shop2) = (scope("shop"), scope("shop2"));
    open_app(&store, "shop").await;
    open_app(&store, "shop2").await;
    let places = [
        (&shop, Kind::ApiClient, "ada"),
        (&GLOBAL, Kind::User, "ada"),
        (&shop, Kind::Group, "ada"),
        (&shop, Kind::ApiClient, "web1"),
        (&GLOBAL, Kind::User, "bob"),
    ];
    make(&store, &places).await;
    let (user, client) = ((Kind::User, id(2)), (Kind::ApiClient, id(1)));
    for (scope, name, expected) in [
        (&shop, "ada", &[user, client][..]),
        (&shop2, "ada", &[user]),
        (&GLOBAL, "ada", &[user]),
        (&scope("nowhere"), "ada", &[user]),
        (&shop, "web1", &[(Kind::ApiClient, id(4))]),
        (&shop2, "web1", &[]),
        (&GLOBAL, "web1", &[]),
        (&shop, "bob", &[(Kind::User, id(5))]),
    ] {
        let found = store.actors(scope, name).await.unwrap();
        assert_eq!(who(&found), expected, "{name} of {scope}");
    }
}

/// Each what is its own.
pub async fn carry_what_decides_for_them(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let shop = scope("shop");
    let places = [
        (&GLOBAL, Kind::User, "ada"),
        (&shop, Kind::ApiClient, "ada"),
        (&shop, Kind::Group, "users"),
        (&shop, Kind::Group, "clients"),
        (&shop, Kind::Group, "all"),
    ];
    make(&store, &places).await;
    let mut write = only(join(id(3), id(1)));
    write.changes.extend([join(id(4), id(2)), join(id(5), id(3)), join(id(5), id(4))]);
    for (owner, name) in [(1, "b"), (1, "a"), (2, "default")] {
        write.changes.push(Change::PutActorKey { owner: id(owner), key: actor_key(name) });
    }
    write.changes.push(put(&GLOBAL, Kind::User, "ada", b"the user"));
    store.commit(write).await.unwrap();

    let found = store.actors(&shop, "ada").await.unwrap();
    let [user, client] = &found.actors[..] else { panic!("{found:?}") };
    let object = store.object(&GLOBAL, Kind::User, "ada").await.unwrap().unwrap();
    assert_eq!(user.object(), object);
    assert_eq!(user.keys, [actor_key("a"), actor_key("b")]);
    assert_eq!(user.member_of, [id(3), id(5)]);
    let object = store.object(&shop, Kind::ApiClient, "ada").await.unwrap().unwrap();
    assert_eq!(client.object(), object);
    assert_eq!(client.keys, [actor_key("default")]);
    assert_eq!(client.member_of, [id(4), id(5)]);
}

/// The user's own association with the application that is asked for, and no invitation.
pub async fn are_associated_or_not(database: &impl Database) {
    let store = database.open().await;
    let apps = ["shop", "shop2", "shop3"];
    for name in apps {
        open_app(&store, name).await;
    }
    let [shop, shop2, shop3] = apps.map(scope);
    let (ada, bob) = (id(1).to_string(), id(2).to_string());
    let places = [
        (&GLOBAL, Kind::User, "ada"),
        (&GLOBAL, Kind::User, "bob"),
        (&shop, Kind::ApiClient, "ada"),
        (&shop, Kind::Association, &ada),
        (&shop2, Kind::Association, &bob),
        (&shop3, Kind::Invitation, &ada),
        (&shop2, Kind::ApiClient, "web1"),
    ];
    make(&store, &places).await;
    let mut write = write();
    write.changes = vec![join(id(4), id(1)), join(id(5), id(2)), join(id(6), id(1))];
    store.commit(write).await.unwrap();
    for (scope, name, expected) in [
        (&shop, "ada", true),
        (&shop2, "ada", false),
        (&shop3, "ada", false),
        (&GLOBAL, "ada", false),
        (&scope("nowhere"), "ada", false),
        (&shop, "bob", false),
        (&shop2, "bob", true),
        (&shop2, "web1", false),
        (&shop, "nobody", false),
    ] {
        let found = store.actors(scope, name).await.unwrap();
        assert_eq!(found.is_associated, expected, "{name} of {scope}");
    }
    let (scope, kind, name) = (shop.clone(), Kind::Association, ada);
    store.commit(only(Change::Delete { scope, kind, name })).await.unwrap();
    assert!(!store.actors(&shop, "ada").await.unwrap().is_associated);
}

/// A document without an id can hold no keys and speaks for nobody.
pub async fn have_ids(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    store.commit(only(put(&GLOBAL, Kind::User, "ada", b""))).await.unwrap();
    store.commit(only(put(&scope("shop"), Kind::ApiClient, "ada", b""))).await.unwrap();
    assert_eq!(store.actors(&scope("shop"), "ada").await.unwrap().actors, []);
}

/// So that it can be remembered, too, that there is nobody.
pub async fn that_are_unknown_have_generations_still(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    make(&store, &[(&scope("shop"), Kind::Group, "users")]).await;
    for scopes in [&[GLOBAL][..], &[GLOBAL, scope("shop")], &[GLOBAL, scope("nowhere")]] {
        let found = store.actors(scopes.last().unwrap(), "nobody").await.unwrap();
        let stand = store.generations(scopes).await.unwrap();
        let expected = scopes.iter().cloned().zip(stand).collect();
        let nobody = Actors { actors: Vec::new(), is_associated: false, generations: expected };
        assert_eq!(found, nobody);
    }
}

/// Each once: `_global`, the scope that is asked for, and then the others by name.
pub async fn rest_on_every_scope_that_they_reach(database: &impl Database) {
    let store = database.open().await;
    let apps = ["z", "b", "9", "unrelated"];
    for name in apps {
        open_app(&store, name).await;
    }
    let [z, b, nine, unrelated] = apps.map(scope);
    let places = [
        (&GLOBAL, Kind::User, "ada"),
        (&GLOBAL, Kind::Group, "staff"),
        (&z, Kind::Group, "users"),
        (&z, Kind::Group, "admins"),
        (&b, Kind::Group, "users"),
        (&nine, Kind::Group, "users"),
        (&b, Kind::ApiClient, "ada"),
        (&unrelated, Kind::Group, "users"),
    ];
    make(&store, &places).await;
    let mut write = write();
    // The user is in z, and through that in b; the client of b is in 9.
    write.changes = [(2, 1), (3, 1), (4, 1), (5, 3), (6, 7)]
        .map(|(of, member)| join(id(of), id(member)))
        .into();
    store.commit(write).await.unwrap();

    for (asked, expected) in [
        (GLOBAL, &["_global", "b", "z"][..]),
        (z, &["_global", "z", "b"]),
        (b, &["_global", "b", "9", "z"]),
        (unrelated, &["_global", "unrelated", "b", "z"]),
        (scope("nowhere"), &["_global", "nowhere", "b", "z"]),
    ] {
        let found = store.actors(&asked, "ada").await.unwrap();
        assert_eq!(rests_on(&found), expected, "{asked}");
        let (scopes, stand): (Vec<_>, Vec<_>) = found.generations.into_iter().unzip();
        assert_eq!(stand, store.generations(&scopes).await.unwrap(), "{asked}");
    }
}
