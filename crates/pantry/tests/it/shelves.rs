//! Shelves from the command line: two applications that use one, and a user who has no business there.

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::installation::Installation;
use serde_json::{Value, json};

use crate::whole::installation;

/// What a command said that ended with this code.
fn fails(house: &Installation, arguments: &[&str], code: i32) -> Result<String> {
    let output = house.run(arguments)?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.code() == Some(code), "{arguments:?}: {} {said}", output.status);
    Ok(said)
}

fn noted(house: &Installation, arguments: &[&str]) -> Result<String> {
    fails(house, arguments, 0)
}

fn json_of(house: &Installation, arguments: &[&str]) -> Result<Value> {
    let arguments: Vec<_> = arguments.iter().copied().chain(["--json"]).collect();
    Ok(serde_json::from_str(&house.succeed(&arguments)?)?)
}

fn write(house: &Installation, name: &str) -> Result<()> {
    let folder = house.path(name);
    std::fs::create_dir(&folder)?;
    let metadata = format!("name '{name}'\nversion '1.0.0'\n");
    std::fs::write(folder.join("metadata.rb"), metadata).context("a cookbook")
}

#[test]
fn a_shelf_is_filled_granted_used_and_taken_away() -> Result<()> {
    let house = installation()?;
    let _server = house.start_server()?;
    for name in ["apt", "own"] {
        write(&house, name)?;
    }
    for application in ["shop", "bank"] {
        house.succeed(&["app", "create", application])?;
    }
    ensure!(noted(&house, &["shelf", "list"])?.contains("`pantry shelf create SHELF`"));
    let said = noted(&house, &["shelf", "create", "base"])?;
    ensure!(said.contains("`pantry shelf grant base APP`"), "{said}");
    let base = json!({"name": "base", "published": false, "granted_to_all": false, "grants": []});
    assert_eq!(json_of(&house, &["shelf", "create", "base"])?, base);
    house.succeed(&["-a", "base", "chef", "cookbook", "upload", "apt"])?;
    house.succeed(&["-a", "shop", "chef", "cookbook", "upload", "own"])?;

    let said = fails(&house, &["app", "shelf", "add", "shop", "base"], 8)?;
    ensure!(said.contains("`pantry shelf grant base shop`"), "{said}");
    let said = noted(&house, &["shelf", "grant", "base", "shop", "bank"])?;
    ensure!(said.contains("`pantry app shelf add bank base`"), "{said}");
    let said = noted(&house, &["app", "shelf", "add", "shop", "base"])?;
    ensure!(said.contains("shop sees 2 cookbooks now"), "{said}");
    let usable = json!([{"name": "base", "usable": true}]);
    assert_eq!(json_of(&house, &["app", "shelf", "add", "bank", "base"])?, usable);
    let said = fails(&house, &["app", "shelf", "add", "shop", "base"], 10)?;
    ensure!(said.contains("hint: `pantry app shelf list shop`"), "{said}");
    let said = fails(&house, &["app", "shelf", "add", "shop", "shop"], 2)?;
    ensure!(said.contains("cannot be a shelf of its own"), "{said}");
    let listed = house.succeed(&["-a", "shop", "chef", "cookbook", "list"])?;
    assert_eq!(listed, "NAME  VERSION\napt   1.0.0\nown   1.0.0\n");

    let delete = ["-a", "shop", "chef", "cookbook", "delete", "apt", "1.0.0", "--yes"];
    let said = fails(&house, &delete, 7)?;
    ensure!(said.contains("comes from a shelf of this organization"), "{said}");
    ensure!(said.contains("hint: `pantry app shelf list shop`"), "{said}");

    house.succeed(&["shelf", "revoke", "base", "shop"])?;
    let listed = house.succeed(&["app", "shelf", "list", "shop"])?;
    assert_eq!(listed, "#  SHELF  OF USE\n1  base   no\n");
    let said = fails(&house, &["shelf", "revoke", "base", "shop"], 8)?;
    ensure!(said.contains("hint: `pantry shelf show base`"), "{said}");
    assert_eq!(
        house.succeed(&["app", "shelf", "list", "bank"])?,
        "#  SHELF  OF USE\n1  base   yes\n"
    );
    let said = noted(&house, &["app", "shelf", "remove", "bank", "base"])?;
    ensure!(said.contains("bank sees no cookbooks now"), "{said}");
    house.succeed(&["shelf", "publish", "base"])?;
    house.succeed(&["shelf", "grant", "base", "--all"])?;
    assert_eq!(
        house.succeed(&["shelf", "list"])?,
        "SHELF  PUBLISHED  GRANTED TO\nbase   yes        every application\n"
    );
    house.succeed(&["shelf", "create", "extra"])?;
    house.succeed(&["shelf", "grant", "extra", "shop"])?;
    house.succeed(&["app", "shelf", "add", "shop", "extra", "--at", "1"])?;
    house.succeed(&["app", "shelf", "order", "shop", "base", "extra"])?;
    let said = fails(&house, &["app", "shelf", "order", "shop", "base"], 2)?;
    ensure!(said.contains("must name each of the shelves"), "{said}");
    let listed = house.succeed(&["app", "shelf", "list", "shop"])?;
    assert_eq!(listed, "#  SHELF  OF USE\n1  base   yes\n2  extra  yes\n");
    Ok(())
}

#[test]
fn who_has_no_business_with_a_shelf_is_told_nothing_of_it() -> Result<()> {
    let house = installation()?;
    let _server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    house.succeed(&["shelf", "create", "base"])?;
    house.succeed(&["user", "create", "ada", "--email", "ada@shop.example"])?;
    house.succeed(&["app", "member", "add", "shop", "ada", "--admin"])?;
    house.succeed(&["user", "credentials", "ada", "--dir", "ada"])?;
    let port = house.http_port().to_string();
    let url = format!("http://127.0.0.1:{port}/organizations/shop");
    let as_ada = |arguments: &[&str], code| {
        let who = ["--chef-user", "ada", "--chef-key", "ada/.chef/ada.pem"];
        let all: Vec<_> =
            arguments.iter().copied().chain(["--chef-server-url", &url]).chain(who).collect();
        fails(&house, &all, code)
    };
    // A URL with an organization stands for its server.
    let said = as_ada(&["shelf", "list"], 0)?;
    ensure!(said.contains("no shelves that you may see"), "{said}");
    let said = as_ada(&["shelf", "show", "base"], 7)?;
    ensure!(said.contains("app member add base ada"), "{said}");
    let refused = as_ada(&["app", "shelf", "add", "shop", "base"], 8)?;
    let unknown = as_ada(&["app", "shelf", "add", "shop", "none"], 8)?;
    assert_eq!(refused.replace("base", "none"), unknown);
    let said = as_ada(&["shelf", "create", "mine"], 7)?;
    ensure!(said.contains("missing create permission"), "{said}");
    let said = as_ada(&["app", "shelf", "list", "shop"], 0)?;
    ensure!(said.contains("`pantry app shelf add shop SHELF`"), "{said}");
    Ok(())
}
