//! Reports of Chef runs: told by their node, read by whoever may read it, and gone with it.

use pantry_model::chef::runs::{RunId, RunReport, RunSource, RunStatus, RunSummary};
use pantry_model::refusals::{nodes, request, runs};
use pantry_model::{Acl, Permission, Timestamp};
use pantry_store::Kind;
use pantry_usecases::{Caller, RunsAsked, run_id};

use crate::chef::node;
use crate::house::{House, machine};
use crate::people::staffed;
use crate::standing::{of, refusal};

fn id(number: u32) -> RunId {
    format!("00000000-0000-4000-8000-{number:012x}").parse().unwrap()
}

fn told(node: &str, number: u32, status: RunStatus) -> RunReport {
    let summary = RunSummary::new(id(number), node.parse().unwrap(), RunSource::Reporting, status);
    RunReport { summary, detail: pantry_model::chef::runs::RunDetail::default() }
}

fn asked() -> RunsAsked {
    RunsAsked { limit: 10, ..RunsAsked::default() }
}

async fn ids(house: &House, caller: &Caller, asked: &RunsAsked) -> Vec<RunId> {
    let runs = house.usecases.list_runs(caller, asked).await.unwrap();
    runs.iter().map(|run| run.id).collect()
}

/// A house with the API clients and nodes `web1` and `web2`, the API client `db1`, and the user `bob`.
async fn house() -> House {
    let house = staffed().await;
    let bob = house.calls("bob", "shop").await;
    for name in ["web1", "web2", "db1"] {
        house.api_client("shop", name).await;
        if name != "db1" {
            house.usecases.create_node(&bob, &node(name, "_default", &[])).await.unwrap();
        }
    }
    house
}

#[tokio::test]
async fn a_node_tells_of_its_own_runs_and_of_no_others() {
    let house = house().await;
    let it = &house.usecases;
    let (bob, web1) = (house.calls("bob", "shop").await, house.client_calls("web1", "shop").await);
    let begun = it.record_run(&web1, told("web1", 1, RunStatus::Running)).await.unwrap();
    assert!(begun.summary.recorded_at > Timestamp(0));
    let ended = it.record_run(&web1, told("web1", 1, RunStatus::Success)).await.unwrap();
    assert_eq!(ended.summary.recorded_at, begun.summary.recorded_at);
    assert_eq!(it.show_run(&bob, id(1)).await.unwrap(), ended);
    // Who may save the node may tell as well.
    it.record_run(&bob, told("web1", 2, RunStatus::Failure)).await.unwrap();

    let foreign = it.record_run(&web1, told("web2", 3, RunStatus::Success)).await;
    assert_eq!(refusal(foreign), request::missing_permission(Permission::Update));
    let nobodys = it.record_run(&bob, told("web9", 3, RunStatus::Success)).await;
    assert_eq!(refusal(nobodys), nodes::not_found("web9"));
    let web2 = house.client_calls("web2", "shop").await;
    let stolen = it.record_run(&web2, told("web2", 1, RunStatus::Failure)).await;
    assert_eq!(refusal(stolen), runs::taken(id(1)));
    assert_eq!(it.show_run(&bob, id(1)).await.unwrap(), ended);
    // It is nobody's decision.
    let ledger = house.ledger(Some("shop")).await;
    assert!(ledger.iter().all(|line| !line.contains("run")), "{ledger:?}");
}

#[tokio::test]
async fn a_run_that_failed_before_it_had_a_node_is_told() {
    let house = house().await;
    let it = &house.usecases;
    let db1 = house.client_calls("db1", "shop").await;
    it.record_run(&db1, told("db1", 1, RunStatus::Failure)).await.unwrap();
    let node_name = "db1".parse().unwrap();
    let own = it.list_runs_of(&db1, &node_name, &asked()).await.unwrap();
    assert_eq!(own.len(), 1);
    // There is no node whose permissions would say who may read it.
    let (bob, pivotal) = (house.calls("bob", "shop").await, house.calls("pivotal", "shop").await);
    assert_eq!(it.list_runs_of(&pivotal, &node_name, &asked()).await.unwrap(), own);
    assert_eq!(it.show_run(&pivotal, id(1)).await.unwrap().summary, own[0]);
    let hidden = it.list_runs_of(&bob, &node_name, &asked()).await;
    assert_eq!(refusal(hidden), nodes::not_found("db1"));
    let hidden = it.show_run(&bob, id(1)).await;
    assert_eq!(refusal(hidden), request::missing_permission(Permission::Read));
    assert_eq!(ids(&house, &bob, &asked()).await, []);
    assert_eq!(ids(&house, &pivotal, &asked()).await, [id(1)]);

    it.delete_api_client(&pivotal, "db1").await.unwrap();
    assert_eq!(ids(&house, &pivotal, &asked()).await, []);
    let gone = it.list_runs_of(&pivotal, &node_name, &asked()).await;
    assert_eq!(refusal(gone), nodes::not_found("db1"));
}

#[tokio::test]
async fn only_who_may_read_the_node_reads_its_runs() {
    let house = house().await;
    let it = &house.usecases;
    for (number, name) in [(1, "web1"), (2, "web2"), (3, "web1")] {
        let own = house.client_calls(name, "shop").await;
        it.record_run(&own, told(name, number, RunStatus::Success)).await.unwrap();
    }
    let bob = house.calls("bob", "shop").await;
    assert_eq!(ids(&house, &bob, &asked()).await, [id(3), id(2), id(1)]);
    let mut own = Acl::default();
    own.add(Permission::Read, house.client_calls("web2", "shop").await.id().unwrap());
    house.set_acl(&of("shop"), Kind::Node, "web2", own).await;
    let bob = house.calls("bob", "shop").await;
    assert_eq!(ids(&house, &bob, &asked()).await, [id(3), id(1)]);
    let hidden = it.list_runs_of(&bob, &"web2".parse().unwrap(), &asked()).await;
    assert_eq!(refusal(hidden), request::missing_permission(Permission::Read));
    let hidden = it.show_run(&bob, id(2)).await;
    assert_eq!(refusal(hidden), request::missing_permission(Permission::Read));
    let missing = it.show_run(&bob, id(9)).await;
    assert_eq!(refusal(missing), runs::not_found(&id(9).to_string()));
    assert_eq!(ids(&house, &house.client_calls("web2", "shop").await, &asked()).await.len(), 3);
}

#[tokio::test]
async fn a_list_is_what_was_asked_for() {
    let house = house().await;
    let it = &house.usecases;
    let bob = house.calls("bob", "shop").await;
    let mut recorded = Vec::new();
    for number in 0..6 {
        let status = if number % 2 == 0 { RunStatus::Success } else { RunStatus::Failure };
        let run = it.record_run(&bob, told("web1", number, status)).await.unwrap();
        recorded.push(run.summary.recorded_at);
    }
    let all = ids(&house, &bob, &asked()).await;
    assert_eq!(all, [5, 4, 3, 2, 1, 0].map(id));
    let failed = RunsAsked { status: Some(RunStatus::Failure), limit: 2, ..asked() };
    assert_eq!(ids(&house, &bob, &failed).await, [id(5), id(3)]);
    let new = RunsAsked { since: Some(recorded[2]), ..asked() };
    assert_eq!(ids(&house, &bob, &new).await, [5, 4, 3, 2].map(id));
    let of_node = it.list_runs_of(&bob, &"web1".parse().unwrap(), &new).await.unwrap();
    assert_eq!(of_node.len(), 4);
    let older = RunsAsked { before: Some((recorded[3], id(3))), ..asked() };
    assert_eq!(ids(&house, &bob, &older).await, [2, 1, 0].map(id));
    assert_eq!(ids(&house, &bob, &RunsAsked { limit: 0, ..asked() }).await, []);
}

#[tokio::test]
async fn a_nodes_runs_go_with_it() {
    let house = house().await;
    let it = &house.usecases;
    let bob = house.calls("bob", "shop").await;
    for (number, name) in [(1, "web1"), (2, "web2")] {
        it.record_run(&bob, told(name, number, RunStatus::Success)).await.unwrap();
    }
    // Without its API client it is still a node.
    let pivotal = house.calls("pivotal", "shop").await;
    it.delete_api_client(&pivotal, "web1").await.unwrap();
    assert_eq!(ids(&house, &bob, &asked()).await, [id(2), id(1)]);
    it.delete_node(&bob, "web1").await.unwrap();
    assert_eq!(ids(&house, &pivotal, &asked()).await, [id(2)]);
    it.create_node(&bob, &node("web1", "_default", &[])).await.unwrap();
    assert_eq!(ids(&house, &pivotal, &asked()).await, [id(2)]);
}

#[test]
fn a_run_without_an_id_has_one_of_its_job_and_machine() {
    let job = "0123456789abcdef".parse().unwrap();
    let of = |name: &str| run_id(job, &machine("shop", name));
    assert_eq!(of("web1"), of("web1"));
    assert_ne!(of("web1"), of("web2"));
    assert_ne!(of("web1"), run_id("0123456789abcdeg".parse().unwrap(), &machine("shop", "web1")));
}
