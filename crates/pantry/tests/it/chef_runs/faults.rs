//! What can go wrong on a machine: no room, an agent that is killed, a Chef that is not there.

use std::process::Command;

use anyhow::{Result, ensure};
use pantry_testkit::chef::stand_in;
use pantry_testkit::process::Process;
use serde_json::json;

use super::kitchen::Kitchen;
use crate::whole::BINARY;

#[test]
fn a_run_that_finds_no_room_fails_and_the_next_one_is_fine() -> Result<()> {
    let kitchen = Kitchen::open(&["shop"])?;
    kitchen.enrol("shop", "web1", &stand_in()?, "")?;
    kitchen.upload_cookbooks("shop")?;
    // A limit on the size of files is a full disk, and can be lifted from outside.
    let config = ["client", "--config", "shop-web1.yml", "--data-dir", "shop-web1.data"].join(" ");
    let mut client = Process::spawn(
        "client",
        Command::new("sh")
            .args(["-c", &format!("trap '' XFSZ; exec \"$0\" {config}"), BINARY])
            .current_dir(kitchen.house.path("")),
    )?;
    client.wait_for("ready")?;
    kitchen.converged("shop", &["--run-list", "web"])?;

    kitchen.write("shop-cookbooks/web/files/large", &"x".repeat(600 * 1024))?;
    kitchen
        .write("shop-cookbooks/web/metadata.rb", "name 'web'\nversion '1.0.1'\ndepends 'base'\n")?;
    let upload = ["cookbook", "upload", "web", "--cookbook-path", "shop-cookbooks"];
    kitchen.chef("shop", &upload)?;
    client.limit_files(Some(512 * 1024))?;
    let ended = kitchen.converge("shop", &[])?;
    let told = "web1 did not start Chef: ";
    ensure!(ended.code != Some(0) && ended.stderr.contains(told), "{ended:?}");
    ensure!(ended.stderr.contains("File too large"), "{ended:?}");

    client.limit_files(None)?;
    kitchen.converged("shop", &[])?;
    let large = kitchen.house.path("shop-web1.data/chef/repository/cookbooks/web/files/large");
    ensure!(std::fs::metadata(large)?.len() == 600 * 1024);
    Ok(())
}

#[test]
fn a_chef_that_outlives_its_agent_is_waited_for() -> Result<()> {
    let kitchen = Kitchen::open(&["shop"])?;
    kitchen.enrol("shop", "web1", &stand_in()?, "")?;
    kitchen.upload_cookbooks("shop")?;
    let mut client = kitchen.house.start_client("shop", "web1")?;
    kitchen.converged("shop", &["--run-list", "web"])?;
    kitchen.behave("shop", "web1", &json!({ "wait_for": kitchen.house.path("gate") }))?;
    let job = kitchen.converged("shop", &["--no-wait"])?.stdout.trim().to_owned();
    kitchen.appears("gate.waits")?;
    client.kill()?;

    let _client = kitchen.house.start_client("shop", "web1")?;
    let ended: super::kitchen::Ended = kitchen.house.run(&["job", "watch", &job])?.into();
    ensure!(ended.stderr.contains("web1's agent ended while it ran"), "{ended:?}");
    // What was left of it still runs, and ends when it is let.
    kitchen.behave("shop", "web1", &json!({}))?;
    let mut next = kitchen.house.command(&["-a", "shop", "chef", "run"]);
    let mut next = Process::spawn("next", &mut next)?;
    next.wait_for("waits for the end of a run that an earlier agent has started")?;
    std::fs::write(kitchen.house.path("gate"), "")?;
    next.wait_for("Converged 1 resources")?;
    ensure!(next.wait()?.success(), "{}", next.report());
    Ok(())
}

#[test]
fn a_machine_without_its_chef_says_so() -> Result<()> {
    let kitchen = Kitchen::open(&["shop"])?;
    kitchen.enrol("shop", "web1", "/opt/none/chef-client".as_ref(), "")?;
    let _client = kitchen.house.start_client("shop", "web1")?;
    let ended = kitchen.converge("shop", &[])?;
    let told =
        "web1 has no program /opt/none/chef-client, which chef.command in its client.yml names";
    ensure!(ended.code != Some(0) && ended.stderr.contains(told), "{ended:?}");
    Ok(())
}
