//! What is said when the server says no, or nothing.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::shop::Shop;

#[test]
fn who_may_not_is_told_what_would_help() -> Result<()> {
    let shop = Shop::open()?;
    let house = &shop.house;
    shop.write("web.json", r#"{"name":"web"}"#)?;
    shop.succeed(&["role", "upload", "web.json"])?;
    for (user, is_member) in [("ada", true), ("eve", false)] {
        house.succeed(&["user", "create", user, "--email", &format!("{user}@example.org")])?;
        house.succeed(&["user", "credentials", user, "--dir", user])?;
        if is_member {
            house.succeed(&["app", "member", "add", "shop", user])?;
        }
    }
    house.succeed(&["app", "acl", "revoke", "shop", "roles/web", "update", "group:users"])?;
    let key = |name: &str| house.path(&format!("{name}/.chef/{name}.pem")).display().to_string();
    let list: &[&str] = &["role", "list"];
    for (user, pem, arguments, code, parts) in [
        ("eve", "eve", list, 7, ["not associated with", "`pantry app member add shop eve`"]),
        ("ada", "eve", list, 5, ["Invalid signature", "the key is not ada's there"]),
        ("bob", "eve", list, 5, ["Failed to authenticate as 'bob'", "`--chef-user`"]),
        (
            "ada",
            "ada",
            &["role", "upload", "web2.json"],
            7,
            ["missing update permission", "acl grant shop roles/web update user:ada"],
        ),
    ] {
        shop.write("web2.json", r#"{"name":"web","description":"x"}"#)?;
        let pem = key(pem);
        let who = ["--chef-user", user, "--chef-key", &pem];
        let said = shop.fail(code, &[arguments, &who].concat())?;
        ensure!(parts.iter().all(|part| said.contains(part)), "{said}");
    }
    let said = shop.fail(8, &["-a", "bank", "role", "list"])?;
    ensure!(said.contains("organization 'bank' does not exist"), "{said}");
    let said = shop.fail(2, &["environment", "delete", "_default", "--yes"])?;
    ensure!(said.contains("cannot be modified"), "{said}");
    Ok(())
}

#[test]
fn what_is_too_large_is_told_with_the_setting() -> Result<()> {
    let shop = Shop::open()?;
    let text = "x".repeat(5_000_000);
    shop.write("big.json", &format!(r#"{{"name":"big","description":"{text}"}}"#))?;
    let said = shop.fail(12, &["role", "upload", "big.json"])?;
    ensure!(said.contains("max_json_bytes"), "{said}");
    Ok(())
}

#[test]
fn a_server_that_is_not_there_is_told_to_programs_too() -> Result<()> {
    let shop = Shop::open()?;
    let port = pantry_testkit::installation::free_port()?;
    let url = format!("http://127.0.0.1:{port}");
    let key = shop.house.path("server/keys/pivotal.pem").display().to_string();
    let server = ["--chef-server-url", &url, "--chef-user", "pivotal", "--chef-key", &key];
    let said = shop.fail(4, &[&["--json", "node", "list"], &server[..]].concat())?;
    let said: Value = serde_json::from_str(&said)?;
    assert_eq!(said["error"]["code"], "not-there");
    let message = said["error"]["message"].as_str().unwrap_or_default();
    ensure!(message.contains(&format!("nobody listens at 127.0.0.1:{port}")), "{message}");
    Ok(())
}
