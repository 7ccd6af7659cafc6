//! Cookbooks on their way to a server and back, and what does not go that way.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::thread;

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::shop::Shop;
use crate::scripted::process::wait;
use crate::scripted::terminal::Terminal;

/// Two cookbooks, of which `web` depends on `base`.
fn write_cookbooks(shop: &Shop) -> Result<()> {
    for (path, text) in [
        ("cookbooks/chefignore", "*.bak\n"),
        ("cookbooks/web/metadata.rb", "name 'web'\nversion '1.0.0'\ndepends 'base', '~> 1.0'\n"),
        ("cookbooks/web/recipes/default.rb", "include_recipe 'base'\n"),
        ("cookbooks/web/recipes/old.rb.bak", "no\n"),
        ("cookbooks/web/templates/default/a/b.erb", "<%= 1 %>\n"),
        ("cookbooks/web/files/empty", ""),
        ("cookbooks/web/.git/config", "no\n"),
        ("cookbooks/base/metadata.rb", "name 'base'\nversion '1.1.0'\n"),
        ("cookbooks/base/recipes/default.rb", "log 'base'\n"),
        ("cookbooks/base/recipes/same.rb", "include_recipe 'base'\n"),
    ] {
        shop.write(path, text)?;
    }
    Ok(())
}

/// The files below a folder, with their contents.
fn files(folder: &Path) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(inside) = folders.pop() {
        for entry in std::fs::read_dir(inside)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder)?.display().to_string();
                found.insert(name, std::fs::read_to_string(path)?);
            }
        }
    }
    Ok(found)
}

#[test]
fn cookbooks_go_there_and_come_back() -> Result<()> {
    let shop = Shop::open()?;
    write_cookbooks(&shop)?;
    let upload = ["cookbook", "upload", "cookbooks/web", "cookbooks/base"];
    let ended = shop.run(&upload)?;
    ensure!(ended.code == Some(0), "{ended:?}");
    // What others depend on comes first.
    assert_eq!(ended.stdout, "uploaded  cookbook base 1.1.0\nuploaded  cookbook web 1.0.0\n");
    // One content is in two cookbooks.
    assert_eq!(ended.stderr, "6 files, of which 6 were sent\n");
    ensure!(shop.run(&upload)?.stderr == "6 files, of which 0 were sent\n");
    assert_eq!(shop.succeed(&["cookbook", "list"])?, "NAME  VERSION\nbase  1.1.0\nweb   1.0.0\n");

    let shown = shop.succeed(&["cookbook", "show", "web"])?;
    for line in
        ["version      1.0.0", "frozen       no", "depends on   base (~> 1.0)", "recipes      web"]
    {
        ensure!(shown.lines().any(|it| it == line), "{line} is not in {shown}");
    }
    ensure!(!shown.contains(".bak") && !shown.contains(".git"), "{shown}");
    let whole: Value =
        serde_json::from_str(&shop.succeed(&["cookbook", "show", "web", "1.0.0", "--json"])?)?;
    assert_eq!(whole["metadata"]["recipes"], json!({"web": ""}));
    assert_eq!(whole["all_files"].as_array().map(Vec::len), Some(4));

    let told = shop.succeed(&["cookbook", "download", "web", "--into", "back"])?;
    ensure!(
        told.starts_with("downloaded  cookbook web 1.0.0 to ")
            && told.ends_with("back/web-1.0.0\n")
    );
    let mut there = files(&shop.house.path("cookbooks/web"))?;
    there.retain(|name, _| !name.contains(".bak") && !name.contains(".git"));
    assert_eq!(files(&shop.house.path("back/web-1.0.0"))?, there);
    let error = shop.fail(10, &["cookbook", "download", "web", "1.0.0", "--into", "back"])?;
    ensure!(error.contains("back/web-1.0.0 is there already"), "{error}");

    let deleted = shop.succeed(&["cookbook", "delete", "base", "1.1.0", "-y", "--json"])?;
    ensure!(deleted.contains(r#""result":"deleted""#), "{deleted}");
    let again = shop.write("cookbooks/web/metadata.rb", "name 'web'\nversion '2.0'\n")?;
    shop.succeed(&["cookbook", "upload", "web", "--cookbook-path", "cookbooks"])?;
    assert_eq!(
        shop.succeed(&["cookbook", "list", "--all-versions"])?,
        "NAME  VERSIONS\nweb   2.0.0 1.0.0\n"
    );
    shop.succeed(&["cookbook", "delete", "web", "--all", "--yes"])?;
    let ended = shop.run(&["cookbook", "list"])?;
    ensure!(ended.stdout.is_empty() && ended.stderr == "there are no cookbooks\n", "{ended:?}");
    let error = shop.fail(8, &["cookbook", "show", "web"])?;
    ensure!(error.contains("chef cookbook list` shows what there is"), "{error}");
    std::fs::remove_file(again)?;
    let error = shop.fail(2, &["cookbook", "upload", "cookbooks/web"])?;
    ensure!(error.contains("it has no metadata.rb and no metadata.json"), "{error}");
    Ok(())
}

#[test]
fn what_is_frozen_stays_unless_forced_and_holds_back_what_needs_it() -> Result<()> {
    let shop = Shop::open()?;
    write_cookbooks(&shop)?;
    shop.write("cookbooks/other/metadata.rb", "name 'other'\nversion '1.0.0'\n")?;
    let told = shop.succeed(&["cookbook", "upload", "cookbooks/base", "--freeze"])?;
    assert_eq!(told, "uploaded  cookbook base 1.1.0, frozen\n");
    let error = shop.fail(10, &["cookbook", "upload", "cookbooks/base"])?;
    ensure!(error.contains("is frozen") && error.contains("`--force`"), "{error}");

    let all = ["web", "base", "other", "--cookbook-path", "cookbooks"];
    let ended = shop.run(&[&["cookbook", "upload"], &all[..]].concat())?;
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(10), "uploaded  cookbook other 1.0.0\n"));
    let held_back = "the cookbook web 1.0.0 is not sent, since it depends on base 1.1.0";
    ensure!(ended.stderr.contains(held_back), "{ended:?}");
    let ended = shop.run(&[&["cookbook", "upload", "--json", "--force"], &all[..]].concat())?;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let lines: Vec<Value> =
        ended.stdout.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let names: Vec<_> = lines.iter().map(|line| line["name"].as_str()).collect();
    assert_eq!(names, [Some("base"), Some("web"), Some("other")]);
    Ok(())
}

#[test]
fn what_cannot_be_read_is_not_sent() -> Result<()> {
    let shop = Shop::open()?;
    write_cookbooks(&shop)?;
    shop.write("bad/metadata.rb", "name 'bad'\nversion `git describe`\n")?;
    shop.write("twice/metadata.rb", "name 'base'\nversion '1.1.0'\n")?;
    for (code, arguments, said) in [
        (3, &["none"][..], "there is no folder"),
        (2, &["bad", "cookbooks/base"], "bad/metadata.rb:2:9: a command in backticks cannot be"),
        (
            2,
            &["none", "--cookbook-path", "cookbooks"],
            "there is no cookbook of this name in cookbooks",
        ),
        (2, &["cookbooks/base", "twice"], "the cookbook base 1.1.0 is in"),
    ] {
        let error = shop.fail(code, &[&["cookbook", "upload"], arguments].concat())?;
        ensure!(error.contains(said), "{arguments:?}: {error}");
    }
    assert_eq!(shop.run(&["cookbook", "list"])?.stderr, "there are no cookbooks\n");
    let error = shop.fail(2, &["cookbook", "delete", "base"])?;
    ensure!(error.contains("VERSION"), "{error}");
    Ok(())
}

#[test]
fn a_person_sees_how_far_it_is() -> Result<()> {
    let shop = Shop::open()?;
    write_cookbooks(&shop)?;
    let terminal = Terminal::new();
    let child = terminal.start(shop.command(&["cookbook", "upload", "cookbooks/web"]));
    assert_eq!(wait(child).code, Some(0));
    let shown = terminal.rest();
    ensure!(shown.contains("] 4 of 4 files"), "{shown}");
    let mut terminal = Terminal::new();
    let child = terminal.start(shop.command(&["cookbook", "delete", "web", "--all"]));
    terminal.type_in("n\n");
    assert_eq!(wait(child).code, Some(130));
    let shown = terminal.rest();
    ensure!(shown.contains("Delete the cookbook web 1.0.0 of http://"), "{shown}");
    Ok(())
}

#[test]
fn metadata_is_printed_as_chef_compiles_it() -> Result<()> {
    let house = crate::whole::installation()?;
    let folder = house.path("web");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("metadata.rb"), "name 'web'\n%w(a b).each { |os| supports os }\n")?;
    let text = house.succeed(&["chef", "metadata", "web"])?;
    ensure!(text.starts_with("{\n  \"name\": \"web\",\n  \"description\": \"\",\n"), "{text}");
    let platforms = "  \"platforms\": {\n    \"a\": \">= 0.0.0\",\n    \"b\": \">= 0.0.0\"\n  },\n  \"dependencies\": {\n\n  },\n";
    ensure!(
        text.contains(platforms) && text.ends_with("\"eager_load_libraries\": true\n}\n"),
        "{text}"
    );
    assert_eq!(house.succeed(&["chef", "metadata", "web", "--json"])?, text);
    std::fs::write(folder.join("metadata.rb"), "name 'web'\nversion ENV['V']\n")?;
    let output = house.run(&["chef", "metadata", "web"])?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(
        output.status.code() == Some(2) && said.contains("web/metadata.rb:2:9: `ENV`"),
        "{said}"
    );
    Ok(())
}

/// A server that answers whatever it is asked with the next of these bodies.
fn answering(bodies: Vec<String>) -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for body in bodies {
            let (mut stream, _) = listener.accept().unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines.next().is_some_and(|line| !line.unwrap().is_empty()) {}
            let length = body.len();
            let head =
                format!("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
            stream.write_all((head + &body).as_bytes()).unwrap();
        }
    });
    Ok(port)
}

#[test]
fn a_server_that_does_not_mean_well_writes_nothing_elsewhere() -> Result<()> {
    let shop = Shop::open()?;
    let url = format!("http://127.0.0.1:{}", shop.house.http_port());
    let manifest = |name: &str, version: &str, path: &str| {
        let file =
            json!({"path": path, "checksum": "0".repeat(32), "url": format!("{url}/_status")});
        json!({
            "cookbook_name": name, "version": version, "metadata": {"name": name}, "all_files": [file],
        })
        .to_string()
    };
    let outside = shop.house.path("outside");
    for (manifest, said) in [
        (manifest("a", "1.0.0", "../../outside"), "leads out of the cookbook"),
        (manifest("a", "1.0.0", &outside.display().to_string()), "its path is absolute"),
        (manifest("../a", "1.0.0", "x"), "is not a cookbook name"),
        (manifest("a", "1/../../x", "x"), "its version is"),
        // What comes is not what it should be.
        (manifest("a", "1.0.0", "recipes/x"), "this content has the MD5"),
    ] {
        let port = answering(vec![manifest.clone()])?;
        let there = format!("http://127.0.0.1:{port}/organizations/shop");
        let download = ["cookbook", "download", "a", "--into", "back", "--chef-server-url", &there];
        let key = shop.house.path("server/keys/pivotal.pem").display().to_string();
        let who = ["--chef-user", "pivotal", "--chef-key", &key];
        let error = shop.fail(6, &[&download[..], &who].concat())?;
        ensure!(error.contains(said), "{manifest}: {error}");
        ensure!(!outside.exists());
        // Nothing is left, not even in part.
        let left = std::fs::read_dir(shop.house.path("back")).map_or(0, Iterator::count);
        assert_eq!(left, 0, "{manifest}");
    }
    Ok(())
}
