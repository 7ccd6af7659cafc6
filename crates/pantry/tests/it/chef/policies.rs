//! Policies from lock files: pushed with their cookbooks, listed, shown.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::shop::Shop;

/// The identifier of the cookbook [`write_cookbook`] makes, as Chef's tools compute it.
const IDENTIFIER: &str = "983ef8dfe06bb4caba0bfb3ba9f452a45b1e2d45";

fn write_cookbook(shop: &Shop, folder: &str) -> Result<()> {
    shop.write(&format!("{folder}/metadata.rb"), "name 'demo'\nversion '1.2.3'\n")?;
    shop.write(&format!("{folder}/recipes/default.rb"), "log 'demo'\n")?;
    shop.write(&format!("{folder}/README.md"), "# demo\n")?;
    Ok(())
}

fn lock(revision: &str, source: Option<&str>) -> Value {
    let mut lock = json!({ "identifier": IDENTIFIER, "version": "1.2.3", "cache_key": null });
    if let Some(source) = source {
        lock["source"] = json!(source);
    }
    json!({
        "revision_id": revision,
        "name": "web",
        "run_list": ["recipe[demo::default]"],
        "cookbook_locks": { "demo": lock },
        "default_attributes": { "z": 1.5, "a": 1 },
    })
}

#[test]
fn a_policy_is_pushed_with_its_cookbooks() -> Result<()> {
    let shop = Shop::open()?;
    write_cookbook(&shop, "policies/cookbooks/demo")?;
    let first = lock("aaaa1111bbbb2222", Some("cookbooks/demo"));
    shop.write("policies/Policyfile.lock.json", &first.to_string())?;
    let pushed = shop.succeed(&["policy", "push", "policies", "--group", "test"])?;
    let short = IDENTIFIER.get(..10).unwrap_or_default();
    assert_eq!(
        pushed,
        format!("uploaded  cookbook demo 1.2.3 ({short})\ntest follows web aaaa1111bb\n")
    );
    let file = "policies/Policyfile.lock.json";
    let again = shop.succeed(&["policy", "push", file, "--group", "prod"])?;
    ensure!(again.starts_with("unchanged cookbook demo"), "{again}");

    // What the server has need not be here.
    shop.write("other.lock.json", &lock("aaaa3333", None).to_string())?;
    let pushed =
        shop.succeed(&["policy", "push", "other.lock.json", "--group", "prod", "--json"])?;
    assert_eq!(
        serde_json::from_str::<Value>(&pushed)?,
        json!({
            "policy": "web", "revision_id": "aaaa3333", "group": "prod",
            "cookbooks": [{
                "name": "demo", "version": "1.2.3", "identifier": IDENTIFIER, "result": "unchanged",
            }],
        })
    );
    let list = shop.succeed(&["policy", "list"])?;
    assert_eq!(
        list,
        "POLICY  REVISION    GROUPS\nweb     aaaa1111bb  test\nweb     aaaa3333    prod\n"
    );
    let list: Value =
        serde_json::from_str(&shop.succeed(&["policy", "list", "--group", "test", "--json"])?)?;
    let line = json!({ "policy": "web", "revision_id": "aaaa1111bbbb2222", "groups": ["test"] });
    assert_eq!(list, json!([line]));

    let shown = shop.succeed(&["policy", "show", "web", "--group", "test"])?;
    assert_eq!(serde_json::from_str::<Value>(&shown)?, first);
    let shown = shop.succeed(&["policy", "show", "web", "aaaa1"])?;
    ensure!(shown.contains("\"policy_group_list\": [\n    \"test\"\n  ]"), "{shown}");
    for (arguments, code, said) in [
        (&["show", "web"][..], 2, "the policy web has 2 revisions"),
        (&["show", "web", "aaaa"], 2, "2 revisions of web begin with aaaa"),
        (&["show", "web", "bbbb"], 8, "revision 'bbbb' of policy 'web' not found"),
        (&["show", "db"], 8, "policy 'db' not found"),
        (&["show", "web", "--group", "dev"], 8, "Cannot load policy web in policy group dev"),
    ] {
        let told = shop.fail(code, &[&["policy"], arguments].concat())?;
        ensure!(told.contains(said), "{arguments:?}: {told}");
    }
    Ok(())
}

#[test]
fn a_cookbook_must_be_the_one_that_is_locked() -> Result<()> {
    let shop = Shop::open()?;
    shop.write("web.lock.json", &lock("1", None).to_string())?;
    let push = |more: &[&str]| {
        shop.run(&[&["policy", "push", "web.lock.json", "--group", "test"], more].concat())
    };
    let told = push(&[])?;
    ensure!(told.code == Some(2) && told.stderr.contains("demo 1.2.3 is nowhere"), "{told:?}");
    ensure!(told.stderr.contains("--cookbooks"), "{told:?}");

    write_cookbook(&shop, "changed/demo")?;
    shop.write("changed/demo/README.md", "# another\n")?;
    let told = push(&["--cookbooks", "changed"])?;
    ensure!(told.code == Some(2) && told.stderr.contains("its identifier is"), "{told:?}");
    ensure!(shop.succeed(&["policy", "list", "--json"])?.trim() == "[]", "half a push");

    // The right one is found among several.
    write_cookbook(&shop, "right/demo-1.2.3")?;
    let pushed = push(&["--cookbooks", "changed", "--cookbooks", "right"])?;
    ensure!(pushed.code == Some(0), "{pushed:?}");
    let wrong = json!({ "revision_id": "1", "name": "web", "run_list": ["demo"] });
    shop.write("wrong.lock.json", &wrong.to_string())?;
    let told = shop.fail(2, &["policy", "push", "wrong.lock.json", "--group", "test"])?;
    ensure!(told.contains("Field 'run_list' is not a valid run list"), "{told}");
    Ok(())
}
