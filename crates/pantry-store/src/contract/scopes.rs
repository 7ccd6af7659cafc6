//! Applications come and go, each with all that is its own.

use pantry_model::{ObjectId, Principal, Timestamp};

use super::Database;
use super::samples::{
    actor_key, add_job, add_machine, app, body, create_app, delete_app, id, identity, is_gap_free,
    job, join, key, machine, object, only, open_app, place, put, scope, secure, send, sighting,
    whole_ledger, write,
};
use crate::{
    Change, ContentHash, Kind, LastEntry, OutputBatch, Scope, Store, StoreError, Verb, Write,
};

/// Puts something of everything into an application.
async fn fill(store: &impl Store, application: &str, number: u8) {
    add_machine(store, application, "web1").await;
    let owner = Principal::Machine(machine(application, "web1"));
    store.commit(only(Change::AddKey { key: key(number), owner })).await.unwrap();
    let job = send(store, application, i64::from(number), &["web1"]).await;
    store.append_output(vec![batch(application, &job)]).await.unwrap();
    store.see(vec![sighting(application, "web1", 5)]).await.unwrap();
    if store.places(&[outside(number)]).await.unwrap() == [None] {
        let name = format!("outside-{application}");
        store.commit(object(&Scope::Global, Kind::Group, &name, outside(number))).await.unwrap();
    }
    store.commit(objects(application, number)).await.unwrap();
}

/// The group of `_global` that an application's client is in, and that is in the application's.
fn outside(number: u8) -> ObjectId {
    id(1000 + u16::from(number))
}

/// The ids of an application's group and of its client.
fn ids(number: u8) -> (ObjectId, ObjectId) {
    (id(10 * u16::from(number)), id(10 * u16::from(number) + 1))
}

/// An API client with a key, in a group of its application and in one of `_global`.
fn objects(application: &str, number: u8) -> Write {
    let (group, client) = ids(number);
    let scope = scope(application);
    let mut write = write();
    write.changes = vec![
        put(&scope, Kind::Group, "clients", b""),
        secure(&scope, Kind::Group, "clients", group),
        put(&scope, Kind::ApiClient, "web1", b""),
        secure(&scope, Kind::ApiClient, "web1", client),
        join(group, client),
        join(outside(number), client),
        join(group, outside(number)),
        Change::PutActorKey { owner: client, key: actor_key("default") },
    ];
    write
}

fn batch(application: &str, job: &pantry_model::Job) -> OutputBatch {
    let stream = pantry_model::OutputStream::Stdout;
    let chunks = vec![pantry_model::Chunk { sequence: 0, stream, bytes: b"hi\n".to_vec() }];
    OutputBatch { machine: machine(application, "web1"), job: job.id, chunks }
}

/// Whether all that [`fill`] put there is there; all of it or nothing must be.
async fn is_full(store: &impl Store, application: &str, number: u8) -> bool {
    let there =
        [work(store, application, number).await, objects_there(store, application, number).await];
    let there = there.concat();
    assert!(there.iter().all(|&one| one == there[0]), "half of {application} is there: {there:?}");
    there[0]
}

/// Whether each part of the machine and its work is there.
async fn work(store: &impl Store, application: &str, number: u8) -> Vec<bool> {
    let id = job(application, i64::from(number)).id;
    let of = app(application);
    vec![
        store.document(&scope(application), Kind::Machine, "web1").await.unwrap().is_some(),
        store.curve_keys().await.unwrap().iter().any(|(found, _)| *found == key(number)),
        store.job(id).await.unwrap().is_some(),
        !store.jobs(Some(&of), 9).await.unwrap().is_empty(),
        store.jobs(None, 9).await.unwrap().iter().any(|one| one.job.id == id),
        !store.deliveries(id).await.unwrap().is_empty(),
        !store.open_deliveries(&machine(application, "web1")).await.unwrap().is_empty(),
        store.open_delivery_counts().await.unwrap().contains_key(&of),
        !store.output(id, &identity("web1"), 0, 99).await.unwrap().is_empty(),
        !store.sightings(&of).await.unwrap().is_empty(),
        !whole_ledger(store, &scope(application)).await.is_empty(),
    ]
}

/// Whether each part of the objects is there, and of what other scopes know of them.
async fn objects_there(store: &impl Store, application: &str, number: u8) -> Vec<bool> {
    let scope = scope(application);
    let (group, client) = ids(number);
    let place = place(&scope, Kind::ApiClient, "web1");
    vec![
        store.object(&scope, Kind::ApiClient, "web1").await.unwrap().is_some(),
        store.ids(&[place]).await.unwrap() != [None],
        store.places(&[client]).await.unwrap() != [None],
        !store.names(&scope, Kind::Group).await.unwrap().is_empty(),
        !store.members(group).await.unwrap().is_empty(),
        !store.members(outside(number)).await.unwrap().is_empty(),
        !store.member_of(client).await.unwrap().is_empty(),
        !store.member_of(outside(number)).await.unwrap().is_empty(),
        !store.actor_keys(client).await.unwrap().is_empty(),
        !store.actors(&scope, "web1").await.unwrap().actors.is_empty(),
    ]
}

/// A second time says that the application has appeared meanwhile.
pub async fn are_opened_once(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let again = store.commit(only(Change::OpenScope { application: app("shop") })).await;
    let (kind, name) = (Kind::Application, "shop".to_owned());
    assert_eq!(again, Err(StoreError::Moved { scope: Scope::Global, kind, name }));
}

/// Documents, keys, jobs and entries; and nothing else of such a write happens.
pub async fn that_are_missing_refuse_every_change(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let before = whole_ledger(&store, &Scope::Global).await;
    let owner = Principal::Machine(machine("gone", "web1"));
    let (kind, name) = (Kind::User, "x".to_owned());
    let mut writes: Vec<_> = [
        Change::CloseScope { application: app("gone") },
        put(&scope("gone"), Kind::User, "x", b""),
        Change::Delete { scope: scope("gone"), kind, name: name.clone() },
        Change::DeleteUnder { scope: scope("gone"), kind, parent: name.clone() },
        secure(&scope("gone"), kind, "x", id(1)),
        Change::Rename { scope: scope("gone"), kind, name: name.clone(), to: name },
        Change::AddKey { key: key(1), owner: owner.clone() },
        Change::RemoveKeys { owner },
    ]
    .map(only)
    .into();
    writes.push(add_job(&job("gone", 1), &["web1"]));
    let mut entry = write();
    entry.enter(&scope("gone"), Verb::Update, Kind::User, "x", None);
    writes.push(entry);

    for mut write in writes {
        write.changes.insert(0, put(&Scope::Global, Kind::User, "before", b""));
        write.changes.push(put(&scope("shop"), Kind::User, "after", b""));
        write.enter(&Scope::Global, Verb::Create, Kind::User, "before", None);
        let shown = format!("{write:?}");
        let outcome = store.commit(write).await;
        assert_eq!(outcome, Err(StoreError::NoSuchApplication(app("gone"))), "{shown}");
    }
    assert_eq!(body(&store, &Scope::Global, "before").await, None);
    assert_eq!(body(&store, &scope("shop"), "after").await, None);
    assert_eq!(whole_ledger(&store, &Scope::Global).await, before);
}

/// And nothing of others.
pub async fn take_all_that_is_theirs_with_them(database: &impl Database) {
    let store = database.open().await;
    for (number, name) in [(1, "shop"), (2, "shop2")] {
        open_app(&store, name).await;
        fill(&store, name, number).await;
        assert!(is_full(&store, name, number).await);
    }
    store.commit(delete_app("shop")).await.unwrap();
    assert!(!is_full(&store, "shop", 1).await);
    assert!(is_full(&store, "shop2", 2).await);
    assert_eq!(store.overdue_deliveries(Timestamp(i64::MAX), 9).await.unwrap().len(), 1);
}

/// With the entry that says that the application is deleted.
pub async fn leave_the_end_of_their_ledger_in_global(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    open_app(&store, "empty").await;
    for content in [&b"1"[..], b"2", b"3"] {
        let mut write = write();
        let hash = ContentHash::of(content);
        write.enter(&scope("shop"), Verb::Update, Kind::User, "x", Some(hash));
        store.commit(write).await.unwrap();
    }
    store.commit(delete_app("shop")).await.unwrap();
    store.commit(delete_app("empty")).await.unwrap();

    let global = whole_ledger(&store, &Scope::Global).await;
    assert!(is_gap_free(&global) && global.len() == 4, "{global:?}");
    assert_eq!((global[2].verb, global[2].name.as_str()), (Verb::Delete, "shop"));
    let end = LastEntry { position: 3, hash: Some(ContentHash::of(b"3")) };
    let closed: Vec<_> = global.iter().map(|entry| entry.closed).collect();
    let nothing = LastEntry { position: 0, hash: None };
    assert_eq!(closed, [None, None, Some(end), Some(nothing)]);
}

/// Nothing of its former namesake comes back.
pub async fn start_empty_when_they_are_made_again(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    fill(&store, "shop", 1).await;
    store.commit(delete_app("shop")).await.unwrap();
    open_app(&store, "shop").await;
    assert!(!is_full(&store, "shop", 1).await);

    fill(&store, "shop", 1).await;
    assert!(is_full(&store, "shop", 1).await);
    let ledger = whole_ledger(&store, &scope("shop")).await;
    assert!(is_gap_free(&ledger) && ledger.len() == 2, "{ledger:?}");
}

/// Each ledger gets what is its own.
pub async fn can_change_several_in_one_write(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "one").await;
    open_app(&store, "gone").await;
    let mut write = delete_app("gone");
    write.create(&scope("two"), Kind::User, "ada", b"2".to_vec());
    write.create(&scope("one"), Kind::User, "ada", b"1".to_vec());
    let opening = create_app("two");
    write.expects.extend(opening.expects);
    write.changes.splice(0..0, opening.changes);
    write.entries.extend(opening.entries);
    store.commit(write).await.unwrap();

    assert_eq!(body(&store, &scope("one"), "ada").await.unwrap(), b"1");
    assert_eq!(body(&store, &scope("two"), "ada").await.unwrap(), b"2");
    for (name, entries) in [("one", 1), ("two", 1), ("gone", 0)] {
        let ledger = whole_ledger(&store, &scope(name)).await;
        assert!(is_gap_free(&ledger) && ledger.len() == entries, "{name}: {ledger:?}");
    }
    let global = whole_ledger(&store, &Scope::Global).await;
    let names: Vec<&str> = global.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["one", "gone", "gone", "two"]);
}
