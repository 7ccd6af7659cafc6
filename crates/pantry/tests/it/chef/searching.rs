//! `pantry chef search` on a real server.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::shop::Shop;

fn shop_with_nodes() -> Result<Shop> {
    let shop = Shop::open()?;
    for (name, role, release) in
        [("web1", "web", "6.1"), ("web2", "web", "6.12"), ("db1", "db", "6.1")]
    {
        let node = json!({
            "name": name, "run_list": [format!("role[{role}]")],
            "automatic": {"platform": "debian", "kernel": {"release": release}, "tags": ["x", "y"]},
        });
        shop.write(&format!("n/{name}.json"), &node.to_string())?;
    }
    shop.succeed(&["node", "upload", "n"])?;
    shop.write("i.json", r#"{"id":"db","user":"ada"}"#)?;
    shop.succeed(&["data-bag", "upload", "keys", "i.json"])?;
    Ok(shop)
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[test]
fn what_was_just_uploaded_is_found() -> Result<()> {
    let shop = shop_with_nodes()?;
    let search = |arguments: &[&str]| shop.succeed(&[&["search"], arguments].concat());
    assert_eq!(sorted(&search(&["node", "role:web"])?), ["web1", "web2"]);
    assert_eq!(sorted(&search(&["node"])?), ["db1", "web1", "web2"]);
    assert_eq!(search(&["node", "kernel_release:6.1 AND NOT role:db"])?, "web1\n");
    assert_eq!(search(&["keys", "user:a*"])?, "db\n");
    let table =
        search(&["node", "role:web", "--attribute", "kernel.release", "--attribute", "tags"])?;
    assert_eq!(
        sorted(&table),
        ["NAME  kernel.release  tags", "web1  6.1             x y", "web2  6.12            x y"]
    );
    let nothing = shop.run(&["search", "node", "role:mail"])?;
    assert_eq!((nothing.code, nothing.stdout.as_str()), (Some(0), ""));
    ensure!(nothing.stderr.contains("nothing in node matches role:mail"), "{nothing:?}");

    let first = shop.run(&["search", "node", "--rows", "2"])?;
    assert_eq!(first.stdout.lines().count(), 2);
    ensure!(first.stderr.contains("3 match; the next: `--start 2`"), "{first:?}");
    let rest = search(&["node", "--start", "2"])?;
    assert_eq!(sorted(&(first.stdout + &rest)), ["db1", "web1", "web2"]);
    Ok(())
}

#[test]
fn programs_get_one_document() -> Result<()> {
    let shop = shop_with_nodes()?;
    let search = |arguments: &[&str]| -> Result<Value> {
        let printed = shop.succeed(&[&["--json", "search"], arguments].concat())?;
        Ok(serde_json::from_str(&printed)?)
    };
    let names = search(&["node", "name:db1", "--id-only"])?;
    assert_eq!(names, json!({"total": 1, "start": 0, "rows": ["db1"]}));
    let parts =
        search(&["node", "name:db1", "--attribute", "kernel.release", "--attribute", "no.such"])?;
    let attributes = json!({"kernel.release": "6.1", "no.such": null});
    assert_eq!(parts["rows"], json!([{"name": "db1", "attributes": attributes}]));
    let whole = search(&["node", "name:db1"])?;
    assert_eq!(whole["rows"][0]["automatic"]["kernel"]["release"], "6.1");
    assert_eq!(search(&["node", "name:x"])?, json!({"total": 0, "start": 0, "rows": []}));
    Ok(())
}

#[test]
fn what_cannot_be_searched_is_told() -> Result<()> {
    let shop = Shop::open()?;
    let said = shop.fail(8, &["search", "nothing", "a:b"])?;
    ensure!(said.contains("I don't know how to search for nothing data objects."), "{said}");
    ensure!(said.contains("each data bag"), "{said}");
    let said = shop.fail(2, &["search", "node", "a:("])?;
    ensure!(said.contains("invalid search query: 'a:('"), "{said}");
    Ok(())
}
