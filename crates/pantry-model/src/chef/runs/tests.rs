//! What real clients have sent, what they may have sent, and what nobody should.

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::limits::{MAX_RESOURCES, MAX_RESOURCES_BYTES};
use super::*;
use crate::Timestamp;
use crate::commands::chef_run::Mode;

const ID: &str = "5dd25b0f-3e42-4ac6-9f3b-f1a57e9f36c1";
const OTHER: &str = "00000000-0000-4000-8000-000000000001";

fn node() -> crate::NodeName {
    "web1".parse().unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn start() -> Value {
    json!({
        "message_type": "run_start", "message_version": "1.0.0", "id": ID, "run_id": ID,
        "node_name": "web1", "organization_name": "shop", "source": "chef_client",
        "start_time": "2026-11-21T13:05:09Z",
    })
}

fn resource(name: &str, status: &str) -> Value {
    json!({
        "type": "execute", "name": name, "id": name, "after": {"a": 1}, "before": {},
        "duration": "12", "delta": "-a\n+b", "ignore_failure": false, "result": "run",
        "status": status, "cookbook_name": "web", "cookbook_version": "1.2.0",
        "recipe_name": "default",
    })
}

fn converge(status: &str, resources: Vec<Value>) -> Value {
    json!({
        "message_type": "run_converge", "message_version": "1.1.0", "id": ID, "run_id": ID,
        "node_name": "web1", "status": status, "resources": resources,
        "total_resource_count": resources.len(), "updated_resource_count": 1,
        "run_list": ["recipe[web]"], "cookbooks": {"web": {"version": "1.2.0"}},
        "expanded_run_list": {"id": "prod", "run_list": [{"type": "recipe", "name": "web"}]},
        "node": {"name": "web1", "automatic": {"chef_packages": {"chef": {"version": "18.11.21"}}}},
        "start_time": "2026-11-21T13:05:09Z", "end_time": "2026-11-21T13:05:39Z",
    })
}

fn collected(message: &Value) -> RunReport {
    match Collected::read(&bytes(message)).unwrap() {
        Collected::Run(report) => *report,
        Collected::Other => panic!("{message} is of no run"),
    }
}

fn failing() -> Value {
    let resources = vec![
        resource("first", "updated"),
        resource("second", "up-to-date"),
        resource("third", "failed"),
        resource("fourth", "unprocessed"),
    ];
    let mut message = converge("failure", resources);
    message["error"] = json!({
        "class": "Mixlib::ShellOut::ShellCommandFailed", "message": "it exited 1\nmore",
        "backtrace": ["a.rb:1"],
        "description": {"title": "Error executing action `run` on resource 'execute[third]'",
            "sections": []},
    });
    message
}

fn known() -> KnownRun {
    KnownRun {
        id: OTHER.parse().unwrap(),
        node: node(),
        job: "0123456789abcdef".parse().unwrap(),
        mode: Mode::Zero,
        why_run: false,
        started_at: Timestamp(1_795_266_300_000),
        duration: Duration::from_secs(42),
        exit_code: Some(1),
        reason: None,
    }
}

#[test]
fn a_data_collectors_messages_tell_what_was_changed_and_what_failed() {
    let begun = collected(&start());
    assert_eq!(
        (begun.summary.status, begun.summary.id.to_string().as_str()),
        (RunStatus::Running, ID)
    );
    let RunReport { summary, detail } = collected(&failing());
    assert_eq!(summary.status, RunStatus::Failure);
    assert_eq!(summary.duration(), Some(Duration::from_secs(30)));
    assert_eq!((summary.total_resources, summary.updated_resources), (Some(4), Some(1)));
    assert_eq!(summary.failed_resource.as_deref(), Some("execute[third]"));
    assert_eq!(summary.error.as_deref(), Some("it exited 1"));
    let names: Vec<_> = detail.resources.iter().map(|it| (it.name.as_str(), it.failed)).collect();
    assert_eq!(names, [("first", false), ("third", true)]);
    assert_eq!(detail.resources[0].cookbook_version.as_deref(), Some("1.2.0"));
    assert_eq!(detail.chef_version.as_deref(), Some("18.11.21"));
    assert_eq!(
        (detail.recipes, detail.run_list),
        (vec!["web".to_owned()], vec!["recipe[web]".to_owned()])
    );
    assert_eq!(
        detail.cookbooks.into_iter().collect::<Vec<_>>(),
        [("web".to_owned(), "1.2.0".to_owned())]
    );
    assert_eq!(detail.error.unwrap().backtrace, ["a.rb:1"]);
}

#[test]
fn a_failure_that_is_allowed_is_not_why_a_run_failed() {
    let mut allowed = resource("allowed", "failed");
    allowed["ignore_failure"] = json!(true);
    let fine = collected(&converge("success", vec![allowed.clone()]));
    assert_eq!(fine.summary.failed_resource, None);
    assert!(fine.detail.resources[0].failed);
    let failed = collected(&converge("failure", vec![allowed, resource("other", "failed")]));
    assert_eq!(failed.summary.failed_resource.as_deref(), Some("execute[other]"));
}

#[test]
fn what_is_of_no_run_is_taken_and_not_kept() {
    for other in [
        json!({"message_type": "action", "id": "x", "entity_name": "web"}),
        json!({"type": "inspec_report"}),
        json!({"message_type": 7}),
        json!({}),
    ] {
        assert!(matches!(Collected::read(&bytes(&other)), Ok(Collected::Other)), "{other}");
    }
}

#[test]
fn a_message_of_a_run_must_name_run_and_node() {
    let without = |field: &str| {
        let mut message = start();
        message[field] = Value::Null;
        message["id"] = Value::Null;
        Collected::read(&bytes(&message)).map(|_| ()).unwrap_err().to_string()
    };
    assert_eq!(without("node_name"), "Field 'node_name' missing");
    assert_eq!(without("run_id"), "Field 'run_id' missing");
    let mut message = start();
    message["run_id"] = json!("../x");
    let error = Collected::read(&bytes(&message)).map(|_| ()).unwrap_err();
    assert_eq!(error.to_string(), "Field 'run_id' invalid");
    for bad in ["", "[]", "\"x\"", "{", "{\"message_type\":\"run_start\""] {
        assert!(Collected::read(bad.as_bytes()).is_err(), "{bad}");
    }
    let deep = format!("{{\"resources\":{}", "[".repeat(100_000));
    assert!(Collected::read(deep.as_bytes()).is_err());
}

#[test]
fn the_reporting_protocol_tells_the_same_with_less() {
    let body = json!({"action": "start", "run_id": ID, "start_time": "2026-11-21 14:05:09 +0100"});
    let begun = RunReport::read_start(node(), &bytes(&body)).unwrap();
    assert_eq!(begun.summary.started_at, Some(Timestamp(1_795_266_309_000)));
    let mut resources = [resource("first", ""), resource("third", "")];
    for one in &mut resources {
        one.as_object_mut().unwrap().remove("status");
    }
    let body = json!({
        "action": "end", "resources": resources, "status": "failure",
        "run_list": "[\"recipe[web]\"]", "total_res_count": "2", "start_time": "2026-11-21 14:05:09 +0100",
        "end_time": "2026-11-21 14:05:39 +0100",
        "expanded_run_list": "{\"id\":\"prod\",\"run_list\":[{\"type\":\"recipe\",\"name\":\"web\"}]}",
        "data": {"exception": {
            "class": "#<RuntimeError: no>", "message": "no", "backtrace": "[\"a.rb:1\"]",
            "description": {"title": "Error executing action `run` on resource 'execute[third]'"}}},
    });
    let ended = RunReport::read_end(node(), ID.parse().unwrap(), &bytes(&body)).unwrap();
    let whole = ended.clone().merge(begun);
    assert_eq!(whole.summary, ended.summary);
    assert_eq!((whole.summary.total_resources, whole.summary.updated_resources), (None, Some(1)));
    assert_eq!(whole.summary.failed_resource.as_deref(), Some("execute[third]"));
    assert_eq!(whole.detail.error.as_ref().unwrap().class, "RuntimeError");
    assert_eq!(whole.detail.recipes, ["web"]);

    // The same client also tells a data collector, which knows more.
    let both = collected(&failing()).merge(whole.clone());
    assert_eq!(both.summary.total_resources, Some(4));
    let other_way = whole.merge(collected(&failing()));
    assert_eq!(other_way.summary, both.summary);
    assert_eq!(other_way.detail, both.detail);
}

#[test]
fn a_report_in_the_wrong_place_is_refused() {
    let start = json!({"action": "start", "run_id": ID});
    let end = json!({"action": "end", "status": "success"});
    let id = || ID.parse().unwrap();
    assert!(RunReport::read_start(node(), &bytes(&end)).is_err());
    assert!(RunReport::read_end(node(), id(), &bytes(&start)).is_err());
    for status in [json!("aborted"), json!("fine"), json!(null), json!(1)] {
        let body = json!({"action": "end", "status": status});
        assert!(RunReport::read_end(node(), id(), &bytes(&body)).is_err(), "{body}");
    }
    assert!(RunReport::read_start(node(), b"{\"action\":\"start\"}").is_err());
}

#[test]
fn a_late_beginning_does_not_undo_an_end() {
    let ended = collected(&failing());
    let again = collected(&start()).merge(ended.clone());
    assert_eq!((again.summary, again.detail), (ended.summary, ended.detail));
}

#[test]
fn an_agent_adds_what_it_has_seen() {
    let messages = [bytes(&start()), bytes(&failing())];
    let report = RunReport::from_messages(&known(), messages.iter().map(Vec::as_slice));
    let RunReport { summary, detail } = report;
    assert_eq!((summary.id.to_string().as_str(), summary.source), (ID, RunSource::Pantry));
    assert_eq!((summary.job, summary.mode), (Some(known().job), Some(Mode::Zero)));
    assert_eq!(summary.duration(), Some(Duration::from_secs(30)), "Chef's own times");
    assert_eq!((summary.total_resources, detail.exit_code), (Some(4), Some(1)));
    assert_eq!(detail.error.unwrap().message, "it exited 1\nmore");
}

#[test]
fn without_messages_there_is_what_the_agent_knows() {
    for (exit_code, reason, status) in [
        (Some(0), None, RunStatus::Success),
        (Some(1), None, RunStatus::Failure),
        (None, Some("it took longer than 60 s"), RunStatus::Interrupted),
    ] {
        let known = KnownRun { exit_code, reason: reason.map(ToOwned::to_owned), ..known() };
        for messages in
            [vec![], vec![&b"{"[..], b"", b"[1]", b"{\"message_type\":\"run_converge\"}"]]
        {
            let report = RunReport::from_messages(&known, messages);
            assert_eq!(report.summary.status, status);
            assert_eq!(report.summary.id, known.id);
            assert_eq!(report.summary.duration(), Some(known.duration));
            assert_eq!(report.summary.error.as_deref(), reason);
        }
    }
    // Of a run that was ended there is its beginning.
    let killed = KnownRun { exit_code: None, ..known() };
    let begun = bytes(&start());
    let report = RunReport::from_messages(&killed, [begun.as_slice()]);
    assert_eq!(
        (report.summary.status, report.summary.id.to_string().as_str()),
        (RunStatus::Interrupted, ID)
    );
}

#[test]
fn messages_of_an_earlier_run_are_not_this_ones() {
    let mut earlier = failing();
    earlier["run_id"] = json!(OTHER);
    let messages = [bytes(&earlier), bytes(&start()), bytes(&converge("success", vec![]))];
    let report = RunReport::from_messages(&known(), messages.iter().map(Vec::as_slice));
    assert_eq!(
        (report.summary.id.to_string().as_str(), report.summary.status),
        (ID, RunStatus::Success)
    );
    assert_eq!(report.detail.error, None);
}

#[test]
fn a_huge_run_is_counted_and_cut() {
    let delta = "+".repeat(10_000);
    let resources = (0..3000).map(|number| {
        let mut one = resource(&format!("number {number}"), "updated");
        one["delta"] = json!(delta);
        one
    });
    let RunReport { summary, detail } = collected(&converge("success", resources.collect()));
    assert_eq!(summary.total_resources, Some(3000));
    assert!(detail.resources.len() < MAX_RESOURCES && detail.resources.len() > 20);
    assert_eq!(detail.resources.len() as u64 + detail.resources_left_out, 3000);
    assert!(serde_json::to_string(&detail).unwrap().len() < MAX_RESOURCES_BYTES + 65_536);
}

#[test]
fn what_is_shown_can_be_read_again() {
    let mut report = collected(&failing());
    report.summary.recorded_at = Timestamp(1_795_266_310_000);
    let text = serde_json::to_string(&RunShown::from(&report)).unwrap();
    let read: RunShown = serde_json::from_str(&text).unwrap();
    assert_eq!(read.run_detail, RunView::from(&report));
    assert_eq!(read.run_detail.started_at(), report.summary.started_at);
    assert_eq!(read.run_detail.total(), Some(4));
    assert_eq!(read.run_detail.exception().unwrap().message, "it exited 1\nmore");
    assert_eq!(read.resources.unwrap()[1].status.as_deref(), Some("failed"));
    // And so can goiardi's.
    let theirs = r#"{"run_detail":{"run_id":"x","start_time":"2026-11-21T13:05:09Z","total_res_count":2,
        "status":"started","run_list":"","resources":null,"data":null,"node_name":"web1"},"resources":null}"#;
    let read: RunShown = serde_json::from_str(theirs).unwrap();
    assert_eq!((read.run_detail.total(), read.run_detail.exception()), (Some(2), None));
}

/// JSON in which what is known stands for something else.
fn odd() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(json!(ID)),
        prop::sample::select(vec![
            "start",
            "end",
            "success",
            "failure",
            "run_start",
            "run_converge",
            "web1",
            "{\"run_list\":[1]}",
            "[\"a\"]",
            "2026-11-21 14:05:09 +0100",
            "failed",
            "x on resource '"
        ])
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 48, 8, |inner| {
        let key = prop::sample::select(vec![
            "action",
            "run_id",
            "id",
            "message_type",
            "node_name",
            "status",
            "resources",
            "error",
            "data",
            "exception",
            "description",
            "title",
            "backtrace",
            "class",
            "message",
            "run_list",
            "children",
            "expanded_run_list",
            "type",
            "name",
            "node",
            "automatic",
            "start_time",
            "cookbooks",
            "version",
        ]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..10).prop_map(|it| Value::Object(
                it.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
            )),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_is_sent_is_taken_or_refused(sent in odd()) {
        let body = bytes(&sent);
        let all = [
            RunReport::read_start(node(), &body).ok(),
            RunReport::read_end(node(), ID.parse().unwrap(), &body).ok(),
            match Collected::read(&body) { Ok(Collected::Run(run)) => Some(*run), _ => None },
            Some(RunReport::from_messages(&known(), [body.as_slice(), &body])),
        ];
        for report in all.into_iter().flatten() {
            let summary = serde_json::to_string(&report.summary).unwrap();
            prop_assert_eq!(&serde_json::from_str::<RunSummary>(&summary).unwrap(), &report.summary);
            let detail = serde_json::to_string(&report.detail).unwrap();
            prop_assert_eq!(&serde_json::from_str::<RunDetail>(&detail).unwrap(), &report.detail);
            let merged = report.clone().merge(report.clone());
            prop_assert_eq!(merged, report);
        }
    }

    #[test]
    fn any_bytes_are_taken_or_refused(body: Vec<u8>) {
        let _ = Collected::read(&body);
        let _ = RunReport::read_start(node(), &body);
        let _ = RunReport::from_messages(&known(), [body.as_slice()]);
    }
}
