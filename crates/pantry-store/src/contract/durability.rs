//! What was acknowledged is there after the store was closed and opened again.

use pantry_model::chef::runs::RunStatus;
use pantry_model::commands::admin::Refusal;
use pantry_model::{DeliveryState, Timestamp};

use super::Database;
use super::contents::{content, holder};
use super::deliveries::step;
use super::output::batch;
use super::runs::{id as run_id, run};
use super::samples::{
    actor_key, add_machine, app, create_app, delete_app, id, identity, join, key, object, only,
    open_app, put, scope, send, sighting, user, whole_ledger,
};
use crate::{Change, Kind, Scope, Store, Verb};

/// All that can be read, as text.
pub(super) async fn everything(store: &impl Store) -> String {
    let job = super::samples::job("shop", 1).id;
    let mut all = String::new();
    let mut add = |what: &dyn std::fmt::Debug| all.push_str(&format!("{what:?}\n"));
    for scope in [Scope::Global, scope("shop"), scope("gone")] {
        for &kind in Kind::ALL {
            for document in store.documents(&scope, kind).await.unwrap() {
                add(&(document.name, document.body, document.hash));
            }
        }
        for &kind in Kind::ALL {
            for name in store.names(&scope, kind).await.unwrap() {
                add(&store.object(&scope, kind, &name).await.unwrap());
            }
        }
        for &kind in Kind::ALL {
            for name in store.names(&scope, kind).await.unwrap() {
                add(&store.contents_of(&scope, kind, &name).await.unwrap());
            }
        }
        add(&whole_ledger(store, &scope).await);
        add(&store.generations(std::slice::from_ref(&scope)).await.unwrap());
        add(&store.actors(&scope, "ada").await.unwrap());
    }
    for object in [id(1), id(2)] {
        add(&store.places(&[object]).await.unwrap());
        add(&store.members(object).await.unwrap());
        add(&store.member_of(object).await.unwrap());
        add(&store.actor_keys(object).await.unwrap());
    }
    add(&store.held_contents(None, u32::MAX).await.unwrap());
    add(&store.curve_keys().await.unwrap());
    add(&store.jobs(None, 9).await.unwrap());
    add(&store.job_payload(job).await.unwrap());
    add(&store.deliveries(job).await.unwrap());
    add(&store.open_delivery_counts().await.unwrap());
    add(&store.overdue_deliveries(Timestamp(i64::MAX), 9).await.unwrap());
    add(&store.output(job, &identity("web1"), 0, usize::MAX).await.unwrap());
    add(&store.sightings(&app("shop")).await.unwrap());
    add(&store.run(&scope("shop"), run_id(1)).await.unwrap());
    add(&store.refusals(9).await.unwrap());
    all
}

/// Puts something of every family there, and deletes an application.
pub(super) async fn fill(store: &impl Store) {
    open_app(store, "shop").await;
    open_app(store, "gone").await;
    add_machine(store, "gone", "web1").await;
    store.commit(delete_app("gone")).await.unwrap();
    add_machine(store, "shop", "web1").await;
    store.commit(only(put(&Scope::Global, Kind::Secret, "curve", &[0, 255]))).await.unwrap();
    store.commit(only(Change::AddKey { key: key(1), owner: user("ada") })).await.unwrap();
    let mut write = object(&Scope::Global, Kind::User, "ada", id(1));
    write.changes.extend(object(&scope("shop"), Kind::Group, "users", id(2)).changes);
    write.changes.push(join(id(2), id(1)));
    write.changes.push(Change::PutActorKey { owner: id(1), key: actor_key("default") });
    store.commit(write).await.unwrap();
    for (name, contents) in [("a/1.0.0", [1, 2]), ("a/2.0.0", [2, 3])] {
        let contents = contents.map(content);
        let kind = Kind::CookbookVersion;
        let mut write = holder(&scope("shop"), kind, name, &contents);
        write.enter(&scope("shop"), Verb::Create, kind, name, None);
        store.commit(write).await.unwrap();
    }
    let job = send(store, "shop", 1, &["web1", "web2"]).await;
    let sent = step(&job, "web1", DeliveryState::Queued, DeliveryState::Sent, 2);
    store.advance(vec![sent]).await.unwrap();
    store.append_output(vec![batch(&job, "web1", 0..3)]).await.unwrap();
    store.see(vec![sighting("shop", "web1", 3)]).await.unwrap();
    store.commit(object(&scope("shop"), Kind::Node, "web1", id(3))).await.unwrap();
    let report = run("web1", 1, 4, RunStatus::Failure);
    assert!(store.put_run(&scope("shop"), report, 100).await.unwrap());
    let (who, address, what) = ("nobody".to_owned(), String::new(), "no key".to_owned());
    let refusal = Refusal { at: Timestamp(1), who, address, what, count: 1 };
    store.log_refusals(vec![refusal]).await.unwrap();
}

/// Something of every family; and what was deleted stays so.
pub async fn everything_is_there_after_reopening(database: &impl Database) {
    let store = database.open().await;
    fill(&store).await;
    let before = everything(&store).await;
    drop(store);

    let store = database.open().await;
    assert_eq!(everything(&store).await, before);
    // And it goes on where it was.
    store.commit(create_app("gone")).await.unwrap();
    let positions: Vec<u64> =
        whole_ledger(&store, &Scope::Global).await.iter().map(|entry| entry.position).collect();
    assert_eq!(positions, [1, 2, 3, 4, 5]);
}
