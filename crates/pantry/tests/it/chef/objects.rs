//! Objects of every kind: made from files, listed, shown, deleted.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::shop::Shop;

#[test]
fn a_file_is_uploaded_once_and_shown_as_it_was_written() -> Result<()> {
    let shop = Shop::open()?;
    for (noun, file, text, changed) in [
        (
            "role",
            "roles/web.json",
            r#"{"name":"web","run_list":["nginx"],"default_attributes":{"z":1.10,"a":12345678901234567890123}}"#,
            r#"{"name":"web","run_list":["role[base]"]}"#,
        ),
        (
            "environment",
            "environments/prod.json",
            r#"{"name":"prod","cookbook_versions":{"nginx":"= 1.0.0"},"override_attributes":{"z":1.10,"a":12345678901234567890123}}"#,
            r#"{"name":"prod"}"#,
        ),
        (
            "node",
            "nodes/web1.json",
            r#"{"name":"web1","chef_environment":"prod","run_list":["role[web]"],"normal":{"z":1.10,"a":12345678901234567890123}}"#,
            r#"{"name":"web1"}"#,
        ),
    ] {
        let name = file.split(['/', '.']).nth(1).unwrap_or_default();
        shop.write(file, text)?;
        let upload = || shop.succeed(&[noun, "upload", file]);
        assert_eq!(upload()?, format!("created   {noun} {name}\n"));
        assert_eq!(upload()?, format!("unchanged {noun} {name}\n"));
        let shown = shop.succeed(&[noun, "show", name, "--json"])?;
        ensure!(shown.contains(r#""z":1.10,"a":12345678901234567890123"#), "{shown}");
        shop.write(file, changed)?;
        assert_eq!(upload()?, format!("updated   {noun} {name}\n"));

        // What is shown can be uploaded.
        let all = if noun == "node" { &["--all"][..] } else { &[] };
        let pretty = shop.succeed(&[&[noun, "show", name], all].concat())?;
        ensure!(pretty.starts_with(&format!("{{\n  \"name\": \"{name}\",\n")), "{pretty}");
        shop.write(file, &pretty)?;
        assert_eq!(upload()?, format!("unchanged {noun} {name}\n"));

        ensure!(shop.succeed(&[noun, "list"])?.lines().any(|line| line == name));
        let list: Value = serde_json::from_str(&shop.succeed(&[noun, "list", "--json"])?)?;
        let url = format!(
            "http://127.0.0.1:{}/organizations/shop/{noun}s/{name}",
            shop.house.http_port()
        );
        let line = json!({"name": name, "url": url});
        ensure!(list.as_array().is_some_and(|list| list.contains(&line)), "{list}");

        let said = shop.fail(2, &[noun, "delete", name])?;
        ensure!(said.contains("there is no terminal to ask on"), "{said}");
        shop.succeed(&[noun, "delete", name, "--yes"])?;
        let said = shop.fail(8, &[noun, "show", name])?;
        ensure!(said.contains(&format!("`pantry -a shop chef {noun} list` shows")), "{said}");
    }
    Ok(())
}

#[test]
fn a_folder_is_uploaded_whatever_fails_of_it() -> Result<()> {
    let shop = Shop::open()?;
    for (file, text) in [
        ("roles/a.json", r#"{"name":"a"}"#),
        ("roles/b.json", "{\"name\":\"b\",\n}"),
        ("roles/c.json", r#"{"name":"c","run_list":"x"}"#),
        ("roles/d.json", r#"{"name":"a"}"#),
        ("roles/e.json", r#"{"run_list":[]}"#),
        ("roles/f.json", r#"{"name":"f"}"#),
        ("roles/README.md", "no role"),
        ("roles/more/g.json", r#"{"name":"g"}"#),
        ("none/x.txt", ""),
    ] {
        shop.write(file, text)?;
    }
    let ended = shop.run(&["role", "upload", "roles/"])?;
    assert_eq!(ended.stdout, "created   role a\ncreated   role f\n");
    assert_eq!(ended.code, Some(2), "{ended:?}");
    for part in [
        "roles/b.json: it is no JSON: key must be a string at line 2 column 1",
        "Field 'run_list' is not a valid run list (400 Bad Request)",
        "roles/d.json: the role a stands in roles/a.json as well",
        "roles/e.json: it has no `name`, which names the role",
    ] {
        ensure!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
    ensure!(ended.stderr.contains("error: roles/c.json: "), "{}", ended.stderr);
    assert_eq!(shop.succeed(&["role", "list"])?, "a\nf\n");

    let ended = shop.run(&["role", "upload", "roles/f.json", "roles/c.json", "--json"])?;
    assert_eq!(ended.code, Some(2));
    let lines: Vec<Value> =
        ended.stdout.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let done = json!({"kind": "role", "name": "f", "file": "roles/f.json", "result": "unchanged"});
    assert_eq!(lines[0], done);
    assert_eq!(
        (&lines[1]["result"], &lines[1]["error"]["exit_code"]),
        (&json!("failed"), &json!(2))
    );

    let said = shop.fail(2, &["role", "upload", "none"])?;
    ensure!(said.contains("none: there is no file with a role in this folder"), "{said}");
    let said = shop.fail(3, &["role", "upload", "nowhere.json"])?;
    ensure!(said.contains("nowhere.json cannot be read"), "{said}");
    Ok(())
}

#[test]
fn roles_and_environments_are_read_in_ruby() -> Result<()> {
    let shop = Shop::open()?;
    shop.write(
        "roles/web.rb",
        "name 'web'\nrun_list %w[nginx shop::web].map { |it| \"recipe[#{it}]\" }\n\
         default_attributes 'nginx' => { 'workers' => 2 }\n",
    )?;
    shop.write("roles/bad.rb", "name 'bad'\ndescription File.read('/etc/passwd')\n")?;
    shop.write("environments/prod.rb", "name 'prod'\ncookbook 'nginx', '~> 12.0'\n")?;
    let ended = shop.run(&["role", "upload", "roles"])?;
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), "created   role web\n"), "{ended:?}");
    ensure!(ended.stderr.contains("error: roles/bad.rb:2:13: "), "{ended:?}");
    let role: Value = serde_json::from_str(&shop.succeed(&["role", "show", "web", "--json"])?)?;
    assert_eq!(role["run_list"], json!(["recipe[nginx]", "recipe[shop::web]"]));
    assert_eq!(role["default_attributes"], json!({"nginx": {"workers": 2}}));
    assert_eq!(shop.succeed(&["role", "upload", "roles/web.rb"])?, "unchanged role web\n");
    assert_eq!(
        shop.succeed(&["environment", "upload", "environments"])?,
        "created   environment prod\n"
    );
    let prod = shop.succeed(&["environment", "show", "prod"])?;
    ensure!(prod.contains(r#""nginx": "~> 12.0""#), "{prod}");
    let said = shop.fail(2, &["node", "upload", "roles/web.rb"])?;
    ensure!(said.contains("a node is written in JSON"), "{said}");
    Ok(())
}

#[test]
fn a_bag_is_made_with_its_items() -> Result<()> {
    let shop = Shop::open()?;
    let item = r#"{"id":"db","password":"é\u001b","n":1.10}"#;
    shop.write("keys/db.json", item)?;
    let wrapped = r#"{"name":"data_bag_item_keys_web","json_class":"Chef::DataBagItem","data_bag":"keys","raw_data":{"id":"web","n":2}}"#;
    shop.write("keys/web.json", wrapped)?;
    let made = "created   data bag keys\ncreated   data bag item keys/db\ncreated   data bag item keys/web\n";
    assert_eq!(shop.succeed(&["data-bag", "upload", "keys", "keys"])?, made);
    let again = "unchanged data bag item keys/db\nunchanged data bag item keys/web\n";
    assert_eq!(shop.succeed(&["data-bag", "upload", "keys", "keys"])?, again);
    assert_eq!(shop.succeed(&["data-bag", "upload", "keys"])?, "unchanged data bag keys\n");
    assert_eq!(shop.succeed(&["data-bag", "upload", "empty"])?, "created   data bag empty\n");

    assert_eq!(shop.succeed(&["data-bag", "list"])?, "empty\nkeys\n");
    assert_eq!(shop.succeed(&["data-bag", "list", "keys"])?, "db\nweb\n");
    // What came by another way is shown as it is stored.
    assert_eq!(shop.succeed(&["data-bag", "show", "keys", "db", "--json"])?, format!("{item}\n"));
    let all = shop.succeed(&["data-bag", "show", "keys", "--json"])?;
    assert_eq!(all, format!("{item}\n{}\n", r#"{"id":"web","n":2}"#));

    shop.succeed(&["data-bag", "delete", "keys", "web", "-y"])?;
    let said = shop.fail(8, &["data-bag", "show", "keys", "web"])?;
    ensure!(said.contains("`pantry -a shop chef data-bag list keys`"), "{said}");
    let ended = shop.run(&["data-bag", "delete", "keys", "nothing", "db", "-y"])?;
    assert_eq!(ended.code, Some(8));
    ensure!(ended.stderr.contains("deleted the data bag item keys/db"), "{}", ended.stderr);
    shop.succeed(&["data-bag", "delete", "keys", "-y"])?;
    assert_eq!(shop.succeed(&["data-bag", "list"])?, "empty\n");
    Ok(())
}

#[test]
fn nodes_are_listed_by_environment_and_shown_in_short() -> Result<()> {
    let shop = Shop::open()?;
    shop.write("e/prod.json", r#"{"name":"prod"}"#)?;
    shop.succeed(&["environment", "upload", "e"])?;
    let web1 = r#"{"name":"web1","chef_environment":"prod","run_list":["role[web]"],
        "automatic":{"platform":"debian","platform_version":"13","ipaddress":"10.0.0.1"}}"#;
    shop.write("n/web1.json", web1)?;
    shop.write("n/web2.json", r#"{"name":"web2"}"#)?;
    shop.succeed(&["node", "upload", "n"])?;
    assert_eq!(shop.succeed(&["node", "list"])?, "web1\nweb2\n");
    assert_eq!(shop.succeed(&["-e", "prod", "node", "list"])?, "web1\n");
    let shown = shop.succeed(&["node", "show", "web1"])?;
    for line in
        ["environment  prod", "run list     role[web]", "platform     debian 13", "last seen    -"]
    {
        ensure!(shown.lines().any(|shown| shown == line), "{line}: {shown}");
    }
    Ok(())
}
