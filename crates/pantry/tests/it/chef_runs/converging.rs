//! Runs that go well, with the stand-in for Chef.

use anyhow::{Result, ensure};
use pantry_testkit::chef::stand_in;

use super::kitchen::Kitchen;

#[test]
fn a_run_reaches_only_its_application_and_the_second_is_sent_nothing() -> Result<()> {
    let kitchen = Kitchen::open(&["shop", "bank"])?;
    let chef = stand_in()?;
    let mut clients = Vec::new();
    for application in ["shop", "bank"] {
        kitchen.enrol(application, "web1", &chef, "")?;
        clients.push(kitchen.house.start_client(application, "web1")?);
    }
    kitchen.upload_cookbooks("shop")?;
    kitchen.write("users/ada.json", r#"{"id": "ada"}"#)?;
    kitchen.chef("shop", &["data-bag", "upload", "users", "users/ada.json"])?;

    let ended = kitchen.converged("shop", &["--run-list", "web"])?;
    for line in ["  - web", "Data bag users: ada", "Converged 1 resources"] {
        ensure!(ended.stdout.contains(line), "{line} is not in {ended:?}");
    }
    ensure!(!kitchen.house.path("bank-web1.data/chef").exists(), "the other one ran as well");
    kitchen.find("shop", "platform:stand-in", "web1")?;
    let repository = kitchen.house.path("shop-web1.data/chef/repository");
    let template = repository.join("cookbooks/web/templates/default/site.erb");
    assert_eq!(std::fs::read_to_string(template)?, "<%= @port %>\n");

    // The node has changed by the first run; by the second it has not.
    kitchen.converged("shop", &[])?;
    kitchen.converged("shop", &[])?;
    let cached = kitchen.cached("shop-web1")?;
    kitchen.converged("shop", &[])?;
    assert_eq!(kitchen.cached("shop-web1")?, cached);

    // The bank has no such cookbook.
    let ended = kitchen.converge("bank", &["--run-list", "web"])?;
    ensure!(ended.code != Some(0) && ended.stderr.contains("web"), "{ended:?}");
    Ok(())
}

#[test]
fn each_way_to_run_is_told_to_chef() -> Result<()> {
    let kitchen = Kitchen::open(&["shop"])?;
    kitchen.enrol("shop", "web1", &stand_in()?, "")?;
    let _client = kitchen.house.start_client("shop", "web1")?;
    kitchen.upload_cookbooks("shop")?;
    kitchen.converged("shop", &["--run-list", "web"])?;

    let ended = kitchen.converged("shop", &["--why-run", "--log-level", "debug"])?;
    ensure!(ended.stdout.contains("Would have converged 1 resources"), "{ended:?}");
    let ended = kitchen.converged("shop", &["--override-run-list", "base"])?;
    ensure!(ended.stdout.contains("Recipe: base::default"), "{ended:?}");
    ensure!(!ended.stdout.contains("Recipe: web"), "{ended:?}");
    let ended = kitchen.converged("shop", &["--mode", "solo"])?;
    ensure!(ended.stdout.contains("Recipe: web::default"), "{ended:?}");
    let ended = kitchen.converged("shop", &["--mode", "server"])?;
    let url = format!("http://127.0.0.1:{}/organizations/shop", kitchen.house.http_port());
    ensure!(ended.stdout.contains(&format!("Would ask {url}")), "{ended:?}");
    let keys = kitchen.chef("shop", &["node", "show", "web1"])?;
    ensure!(keys.contains("recipe[web]"), "the override is not kept: {keys}");

    kitchen.behave("shop", "web1", &serde_json::json!({ "fail": "file[/x]", "exit": 7 }))?;
    let ended = kitchen.converge("shop", &[])?;
    ensure!(ended.stdout.contains("* file[/x] action create"), "{ended:?}");
    ensure!(ended.code != Some(0) && ended.stderr.contains('7'), "{ended:?}");
    Ok(())
}
