//! Objects in an editor, which here is a script.

use anyhow::{Context as _, Result, ensure};

use super::shop::Shop;

fn shop_with_role() -> Result<Shop> {
    let shop = Shop::open()?;
    shop.write("web.json", r#"{"name":"web","run_list":["recipe[a]"],"description":"old"}"#)?;
    shop.succeed(&["role", "upload", "web.json"])?;
    Ok(shop)
}

const EDIT: &[&str] = &["role", "edit", "web"];

#[test]
fn what_is_edited_is_saved_and_its_file_is_for_nobody_else_and_soon_gone() -> Result<()> {
    let shop = shop_with_role()?;
    // An editor may leave things beside it.
    let script = r#"stat -c %a "$1" "$(dirname "$1")" > mode; cp "$1" "$1~"; cp "$1" seen
sed -i s/old/new/ "$1""#;
    let ended = shop.edit(script, EDIT)?;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ensure!(ended.stderr.contains("updated the role web"), "{ended:?}");
    assert_eq!(std::fs::read_to_string(shop.house.path("mode"))?, "600\n700\n");
    let seen = std::fs::read_to_string(shop.house.path("seen"))?;
    ensure!(seen.starts_with("{\n  \"name\": \"web\",\n  \"description\": \"old\",\n"), "{seen}");
    ensure!(shop.succeed(&["role", "show", "web"])?.contains(r#""description": "new""#));
    let left: Vec<_> = std::fs::read_dir(shop.house.path("drafts"))?.collect();
    ensure!(left.is_empty(), "{left:?}");

    for script in ["true", r#"sed -i 's/^  /    /' "$1""#] {
        let ended = shop.edit(script, EDIT)?;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ensure!(ended.stderr.contains("nothing changed"), "{ended:?}");
    }
    ensure!(shop.drafts()?.is_empty());
    Ok(())
}

#[test]
fn what_the_server_refuses_is_kept() -> Result<()> {
    let shop = shop_with_role()?;
    for (script, code, part) in [
        (r#"sed -i 's/"recipe\[a\]"/"recipe["/' "$1""#, 2, "not a valid run list"),
        (r#"echo '{"name":' > "$1""#, 2, "it is no JSON"),
        (r#"sed -i s/old/new/ "$1"; exit 3"#, 3, "the editor"),
    ] {
        let ended = shop.edit(script, EDIT)?;
        assert_eq!(ended.code, Some(code), "{ended:?}");
        ensure!(ended.stderr.contains(part), "{ended:?}");
        let drafts = shop.drafts()?;
        let [draft] = &drafts[..] else { anyhow::bail!("{drafts:?}") };
        let kept = format!("what you wrote is kept in {}", draft.display());
        ensure!(ended.stderr.contains(&kept), "{ended:?}");
        let text = std::fs::read_to_string(draft)?;
        ensure!(!text.contains(r#""recipe[a]""#) || text.contains("new"), "{text}");
        std::fs::remove_file(draft)?;
    }
    // An editor that is not there has written nothing.
    let ended = shop.edit("exit 3", EDIT)?;
    assert_eq!(ended.code, Some(3), "{ended:?}");
    ensure!(shop.drafts()?.is_empty(), "{ended:?}");
    ensure!(shop.succeed(&["role", "show", "web"])?.contains(r#""description": "old""#));
    Ok(())
}

#[test]
fn what_somebody_else_has_changed_meanwhile_is_not_overwritten() -> Result<()> {
    let shop = shop_with_role()?;
    shop.write("theirs.json", r#"{"name":"web","run_list":["recipe[theirs]"]}"#)?;
    let theirs = format!(
        "{} --config server.yml -a shop chef role upload theirs.json",
        crate::whole::BINARY
    );
    let ended = shop.edit(&format!(r#"{theirs}; sed -i s/old/mine/ "$1""#), EDIT)?;
    assert_eq!(ended.code, Some(10), "{ended:?}");
    ensure!(
        ended.stderr.contains("the role web was changed by somebody else meanwhile"),
        "{ended:?}"
    );
    let drafts = shop.drafts()?;
    let text = std::fs::read_to_string(drafts.first().context("no draft")?)?;
    ensure!(text.contains("mine") && text.contains("recipe[a]"), "{text}");
    let now = shop.succeed(&["role", "show", "web"])?;
    ensure!(now.contains("recipe[theirs]"), "{now}");
    Ok(())
}

#[test]
fn a_node_is_edited_without_what_its_runs_write() -> Result<()> {
    let shop = Shop::open()?;
    let node = |time: u32| {
        format!(
            r#"{{"name":"web1","normal":{{"a":"old"}},"default":{{"b":1}},"override":{{}},"automatic":{{"ohai_time":{time}.25}}}}"#
        )
    };
    shop.write("node.json", &node(1))?;
    shop.succeed(&["node", "upload", "node.json"])?;
    // A run of the machine saves it while it is edited.
    shop.write("node.json", &node(2))?;
    let run =
        format!("{} --config server.yml -a shop chef node upload node.json", crate::whole::BINARY);
    let script = format!(r#"{run}; cp "$1" seen; sed -i s/old/new/ "$1""#);
    let ended = shop.edit(&script, &["node", "edit", "web1"])?;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let seen = std::fs::read_to_string(shop.house.path("seen"))?;
    ensure!(!seen.contains("automatic") && !seen.contains("\"default\""), "{seen}");
    let now = shop.succeed(&["node", "show", "web1", "--json"])?;
    ensure!(now.contains(r#""a":"new""#) && now.contains(r#""ohai_time":2.25"#), "{now}");
    ensure!(now.contains(r#""default":{"b":1}"#), "{now}");

    let ended = shop.edit(r#"sed -i s/2.25/3.25/ "$1""#, &["node", "edit", "web1", "--all"])?;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ensure!(shop.succeed(&["node", "show", "web1", "--json"])?.contains("3.25"));
    Ok(())
}
