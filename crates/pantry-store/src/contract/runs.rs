//! Reports of Chef runs.

use pantry_model::chef::runs::{
    ChangedResource, RunDetail, RunError, RunId, RunReport, RunSource, RunStatus, RunSummary,
};
use pantry_model::{NodeName, Timestamp};

use super::Database;
use super::samples::{delete_app, id as object_id, object, only, open_app, scope};
use crate::{Change, Kind, RunsWanted, Scope, Store};

const KEEP: u32 = 100;

pub(super) fn id(number: u32) -> RunId {
    format!("00000000-0000-4000-8000-{number:012x}").parse().unwrap()
}

fn name(node: &str) -> NodeName {
    node.parse().unwrap()
}

/// A run with this number that was recorded at this time.
pub(super) fn run(node: &str, number: u32, at: i64, status: RunStatus) -> RunReport {
    let mut summary = RunSummary::new(id(number), name(node), RunSource::DataCollector, status);
    summary.recorded_at = Timestamp(at);
    summary.error = (status == RunStatus::Failure).then(|| "no\u{e9}".to_owned());
    let resource = ChangedResource { name: number.to_string(), ..ChangedResource::default() };
    let detail = RunDetail {
        resources: vec![resource],
        error: Some(RunError { message: "a\nb".to_owned(), ..RunError::default() }),
        ..RunDetail::default()
    };
    RunReport { summary, detail }
}

/// Makes a node, or something else that has runs.
pub(super) async fn add(
    store: &impl Store,
    application: &str,
    kind: Kind,
    node: &str,
    number: u16,
) {
    let object = object(&scope(application), kind, node, object_id(number));
    store.commit(object).await.unwrap();
}

async fn shop(database: &impl Database) -> impl Store {
    let store = database.open().await;
    open_app(&store, "shop").await;
    add(&store, "shop", Kind::Node, "web1", 50).await;
    add(&store, "shop", Kind::ApiClient, "web2", 51).await;
    store
}

async fn put(store: &impl Store, application: &str, run: RunReport) -> bool {
    store.put_run(&scope(application), run, KEEP).await.unwrap()
}

fn all() -> RunsWanted {
    RunsWanted { node: None, status: None, before: None, limit: 1000 }
}

fn of(node: &str) -> RunsWanted {
    RunsWanted { node: Some(name(node)), ..all() }
}

async fn listed(store: &impl Store, wanted: &RunsWanted) -> Vec<RunId> {
    let runs = store.runs(&scope("shop"), wanted).await.unwrap();
    runs.iter().map(|run| run.id).collect()
}

fn ids(numbers: impl IntoIterator<Item = u32>) -> Vec<RunId> {
    numbers.into_iter().map(id).collect()
}

/// With all that is in them; in a list, without what a list does not show.
pub async fn come_back_as_they_were_written(database: &impl Database) {
    let store = shop(database).await;
    let first = run("web1", 1, 5, RunStatus::Failure);
    assert!(put(&store, "shop", first.clone()).await);
    assert_eq!(store.run(&scope("shop"), id(1)).await.unwrap(), Some(first.clone()));
    assert_eq!(store.runs(&scope("shop"), &all()).await.unwrap(), [first.summary]);
    assert_eq!(store.run(&scope("shop"), id(2)).await.unwrap(), None);
    assert_eq!(store.run(&scope("bank"), id(1)).await.unwrap(), None);
    assert_eq!(store.runs(&Scope::Global, &all()).await.unwrap(), []);
}

/// What is told later replaces what was told before, but not when that was.
pub async fn are_replaced_where_they_stand(database: &impl Database) {
    let store = shop(database).await;
    put(&store, "shop", run("web1", 1, 5, RunStatus::Running)).await;
    put(&store, "shop", run("web1", 2, 6, RunStatus::Running)).await;
    let later = run("web1", 1, 9, RunStatus::Success);
    put(&store, "shop", later.clone()).await;
    let found = store.run(&scope("shop"), id(1)).await.unwrap().unwrap();
    assert_eq!(
        (found.summary.recorded_at, found.summary.status),
        (Timestamp(5), RunStatus::Success)
    );
    assert_eq!(found.detail, later.detail);
    assert_eq!(listed(&store, &all()).await, ids([2, 1]));
}

/// Newest first, a page after the other, of all nodes or of one, and only what went so.
pub async fn are_listed_newest_first(database: &impl Database) {
    let store = shop(database).await;
    for number in 0..20 {
        let node = if number % 4 == 0 { "web2" } else { "web1" };
        let status = if number % 2 == 0 { RunStatus::Failure } else { RunStatus::Success };
        // Every two of one time.
        put(&store, "shop", run(node, number, i64::from(number / 2), status)).await;
    }
    assert_eq!(listed(&store, &all()).await, ids((0..20).rev()));
    assert_eq!(listed(&store, &of("web2")).await, ids([16, 12, 8, 4, 0]));
    assert_eq!(listed(&store, &of("web3")).await, []);
    let failed = RunsWanted { status: Some(RunStatus::Failure), ..of("web1") };
    assert_eq!(listed(&store, &failed).await, ids([18, 14, 10, 6, 2]));
    let failed = RunsWanted { status: Some(RunStatus::Failure), limit: 3, ..all() };
    assert_eq!(listed(&store, &failed).await, ids([18, 16, 14]));
    for wanted in [all(), of("web1")] {
        let whole = store.runs(&scope("shop"), &wanted).await.unwrap();
        let mut pages = Vec::new();
        let mut page = RunsWanted { limit: 3, ..wanted };
        loop {
            let next = store.runs(&scope("shop"), &page).await.unwrap();
            let Some(last) = next.last() else { break };
            page.before = Some((last.recorded_at, last.id));
            pages.extend(next);
        }
        assert_eq!(pages, whole);
    }
}

/// Of each node for itself; and one that comes late is the one that goes.
pub async fn are_bounded_by_node(database: &impl Database) {
    let store = shop(database).await;
    let keep = async |run| assert!(store.put_run(&scope("shop"), run, 3).await.unwrap());
    keep(run("web2", 99, 0, RunStatus::Success)).await;
    for number in 1..6 {
        keep(run("web1", number, i64::from(number), RunStatus::Success)).await;
    }
    assert_eq!(listed(&store, &all()).await, ids([5, 4, 3, 99]));
    keep(run("web1", 50, 1, RunStatus::Success)).await;
    assert_eq!(listed(&store, &all()).await, ids([5, 4, 3, 99]));
    keep(run("web1", 3, 7, RunStatus::Failure)).await;
    assert_eq!(listed(&store, &of("web1")).await, ids([5, 4, 3]));
}

/// A node does one run at a time, so another's beginning says that the one before has no end.
pub async fn end_when_the_next_begins(database: &impl Database) {
    let store = shop(database).await;
    for (node, number) in [("web2", 9), ("web1", 1), ("web1", 2)] {
        put(&store, "shop", run(node, number, i64::from(number), RunStatus::Running)).await;
    }
    let status = async |number| {
        let run = store.run(&scope("shop"), id(number)).await.unwrap().unwrap();
        run.summary.status
    };
    assert_eq!(status(1).await, RunStatus::Interrupted);
    assert_eq!((status(2).await, status(9).await), (RunStatus::Running, RunStatus::Running));
    let aborted = RunsWanted { status: Some(RunStatus::Interrupted), ..all() };
    assert_eq!(listed(&store, &aborted).await, ids([1]));
    put(&store, "shop", run("web1", 1, 1, RunStatus::Success)).await;
    assert_eq!((status(1).await, status(2).await), (RunStatus::Success, RunStatus::Running));
}

/// Or an API client of its name; and not to another node that has said so first.
pub async fn belong_to_a_node_that_is_there(database: &impl Database) {
    let store = shop(database).await;
    open_app(&store, "bank").await;
    add(&store, "bank", Kind::Node, "web1", 60).await;
    add(&store, "shop", Kind::Role, "web3", 61).await;
    for (application, node) in [("shop", "web3"), ("bank", "web2"), ("nowhere", "web1")] {
        let told = run(node, 1, 1, RunStatus::Success);
        assert!(!put(&store, application, told).await, "{application} {node}");
    }
    assert!(put(&store, "shop", run("web1", 1, 1, RunStatus::Success)).await);
    assert!(!put(&store, "shop", run("web2", 1, 2, RunStatus::Failure)).await);
    // Of another application it is another run.
    assert!(put(&store, "bank", run("web1", 1, 3, RunStatus::Running)).await);
    let found = store.run(&scope("shop"), id(1)).await.unwrap().unwrap();
    assert_eq!(found, run("web1", 1, 1, RunStatus::Success));
    assert_eq!(listed(&store, &all()).await, ids([1]));
}

/// Of one node, and with an application.
pub async fn are_forgotten(database: &impl Database) {
    let store = shop(database).await;
    open_app(&store, "bank").await;
    add(&store, "bank", Kind::Node, "web1", 60).await;
    for (number, node) in [(1, "web1"), (2, "web1"), (3, "web2")] {
        put(&store, "shop", run(node, number, 1, RunStatus::Success)).await;
    }
    put(&store, "bank", run("web1", 4, 1, RunStatus::Success)).await;
    let forget = |node: &str| Change::ForgetRuns { scope: scope("shop"), node: node.to_owned() };
    store.commit(only(forget("web1"))).await.unwrap();
    store.commit(only(forget("web1"))).await.unwrap();
    store.commit(only(forget("a\0b"))).await.unwrap();
    assert_eq!(listed(&store, &all()).await, ids([3]));
    assert!(store.run(&scope("bank"), id(4)).await.unwrap().is_some());
    store.commit(delete_app("shop")).await.unwrap();
    open_app(&store, "shop").await;
    assert_eq!(listed(&store, &all()).await, []);
}
