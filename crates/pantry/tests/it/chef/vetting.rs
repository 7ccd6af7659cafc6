//! `pantry shelf promote|adopt|where|diff`, against a real server.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::shop::{Ended, Shop};
use crate::scripted::process::wait;
use crate::scripted::terminal::Terminal;

impl Shop {
    /// A command about shelves.
    fn shelf(&self, arguments: &[&str]) -> Result<Ended> {
        Ok(self.house.command(&[&["shelf"], arguments].concat()).output()?.into())
    }

    /// One that must succeed, and what it printed and said.
    fn shelves(&self, arguments: &[&str]) -> Result<(String, String)> {
        let ended = self.shelf(arguments)?;
        ensure!(ended.code == Some(0), "{arguments:?}: {ended:?}");
        Ok((ended.stdout, ended.stderr))
    }

    fn shelves_json(&self, arguments: &[&str]) -> Result<Value> {
        let (stdout, _) = self.shelves(&[arguments, &["--json"]].concat())?;
        Ok(serde_json::from_str(&stdout)?)
    }

    fn fills(&self, application: &str, name: &str, files: &[(&str, &str)]) -> Result<()> {
        for (path, text) in files {
            self.write(&format!("{application}/{name}/{path}"), text)?;
        }
        let folder = format!("{application}/{name}");
        self.house.succeed(&["-a", application, "chef", "cookbook", "upload", &folder])?;
        Ok(())
    }
}

/// A server with the applications `shop` and `stage`, and the shelf `base`.
fn staged() -> Result<Shop> {
    let shop = Shop::open()?;
    shop.house.succeed(&["app", "create", "stage"])?;
    shop.shelves(&["create", "base"])?;
    Ok(shop)
}

const WEB: &str = "name 'web'\nversion '1.0.0'\ndepends 'apt', '>= 1.0'\n";
const APT: &str = "name 'apt'\nversion '1.2.0'\n";

#[test]
fn a_cookbook_is_vetted_and_promoted_with_what_it_needs() -> Result<()> {
    let shop = staged()?;
    shop.fills("stage", "apt", &[("metadata.rb", APT), ("recipes/default.rb", "log 'apt'\n")])?;
    shop.fills("stage", "web", &[("metadata.rb", WEB)])?;
    let promote = ["promote", "stage", "base", "web@1.0.0"];
    let (told, said) = shop.shelves(&[&promote[..], &["--dry-run"]].concat())?;
    assert_eq!(
        told,
        "to promote cookbook web 1.0.0\n\
         to promote cookbook apt 1.2.0, since web 1.0.0 needs apt (>= 1.0)\n"
    );
    assert_eq!(said, "2 would be promoted to base\n");
    let (told, said) = shop.shelves(&promote)?;
    assert_eq!(
        told,
        "promoted   cookbook web 1.0.0\n\
         promoted   cookbook apt 1.2.0, since web 1.0.0 needs apt (>= 1.0)\n"
    );
    assert_eq!(said, "2 promoted to base, frozen: whoever uses base has them from now on\n");
    let (told, said) = shop.shelves(&promote)?;
    assert_eq!(told, "unchanged  cookbook web 1.0.0\n");
    assert_eq!(said, "base has all of it already\n");
    let again = shop.shelves_json(&promote)?;
    assert_eq!(again["cookbooks"][0]["result"], "present");
    let ledger = shop.house.succeed(&["-a", "base", "admin", "ledger"])?;
    for line in ["promotion", "web/1.0.0 from stage", "apt/1.2.0 from stage"] {
        ensure!(ledger.contains(line), "{ledger}");
    }

    for (arguments, code, part) in [
        (&["promote", "stage", "base", "web"][..], 2, "which version of it?"),
        (&["promote", "stage", "base", "web@x"], 2, "as in 1.2.3"),
        (&["promote", "stage", "base", "web@2.0.0"], 8, "'stage' has no cookbook named web"),
        (&["promote", "nothing", "base", "web@1.0.0"], 7, "You may not read the cookbooks"),
        (&["promote", "base", "stage", "web@1.0.0"], 8, "'stage' is not a shelf"),
        (&["promote", "base", "base", "web@1.0.0"], 2, "are on 'base' already"),
    ] {
        let ended = shop.shelf(arguments)?;
        ensure!(ended.code == Some(code) && ended.stderr.contains(part), "{arguments:?} {ended:?}");
    }
    shop.fills("stage", "apt", &[("recipes/default.rb", "log 'other'\n")])?;
    let ended = shop.shelf(&["promote", "stage", "base", "apt@1.2.0"])?;
    ensure!(ended.code == Some(10), "{ended:?}");
    ensure!(ended.stderr.contains("'base' has another content of apt 1.2.0"), "{ended:?}");
    ensure!(ended.stderr.contains("`pantry shelf diff APP base NAME@VERSION`"), "{ended:?}");
    let more = "name 'more'\nversion '1.0.0'\ndepends 'none'\n";
    shop.fills("stage", "more", &[("metadata.rb", more)])?;
    let ended = shop.shelf(&["promote", "stage", "base", "more@1.0.0"])?;
    ensure!(ended.code == Some(2), "{ended:?}");
    ensure!(ended.stderr.contains("What more 1.0.0 needs cannot be had"), "{ended:?}");
    Ok(())
}

#[test]
fn what_applications_have_in_common_is_shown_and_adopted() -> Result<()> {
    let shop = staged()?;
    let files = [("metadata.rb", APT), ("README.md", "# apt\n")];
    for application in ["shop", "stage"] {
        shop.fills(application, "apt", &files)?;
        shop.fills(application, "web", &[("metadata.rb", WEB), ("README.md", application)])?;
    }
    let adopt = ["adopt", "shop", "stage", "--to", "base"];
    let (told, _) = shop.shelves(&[&adopt[..], &["--dry-run"]].concat())?;
    let bytes = APT.len() + "# apt\n".len();
    let lines: Vec<Vec<_>> = told.lines().map(|it| it.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["COOKBOOK", "VERSION", "OF", "FILES", "BYTES", "BASE", "HAS"]);
    let bytes = bytes.to_string();
    assert_eq!(lines[1], ["apt", "1.2.0", "shop,", "stage", "2", &bytes, "nothing"]);
    assert_eq!(lines.len(), 2);

    let ended = shop.shelf(&adopt)?;
    ensure!(ended.code == Some(2), "{ended:?}");
    ensure!(ended.stderr.contains("what is copied must be confirmed"), "{ended:?}");
    let mut terminal = Terminal::new();
    let child = terminal.start(shop.house.command(&[&["shelf"], &adopt[..]].concat()));
    terminal.type_in("n\n");
    assert_eq!(wait(child).code, Some(130));
    ensure!(terminal.rest().contains("Copy 1 to base?"));

    let (told, said) = shop.shelves(&[&adopt[..], &["--yes", "--freeze"]].concat())?;
    ensure!(told.ends_with("adopted  cookbook apt 1.2.0\n"), "{told}");
    let hint = "`pantry -a shop chef cookbook delete apt 1.2.0` deletes one";
    ensure!(said.contains("own copies stay") && said.contains(hint), "{said}");
    let shown = shop.house.succeed(&["-a", "base", "chef", "cookbook", "show", "apt"])?;
    ensure!(shown.contains("frozen       yes"), "{shown}");
    let again = shop.shelves_json(&[&adopt[..], &["--yes"]].concat())?;
    assert_eq!(again["cookbooks"][0]["result"], "present");
    let ended = shop.shelf(&["adopt", "shop", "--to", "base"])?;
    ensure!(ended.code == Some(2), "{ended:?}");

    // Nobody notices when the own copies go.
    shop.shelves(&["grant", "base", "shop"])?;
    shop.house.succeed(&["app", "shelf", "add", "shop", "base"])?;
    shop.succeed(&["cookbook", "delete", "apt", "1.2.0", "--yes"])?;
    let list = shop.succeed(&["cookbook", "list"])?;
    assert_eq!(list, "NAME  VERSION\napt   1.2.0\nweb   1.0.0\n");

    // And an operator sees where it is used.
    shop.write("node.json", r#"{"name":"web1","run_list":["recipe[web]"]}"#)?;
    shop.succeed(&["node", "upload", "node.json"])?;
    let (told, _) = shop.shelves(&["where", "apt"])?;
    assert_eq!(
        told,
        "base\n  sees         1.2.0\n  environments _default\n\
         shop\n  sees         1.2.0 of the shelf base\n  environments _default\n  \
         nodes        1 (0 have run it): web1\n\
         stage\n  sees         1.2.0\n  environments _default\n"
    );
    let none = shop.shelf(&["where", "apt@9.0.0"])?;
    assert_eq!((none.code, none.stderr.as_str()), (Some(0), "no application uses it\n"));
    let told = shop.shelves_json(&["where", "apt@1.2"])?;
    assert_eq!(told["applications"][1]["nodes"][0]["name"], "web1");
    Ok(())
}

#[test]
fn copies_are_compared_file_by_file() -> Result<()> {
    let shop = staged()?;
    let metadata = ("metadata.rb", APT);
    let same = ("recipes/default.rb", "log 'apt'\n");
    shop.fills("shop", "apt", &[metadata, same, ("a.txt", "one\ntwo\n"), ("files/x", "x")])?;
    shop.fills("stage", "apt", &[metadata, same, ("a.txt", "one\n2\n"), ("files/y", "yy")])?;
    let (told, said) = shop.shelves(&["diff", "shop", "stage", "apt"])?;
    let lines = "apt 1.2.0: different\n  changed  a.txt (8 -> 6 bytes)\n  \
                 removed  files/x (1 bytes)\n  added    files/y (2 bytes)\n";
    assert_eq!((told.as_str(), said.as_str()), (lines, ""));
    let (told, _) = shop.shelves(&["diff", "shop", "stage", "apt@1.2", "--text"])?;
    ensure!(told.contains("--- a/a.txt\n+++ b/a.txt\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n"), "{told}");
    let told = shop.shelves_json(&["diff", "shop", "stage", "apt"])?;
    assert_eq!(
        told["versions"][0]["files"][2],
        json!({"path": "files/y", "result": "added", "from_bytes": null, "to_bytes": 2})
    );

    let newer = ("metadata.rb", "name 'apt'\nversion '2.0.0'\n");
    shop.fills("stage", "apt", &[newer])?;
    let (told, _) = shop.shelves(&["diff", "shop", "stage", "apt"])?;
    ensure!(told.starts_with("apt 2.0.0: only in stage\napt 1.2.0: different\n"), "{told}");
    let (told, said) = shop.shelves(&["diff", "shop", "shop", "apt"])?;
    assert_eq!(
        (told.as_str(), said.as_str()),
        ("apt 1.2.0: the same\n", "shop and shop have the same\n")
    );
    for (arguments, code, part) in [
        (["diff", "shop", "stage", "none"], 2, "neither shop nor stage has a cookbook none"),
        (["diff", "shop", "stage", "apt@9.0.0"], 2, "has a cookbook apt 9.0.0"),
        (["diff", "shop", "nothing", "apt"], 8, "organization 'nothing' does not exist"),
    ] {
        let ended = shop.shelf(&arguments)?;
        ensure!(ended.code == Some(code) && ended.stderr.contains(part), "{arguments:?} {ended:?}");
    }

    // Any Chef server will do.
    let key = shop.house.path("server/keys/pivotal.pem").display().to_string();
    let url = format!("http://127.0.0.1:{}", shop.house.http_port());
    let who = ["--chef-user", "pivotal", "--chef-key", &key, "--chef-server-url", &url];
    let (told, _) = shop.shelves(&[&["diff", "stage", "shop", "apt@1.2.0"], &who[..]].concat())?;
    ensure!(told.contains("removed  files/y"), "{told}");
    Ok(())
}
