//! Reports of Chef runs over HTTP, as Chef's clients send them and as they are read.

use std::io::Write as _;

use serde_json::{Value, json};

use crate::chef::{error, url};
use crate::client::Reply;
use crate::house::{Ask, House, NOW};
use crate::people::OWN_KEY;

const ID: &str = "5dd25b0f-3e42-4ac6-9f3b-f1a57e9f36c1";
const RUNS: &str = "/organizations/shop/reports/nodes/app1/runs";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// A house with the nodes `app1` and `app2`, each with an API client.
async fn house() -> House {
    let house = House::new().await;
    for name in ["app1", "app2"] {
        let client = json!({ "name": name, "public_key": OWN_KEY.public_key().to_pem() });
        house.expect(201, ("POST", "clients", &client.to_string())).await;
        house.expect(201, ("POST", "nodes", &json!({ "name": name }).to_string())).await;
    }
    house
}

/// A report of the node `app1`, signed by its API client, with these headers.
async fn tells(house: &House, path: &str, body: &[u8], headers: &[(&str, &str)]) -> Reply {
    let mut ask = Ask::new("POST", path).body(body).by("app1");
    for (name, value) in headers {
        ask = ask.header(name, value);
    }
    Box::pin(house.ask(ask)).await
}

const JSON: (&str, &str) = ("Content-Type", "application/json");
const PROTOCOL: (&str, &str) = ("X-Ops-Reporting-Protocol-Version", "0.1.0");

fn start() -> Vec<u8> {
    let told =
        json!({ "action": "start", "run_id": ID, "start_time": "2026-11-21 14:05:09 +0100" });
    told.to_string().into_bytes()
}

fn end() -> Vec<u8> {
    let told = json!({
        "action": "end", "status": "failure", "run_list": "[\"recipe[web]\"]", "total_res_count": "1",
        "start_time": "2026-11-21 14:05:09 +0100", "end_time": "2026-11-21 14:05:39 +0100",
        "resources": [{
            "type": "execute", "name": "x", "id": "x", "duration": "12", "delta": "", "result": "run",
            "before": {}, "after": {}, "cookbook_name": "web", "cookbook_version": "1.2.0",
        }],
        "data": { "exception": {
            "class": "#<RuntimeError: no>", "message": "no", "backtrace": "[\"a.rb:1\"]",
            "description": { "title": "Error executing action `run` on resource 'execute[x]'" },
        } },
    });
    told.to_string().into_bytes()
}

fn collected(kind: &str, id: &str, node: &str) -> Vec<u8> {
    let told = json!({
        "message_type": kind, "run_id": id, "id": id, "node_name": node, "status": "success",
        "total_resource_count": 7, "updated_resource_count": 2, "resources": [],
    });
    told.to_string().into_bytes()
}

#[tokio::test]
async fn a_run_is_told_by_the_reporting_protocol_and_read() {
    let house = house().await;
    let begun = tells(&house, RUNS, &start(), &[JSON, PROTOCOL]).await;
    let uri = url(&format!("reports/nodes/app1/runs/{ID}"));
    assert_eq!((begun.status, begun.header("location")), (201, Some(uri.as_str())));
    let begun = begun.json();
    assert_eq!((&begun["uri"], &begun["summary_only"]), (&json!(uri), &json!(false)));
    assert_eq!(begun["run_detail"]["status"], "started");

    // Chef packs it and says nothing of its form.
    let packed = [PROTOCOL, ("Content-Encoding", "gzip")];
    let ended = tells(&house, &format!("{RUNS}/{ID}"), &gzip(&end()), &packed).await;
    assert_eq!((ended.status, &ended.json()["run_detail"]["status"]), (200, &json!("failure")));

    let shown = house.expect(200, ("GET", &format!("reports/org/runs/{ID}"), "")).await;
    let run = &shown["run_detail"];
    assert_eq!(run["node_name"], "app1");
    assert_eq!(run["start_time"], "2026-11-21T13:05:09Z");
    assert_eq!(run["duration_ms"], 30_000);
    assert_eq!(run["failed_resource"], "execute[x]");
    assert_eq!(run["run_list"], "[\"recipe[web]\"]");
    assert_eq!(run["data"]["exception"]["class"], "RuntimeError");
    assert_eq!(shown["resources"][0]["cookbook_version"], "1.2.0");
    assert_eq!(shown["resources"][0]["status"], "failed");
    let by_node = format!("reports/nodes/app1/runs/{ID}");
    assert_eq!(house.expect(200, ("GET", &by_node, "")).await, shown);
    let of_other = format!("reports/nodes/app2/runs/{ID}");
    let missing = house.expect(404, ("GET", &of_other, "")).await;
    assert_eq!(missing, error(&format!("Report {ID} not found")));
}

#[tokio::test]
async fn a_run_is_told_to_a_data_collector_and_is_the_same_run() {
    let house = house().await;
    let path = "/organizations/shop/data-collector";
    tells(&house, RUNS, &start(), &[JSON, PROTOCOL]).await;
    for message in [collected("run_start", ID, "app1"), collected("run_converge", ID, "app1")] {
        let told = tells(&house, path, &message, &[JSON]).await;
        assert_eq!((told.status, told.json()), (200, json!({})));
    }
    let listed = house.expect(200, ("GET", "reports/org/runs", "")).await;
    let runs = listed["run_history"].as_array().unwrap();
    assert_eq!(runs.len(), 1, "{listed}");
    assert_eq!(
        (&runs[0]["source"], &runs[0]["status"]),
        (&json!("data-collector"), &json!("success"))
    );
    assert_eq!(
        (&runs[0]["total_res_count"], &runs[0]["updated_res_count"]),
        (&json!(7), &json!(2))
    );

    let other = br#"{"message_type":"action","entity_name":"web"}"#;
    assert_eq!(tells(&house, path, other, &[JSON]).await.status, 200);
    for (message, status) in [
        (collected("run_start", ID, "app2"), 403),
        (collected("run_start", ID, "app9"), 404),
        (collected("run_start", "x", "app1"), 400),
        (b"[]".to_vec(), 400),
        (b"{".to_vec(), 400),
    ] {
        let refused = tells(&house, path, &message, &[JSON]).await;
        assert_eq!(refused.status, status, "{}", refused.text());
    }
    let listed = house.expect(200, ("GET", "reports/org/runs", "")).await;
    assert_eq!(listed["run_history"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_a_node_may_not_say_is_refused() {
    let house = house().await;
    let foreign = "/organizations/shop/reports/nodes/app2/runs";
    let own = format!("{RUNS}/{ID}");
    let old = ("X-Ops-Reporting-Protocol-Version", "0.2.0");
    let bomb = gzip(&vec![b' '; 9_000_000]);
    let packed = ("Content-Encoding", "gzip");
    let (start, end) = (start(), end());
    for (path, body, headers, status) in [
        (foreign, &start, &[JSON][..], 403),
        ("/organizations/shop/reports/nodes/none/runs", &start, &[JSON], 404),
        ("/organizations/shop/reports/nodes/a%20b/runs", &start, &[JSON], 404),
        (RUNS, &start, &[JSON, old], 406),
        (RUNS, &end, &[JSON], 400),
        (own.as_str(), &start, &[JSON], 400),
        ("/organizations/shop/reports/nodes/app1/runs/x", &end, &[JSON], 404),
        (own.as_str(), &end, &[packed], 400),
        (own.as_str(), &bomb, &[packed], 413),
        (own.as_str(), &end, &[("Content-Encoding", "br")], 415),
    ] {
        let refused = tells(&house, path, body, headers).await;
        assert_eq!(refused.status, status, "{path}: {}", refused.text());
    }
    let unsigned =
        house.ask(Ask::new("POST", RUNS).body(&start).header("Content-Type", JSON.1)).await;
    assert_eq!(unsigned.status, 400);
    let listed = house.expect(200, ("GET", "reports/org/runs", "")).await;
    assert_eq!(listed, json!({ "run_history": [] }));

    // Of another node's run nothing can be said.
    tells(&house, RUNS, &start, &[JSON]).await;
    let stolen = Ask::new("POST", foreign).body(&start).by("app2").header("Content-Type", JSON.1);
    let stolen = house.ask(stolen).await;
    assert_eq!(stolen.json(), error(&format!("Report {ID} is of another node")));
    assert_eq!(stolen.status, 409);
}

#[tokio::test]
async fn a_report_may_be_larger_than_other_json() {
    let house = House::limited(|limits| {
        limits.max_json_bytes = 65_536;
        limits.max_report_bytes = 200_000;
    })
    .await;
    house.expect(201, ("POST", "nodes", r#"{"name":"app1"}"#)).await;
    let path = "/organizations/shop/data-collector";
    for (length, status) in [(100_000, 200), (250_000, 413)] {
        let mut message: Value =
            serde_json::from_slice(&collected("run_converge", ID, "app1")).unwrap();
        message["node"] = json!({ "automatic": "x".repeat(length) });
        let body = message.to_string().into_bytes();
        let ask = Ask::new("POST", path).body(&body).by("pivotal").header("Content-Type", JSON.1);
        assert_eq!(house.ask(ask).await.status, status, "{length}");
    }
}

#[tokio::test]
async fn a_list_is_of_what_is_asked_for() {
    let house = house().await;
    for (number, node) in [(1, "app1"), (2, "app2"), (3, "app1")] {
        house.set_clock(NOW + number);
        let id = format!("00000000-0000-4000-8000-00000000000{number}");
        let start = json!({ "action": "start", "run_id": id }).to_string();
        house.expect(201, ("POST", &format!("reports/nodes/{node}/runs"), &start)).await;
    }
    let (before, after) = (NOW + 1, NOW + 2);
    for (path, expected) in [
        ("org/runs".to_owned(), vec!["3", "2", "1"]),
        ("org/runs?rows=2".to_owned(), vec!["3", "2"]),
        ("nodes/app1/runs".to_owned(), vec!["3", "1"]),
        ("org/runs?status=aborted".to_owned(), vec!["1"]),
        ("nodes/app1/runs?status=success".to_owned(), vec![]),
        (format!("org/runs?from={after}&protocol-version=0.1.0"), vec!["3", "2"]),
        (format!("org/runs?until={before}&rows=99999"), vec!["1"]),
    ] {
        let listed = house.expect(200, ("GET", &format!("reports/{path}"), "")).await;
        let runs = listed["run_history"].as_array().unwrap().iter();
        let ids: Vec<_> = runs.map(|run| run["run_id"].as_str().unwrap()).collect();
        let last: Vec<_> = ids.iter().map(|id| &id[id.len() - 1..]).collect();
        assert_eq!(last, expected, "{path}");
    }
    for (path, status) in [
        ("org/runs?rows=x", 400),
        ("org/runs?from=-1", 400),
        ("org/runs?status=fine", 400),
        ("org/runs?protocol-version=9", 406),
        ("nodes/app9/runs", 404),
        ("org/runs/x", 404),
    ] {
        house.expect(status, ("GET", &format!("reports/{path}"), "")).await;
    }
}
