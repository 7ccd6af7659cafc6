//! `pantry chef runs` and `pantry chef run show`, of runs that a node has told of.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::shop::Shop;
use crate::api::{Api, Signer};

const FINE: &str = "5dd25b0f-3e42-4ac6-9f3b-f1a57e9f36c1";
const FAILED: &str = "6dd25b0f-3e42-4ac6-9f3b-f1a57e9f36c1";

/// A server with the nodes `web1`, which has told of a run that failed after one that did not, and `db1`.
fn shop_with_runs() -> Result<Shop> {
    let shop = Shop::open()?;
    for name in ["web1", "db1"] {
        shop.write(&format!("n/{name}.json"), &json!({ "name": name }).to_string())?;
    }
    shop.succeed(&["node", "upload", "n"])?;
    let teller = Signer::from_file("admin", &shop.house.path("server/keys/admin.pem"))?;
    let mut api = Api::new(shop.house.http_port());
    let fine = json!({
        "message_type": "run_converge", "run_id": FINE, "node_name": "web1", "status": "success",
        "start_time": "2026-11-21T13:05:09Z", "end_time": "2026-11-21T13:05:12Z",
        "total_resource_count": 7, "updated_resource_count": 2, "resources": [],
    });
    let failed = json!({
        "message_type": "run_converge", "run_id": FAILED, "node_name": "web1", "status": "failure",
        "total_resource_count": 7, "updated_resource_count": 0, "resources": [{
            "type": "execute", "name": "x\u{1b}[2J", "id": "x", "result": "run", "status": "failed",
            "cookbook_name": "web", "recipe_name": "default", "duration": "12",
        }],
        "error": { "class": "RuntimeError", "message": "it exited 1", "backtrace": ["a.rb:1"] },
    });
    for message in [fine, failed] {
        let path = "/organizations/shop/data-collector";
        api.expect(200, &teller, ("POST", path, &message.to_string()))?;
    }
    Ok(shop)
}

#[test]
fn runs_are_listed_and_shown() -> Result<()> {
    let shop = shop_with_runs()?;
    let table = shop.succeed(&["runs"])?;
    let lines: Vec<&str> = table.lines().collect();
    ensure!(lines.len() == 3 && lines[0].starts_with("RUN "), "{table}");
    ensure!(lines[1].starts_with(FAILED), "{table}");
    ensure!(lines[1].ends_with("  web1  failed   0/7      -      execute[x?[2J]"), "{table}");
    ensure!(lines[2].starts_with(FINE), "{table}");
    ensure!(lines[2].ends_with("  web1  ok       2/7      3.0 s"), "{table}");
    assert_eq!(shop.succeed(&["runs", "web1", "--limit", "1"])?.lines().count(), 2);
    assert_eq!(shop.succeed(&["runs", "--failed"])?.lines().count(), 2);
    let none = shop.run(&["runs", "db1", "--failed"])?;
    assert_eq!((none.code, none.stdout.as_str()), (Some(0), ""));
    ensure!(none.stderr.contains("no failed runs of db1 are known"), "{none:?}");

    let shown = shop.succeed(&["run", "show", FAILED])?;
    for part in [
        "outcome      failed\n",
        "\nRuntimeError: it exited 1\n  a.rb:1\n",
        "web::default",
        "failed\n",
    ] {
        ensure!(shown.contains(part), "{part}: {shown}");
    }
    Ok(())
}

#[test]
fn programs_get_a_run_on_each_line() -> Result<()> {
    let shop = shop_with_runs()?;
    let lines = shop.succeed(&["--json", "runs"])?;
    let runs: Vec<Value> = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let ids: Vec<_> = runs.iter().map(|run| run["run_id"].as_str()).collect();
    assert_eq!(ids, [Some(FAILED), Some(FINE)]);
    assert_eq!((&runs[0]["status"], &runs[0]["error"]), (&json!("failure"), &json!("it exited 1")));
    let shown: Value = serde_json::from_str(&shop.succeed(&["--json", "run", "show", FAILED])?)?;
    assert_eq!(shown["run_detail"]["run_id"], FAILED);
    assert_eq!(shown["resources"][0]["status"], "failed");
    Ok(())
}

#[test]
fn what_there_is_no_run_of_is_told() -> Result<()> {
    let shop = shop_with_runs()?;
    let said = shop.fail(8, &["run", "show", "00000000-0000-4000-8000-000000000000"])?;
    ensure!(said.contains("not found") && said.contains("`pantry -a shop chef runs`"), "{said}");
    let said = shop.fail(8, &["runs", "web9"])?;
    ensure!(said.contains("node 'web9' not found") && said.contains("chef node list"), "{said}");
    // A node's runs go with it.
    shop.succeed(&["node", "delete", "web1", "--yes"])?;
    ensure!(shop.run(&["runs"])?.stderr.contains("no runs are known"));
    Ok(())
}
