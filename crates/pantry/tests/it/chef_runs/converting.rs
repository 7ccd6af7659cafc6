//! Machines that converge without Pantry, and come back.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::chef::stand_in;
use serde_json::Value;

use super::kitchen::{Ended, Kitchen};

/// The files of a folder, with their permissions and contents.
pub(super) fn files(folder: &Path) -> Result<BTreeMap<String, (u32, String)>> {
    use std::os::unix::fs::PermissionsExt as _;
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().context("a name")?.to_string_lossy().into_owned();
        let mode = path.symlink_metadata()?.permissions().mode() & 0o7777;
        let text = if path.is_dir() { String::new() } else { std::fs::read_to_string(&path)? };
        found.insert(name, (mode, text));
    }
    Ok(found)
}

fn names(folder: &Path) -> Result<String> {
    Ok(files(folder)?.into_keys().collect::<Vec<_>>().join(" "))
}

/// A machine of `shop` with a folder for Chef, in which a person had Chef before.
fn lived_in(more: &str) -> Result<Kitchen> {
    let kitchen = Kitchen::open(&["shop"])?;
    let etc = kitchen.house.path("etc");
    let settings = format!("  config_dir: {}\n{more}", etc.display());
    kitchen.enrol("shop", "web1", &stand_in()?, &settings)?;
    kitchen.write("etc/client.rb", "chef_server_url 'https://old.example.org'\n")?;
    kitchen.upload_cookbooks("shop")?;
    kitchen.write("users/ada.json", r#"{"id": "ada"}"#)?;
    kitchen.chef("shop", &["data-bag", "upload", "users", "users/ada.json"])?;
    Ok(kitchen)
}

fn convert(kitchen: &Kitchen, options: &[&str]) -> Result<Ended> {
    let arguments = [&["-a", "shop", "chef", "convert", "--to"], options].concat();
    let ended: Ended = kitchen.house.run(&arguments)?.into();
    Ok(ended)
}

pub(super) fn converted(kitchen: &Kitchen, options: &[&str]) -> Result<String> {
    let ended = convert(kitchen, options)?;
    ensure!(ended.code == Some(0), "{ended:?}");
    Ok(ended.stdout)
}

/// What a conversion says is to be typed.
pub(super) fn command_in(told: &str) -> Result<String> {
    let mut lines = told.lines().skip_while(|line| !line.contains("Now stop the Pantry client"));
    let line = lines.nth(1).with_context(|| format!("no command in {told}"))?;
    Ok(line.trim_start_matches("web1 |").trim().to_owned())
}

pub(super) fn typed(command: &str) -> Result<Ended> {
    let mut shell = Command::new("sh");
    Ok(shell.args(["-c", command]).env_remove("PANTRY_JOB").output()?.into())
}

#[test]
fn a_machine_goes_over_to_chef_client_to_chef_solo_and_back() -> Result<()> {
    let mut kitchen = lived_in("")?;
    let etc = kitchen.house.path("etc");
    let before = files(&etc)?;
    let mut client = kitchen.house.start_client("shop", "web1")?;
    kitchen.converged("shop", &["--run-list", "web"])?;

    let told = converted(&kitchen, &["chef-client"])?;
    let kept = "client.rb; what was there is client.rb.before-pantry now";
    ensure!(told.contains(kept), "{told}");
    assert_eq!(names(&etc)?, "client.pem client.rb client.rb.before-pantry");
    assert_eq!(files(&etc)?["client.pem"].0, 0o600);
    // Its key is the API client's: with nothing else it may ask the server.
    let url = format!("http://127.0.0.1:{}/organizations/shop", kitchen.house.http_port());
    let key = etc.join("client.pem").display().to_string();
    let signed = ["--chef-server-url", &url, "--chef-user", "web1", "--chef-key", &key];
    let shown =
        kitchen.house.succeed(&[&["chef", "node", "show", "web1"], &signed[..]].concat())?;
    ensure!(shown.contains("recipe[web]"), "{shown}");
    let ended = typed(&command_in(&told)?)?;
    ensure!(ended.code == Some(0) && ended.stdout.contains(&url), "{ended:?}");
    // A run in the mode server goes on with the same key, and takes nothing away.
    kitchen.converged("shop", &["--mode", "server"])?;
    kitchen.house.succeed(&[&["chef", "node", "show", "web1"], &signed[..]].concat())?;

    let told = converted(&kitchen, &["chef-solo", "--data-bag", "users"])?;
    assert_eq!(names(&etc)?, "chef-repo client.rb node.json solo.rb");
    assert_eq!(files(&etc)?["client.rb"], before["client.rb"]);
    client.terminate()?;

    kitchen.server.terminate()?;

    let ended = typed(&command_in(&told)?)?;
    for line in ["Recipe: web::default", "Data bag users: ada", "Converged 1 resources"] {
        ensure!(ended.stdout.contains(line), "{line} is not in {ended:?}");
    }
    assert_eq!(names(&etc.join("nodes"))?, "web1.json", "its own, as Chef saves it");

    let _server = kitchen.house.start_server()?;
    let _client = kitchen.house.start_client("shop", "web1")?;
    let told = converted(&kitchen, &["pantry"])?;
    ensure!(told.contains("removed ") && !told.contains("Now stop"), "{told}");
    std::fs::remove_dir_all(etc.join("nodes"))?;
    assert_eq!(files(&etc)?, before);
    let told = converted(&kitchen, &["pantry"])?;
    ensure!(told.contains("nothing was converted here"), "{told}");
    kitchen.converged("shop", &[])?;
    Ok(())
}

#[test]
fn a_conversion_that_cannot_be_says_so_and_changes_nothing() -> Result<()> {
    let kitchen = lived_in("")?;
    let etc = kitchen.house.path("etc");
    let before = files(&etc)?;
    let _client = kitchen.house.start_client("shop", "web1")?;
    let ended = convert(&kitchen, &["chef-client", "--data-bag", "users"])?;
    ensure!(ended.code == Some(2) && ended.stderr.contains("--data-bag is for"), "{ended:?}");
    let ended = convert(&kitchen, &["chef-solo", "--data-bag", "none"])?;
    let told = "web1 was not converted: ";
    ensure!(ended.code == Some(1) && ended.stderr.contains(told), "{ended:?}");
    ensure!(ended.stderr.contains("none"), "{ended:?}");

    kitchen.converged("shop", &["--run-list", "web"])?;
    let text = kitchen.chef("shop", &["node", "show", "web1", "--json"])?;
    let mut node: Value = serde_json::from_str(&text)?;
    node["policy_name"] = "web".into();
    node["policy_group"] = "prod".into();
    kitchen.write("web1.json", &node.to_string())?;
    kitchen.chef("shop", &["node", "upload", "web1.json"])?;
    let ended = convert(&kitchen, &["chef-solo"])?;
    ensure!(ended.code == Some(1) && ended.stderr.contains("follow a policy"), "{ended:?}");
    assert_eq!(files(&etc)?, before);
    Ok(())
}

#[test]
fn a_conversion_that_finds_no_room_changes_nothing() -> Result<()> {
    use pantry_testkit::process::Process;
    let kitchen = lived_in("")?;
    let etc = kitchen.house.path("etc");
    // A limit on the size of files is a full disk, and can be lifted from outside.
    let config = ["client", "--config", "shop-web1.yml", "--data-dir", "shop-web1.data"].join(" ");
    let mut client = Process::spawn(
        "client",
        Command::new("sh")
            .args(["-c", &format!("trap '' XFSZ; exec \"$0\" {config}"), crate::whole::BINARY])
            .current_dir(kitchen.house.path("")),
    )?;
    client.wait_for("ready")?;
    kitchen.converged("shop", &["--run-list", "web"])?;
    converted(&kitchen, &["chef-client"])?;
    let before = files(&etc)?;
    let large = serde_json::json!({ "id": "large", "text": "x".repeat(600 * 1024) });
    kitchen.write("users/large.json", &large.to_string())?;
    kitchen.chef("shop", &["data-bag", "upload", "users", "users/large.json"])?;
    // It is in the agent's own folder already.
    kitchen.converged("shop", &["--mode", "solo", "--data-bag", "users"])?;
    client.limit_files(Some(512 * 1024))?;
    let ended = convert(&kitchen, &["chef-solo", "--data-bag", "users"])?;
    let told = ["web1 was not converted: cannot write ", "File too large"];
    ensure!(told.iter().all(|part| ended.stderr.contains(part)), "{ended:?}");
    assert_eq!(files(&etc)?, before);
    client.limit_files(None)?;
    converted(&kitchen, &["chef-solo", "--data-bag", "users"])?;
    assert_eq!(names(&etc)?, "chef-repo client.rb node.json solo.rb");
    Ok(())
}
