//! What a run has left, and the key that a machine makes for runs on the server.

use std::time::Duration;

use pantry_model::chef::runs::RunStatus;
use pantry_model::commands::chef_run::{
    ChefRunFinish, ChefRunPrepare, FinishedRun, Mode, RunRecord,
};
use pantry_model::{Error, JobId, Timestamp};
use pantry_sign::PrivateKey;
use pantry_store::Kind;
use pantry_usecases::KeyOwner;
use serde_json::{Value, json};

use crate::chef::{node, said};
use crate::chef_runs::{HTTP, kitchen};
use crate::house::{House, machine};
use crate::standing::{of, refusal};

impl House {
    pub(crate) async fn ends(&self, job: JobId, node: &Value) -> Result<FinishedRun, Error> {
        let ended = ChefRunFinish {
            job,
            started_at: Timestamp(1),
            duration: Duration::from_secs(3),
            exit_code: Some(0),
            reason: None,
        };
        let node = serde_json::value::to_raw_value(node).unwrap();
        let record = RunRecord { node: Some(node), messages: Vec::new() };
        self.usecases.finish_chef_run(&machine("shop", "web1"), ended, record).await
    }

    /// Asks for a run, and ends it with this node.
    async fn has_run(&self, run: Value, node: &Value) -> Option<String> {
        let job = self.asks("shop", run).await;
        self.ends(job, node).await.unwrap().node_refused
    }

    async fn node_now(&self) -> Value {
        let bob = self.calls("bob", "shop").await;
        said(&self.usecases.show_node(&bob, "web1").await.unwrap())
    }
}

fn left(number: u32) -> Value {
    json!({
        "name": "web1", "chef_environment": "prod", "run_list": ["recipe[web]"],
        "automatic": {"recipes": ["web"], "n": number},
    })
}

#[tokio::test]
async fn a_run_saves_its_node_unless_it_was_asked_not_to() {
    let house = kitchen().await;
    assert_eq!(house.has_run(json!({}), &left(1)).await, None);
    assert_eq!(house.node_now().await["automatic"]["n"], 1);
    assert_eq!(house.node_now().await["run_list"], json!(["recipe[web]"]));
    let lines = house.lines_of(Kind::Node).await;
    assert_eq!(lines.last().unwrap(), "a/shop/i/web1 update web1");
    for run in
        [json!({"why_run": true}), json!({"override_run_list": ["apt"]}), json!({"mode": "server"})]
    {
        assert_eq!(house.has_run(run, &left(2)).await, None);
    }
    assert_eq!(house.node_now().await["automatic"]["n"], 1);
    assert_eq!(house.has_run(json!({"mode": "solo"}), &left(3)).await, None);
    assert_eq!(house.node_now().await["automatic"]["n"], 3);
    // It is found at once.
    let found = house.usecases.names_found(&of("shop"), Kind::Node, "n:3").await.unwrap();
    assert_eq!(found, ["web1"]);
    house.usecases.delete_node(&house.client_calls("web1", "shop").await, "web1").await.unwrap();
    assert_eq!(house.has_run(json!({}), &left(4)).await, None);
    assert_eq!(house.node_now().await["automatic"]["n"], 4);
}

#[tokio::test]
async fn a_node_that_may_not_be_saved_is_told() {
    let house = kitchen().await;
    let other = json!({"name": "db1"});
    assert_eq!(house.has_run(json!({}), &other).await.unwrap(), "Node name mismatch.");
    let odd = json!({"name": "web1", "run_list": 7});
    let refused = house.has_run(json!({}), &odd).await.unwrap();
    assert_eq!(refused, "Field 'run_list' is not a valid run list");
    let bob = house.calls("bob", "shop").await;
    let web1 = house.client_calls("web1", "shop").await;
    house.usecases.delete_node(&web1, "web1").await.unwrap();
    house.usecases.create_node(&bob, &node("web1", "prod", &[])).await.unwrap();
    assert_eq!(
        house.has_run(json!({}), &left(1)).await.unwrap(),
        "the API client `web1` may not save the node `web1`: missing update permission"
    );
    let job = house.asks("shop", json!({})).await;
    let elsewhere = ChefRunFinish {
        job,
        started_at: Timestamp(1),
        duration: Duration::ZERO,
        exit_code: None,
        reason: None,
    };
    let mill = machine("mill", "web1");
    let unknown = house.usecases.finish_chef_run(&mill, elsewhere, RunRecord::default()).await;
    assert!(matches!(unknown, Err(Error::UnknownJob(_))));
}

#[tokio::test]
async fn what_became_of_a_run_is_kept_once() {
    let house = kitchen().await;
    let bob = house.calls("bob", "shop").await;
    let job = house.asks("shop", json!({"why_run": true})).await;
    let first = house.ends(job, &left(1)).await.unwrap();
    assert_eq!(house.ends(job, &left(1)).await.unwrap(), first);
    let report = house.usecases.show_run(&bob, first.run.unwrap().parse().unwrap()).await.unwrap();
    let summary = report.summary;
    assert_eq!((summary.node.as_str(), summary.job, summary.why_run), ("web1", Some(job), true));
    assert_eq!((summary.status, summary.mode), (RunStatus::Success, Some(Mode::Zero)));
    assert_eq!(summary.duration(), Some(Duration::from_secs(3)));
    // What Chef itself says of it counts, under Chef's own id; also where the node is not saved.
    let id = "24d40d5b-9d4c-4ce0-a0a8-9d8d3b4e2a1c";
    let start = json!({"message_type": "run_start", "run_id": id, "node_name": "web1",
        "start_time": "2026-01-01T00:00:00Z"});
    let converge = json!({"message_type": "run_converge", "run_id": id, "node_name": "web1",
        "status": "failure", "start_time": "2026-01-01T00:00:00Z",
        "end_time": "2026-01-01T00:00:07Z", "total_resource_count": 9,
        "updated_resource_count": 2, "resources": []});
    let raw = |value: &Value| serde_json::value::to_raw_value(value).unwrap();
    let ended = ChefRunFinish {
        job: house.asks("shop", json!({"mode": "solo"})).await,
        started_at: Timestamp(1),
        duration: Duration::from_secs(8),
        exit_code: Some(1),
        reason: None,
    };
    let node = Some(raw(&json!({"name": "other"})));
    let record = RunRecord { node, messages: vec![raw(&start), raw(&converge)] };
    let finished = house.usecases.finish_chef_run(&machine("shop", "web1"), ended, record).await;
    let finished = finished.unwrap();
    assert!(finished.node_refused.is_some());
    assert_eq!(finished.run.as_deref(), Some(id));
    let report = house.usecases.show_run(&bob, id.parse().unwrap()).await.unwrap();
    assert_eq!(report.summary.status, RunStatus::Failure);
    assert_eq!(report.summary.updated_resources, Some(2));
    assert_eq!((report.summary.mode, report.detail.exit_code), (Some(Mode::Solo), Some(1)));
}

#[tokio::test]
async fn a_run_with_artifacts_leaves_the_policy_as_it_was() {
    let house = kitchen().await;
    let web1 = house.client_calls("web1", "shop").await;
    let body = json!({"name": "web1", "policy_name": "p", "policy_group": "g"});
    let of_policy = pantry_model::chef::Node::read_new(body.to_string().as_bytes()).unwrap();
    house.usecases.update_node(&web1, &of_policy).await.unwrap();
    assert_eq!(house.has_run(json!({"artifacts": {}}), &left(1)).await, None);
    assert_eq!(house.node_now().await["policy_name"], "p");
    assert_eq!(house.node_now().await["automatic"]["n"], 1);
    assert_eq!(house.has_run(json!({"run_list": ["web"]}), &left(2)).await, None);
    assert!(house.node_now().await.get("policy_name").is_none());
}

#[tokio::test]
async fn a_machine_s_own_key_is_added_and_no_other_is_lost() {
    let house = kitchen().await;
    let job = house.asks("shop", json!({"mode": "server"})).await;
    let key = || PrivateKey::generate(2048).unwrap().public_key().to_pem();
    let prepare = async |key: &str| {
        let asked = ChefRunPrepare { job, public_key: Some(key.to_owned()) };
        house.usecases.prepare_chef_run(&machine("shop", "web1"), &asked, Some(HTTP)).await
    };
    let keys = async || {
        let web1 = house.client_calls("web1", "shop").await;
        let mut all = Vec::new();
        for name in ["default", "pantry"] {
            let shown = house
                .usecases
                .show_key(&house.calls("pivotal", "shop").await, KeyOwner::ApiClient("web1"), name)
                .await;
            all.extend(shown.ok().map(|key| (key.name, key.public_key)));
        }
        drop(web1);
        all
    };
    let (one, two, three) = (key(), key(), key());
    prepare(&one).await.unwrap();
    prepare(&one).await.unwrap();
    assert_eq!(keys().await, [("default".to_owned(), one.clone())]);
    let lines = house.lines_of(Kind::ActorKey).await;
    let own: Vec<_> = lines.iter().filter(|line| line.contains("web1")).collect();
    assert_eq!(own, ["a/shop/i/web1 create api-client/web1/default"]);
    // Whoever uses the first key goes on to.
    prepare(&two).await.unwrap();
    prepare(&three).await.unwrap();
    prepare(&one).await.unwrap();
    assert_eq!(keys().await, [("default".to_owned(), one), ("pantry".to_owned(), three)]);
    let sentence = "what the machine has sent is no RSA public key, as PEM";
    assert_eq!(refusal(prepare("KEY").await).sentence, sentence);
}
