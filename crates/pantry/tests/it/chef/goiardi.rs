//! The same commands on a Chef server of others, which has no organizations.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use pantry_testkit::goiardi::{Goiardi, SUPERUSER};

use super::shop::Ended;
use crate::whole::BINARY;

/// A folder, a server, and who asks it.
struct Elsewhere<'f> {
    folder: &'f Path,
    url: String,
    key: String,
}

impl Elsewhere<'_> {
    fn run(&self, arguments: &[&str]) -> Result<Ended> {
        let server = ["--chef-server-url", &self.url, "--chef-user", SUPERUSER];
        let mut command = Command::new(BINARY);
        command.arg("chef").args(arguments).args(server).args(["--chef-key", &self.key]);
        command.current_dir(self.folder).env("HOME", self.folder).env("NO_COLOR", "1");
        Ok(command.env("EDITOR", "sed -i s/old/new/").output()?.into())
    }

    fn succeed(&self, arguments: &[&str]) -> Result<String> {
        let ended = self.run(arguments)?;
        ensure!(ended.code == Some(0), "{arguments:?}: {ended:?}");
        Ok(ended.stdout)
    }
}

#[test]
fn another_chef_server_takes_the_same_commands() -> Result<()> {
    let goiardi = Goiardi::install()?;
    let server = goiardi.start()?;
    let folder = tempfile::tempdir()?;
    for (file, text) in [
        ("role.json", r#"{"name":"web","run_list":["nginx"],"default_attributes":{"a":"old"}}"#),
        ("environment.json", r#"{"name":"prod","cookbook_versions":{"nginx":"= 1.0.0"}}"#),
        ("node.json", r#"{"name":"web1","run_list":["role[web]"],"normal":{"a":{"b":"old"}}}"#),
        ("item.json", r#"{"id":"db","user":"old"}"#),
    ] {
        std::fs::write(folder.path().join(file), text)?;
    }
    let url = format!("http://{}", server.address);
    let key = server.superuser_key.display().to_string();
    let there = Elsewhere { folder: folder.path(), url, key };
    for (noun, name) in [("role", "web"), ("environment", "prod"), ("node", "web1")] {
        let upload = || there.succeed(&[noun, "upload", &format!("{noun}.json")]);
        assert_eq!(upload()?, format!("created   {noun} {name}\n"));
        assert_eq!(upload()?, format!("unchanged {noun} {name}\n"));
        ensure!(there.succeed(&[noun, "list"])?.lines().any(|line| line == name));
    }
    let upload = || there.succeed(&["data-bag", "upload", "keys", "item.json"]);
    assert_eq!(upload()?, "created   data bag keys\ncreated   data bag item keys/db\n");
    assert_eq!(upload()?, "unchanged data bag item keys/db\n");

    for edit in [
        &["role", "edit", "web"][..],
        &["node", "edit", "web1"],
        &["data-bag", "edit", "keys", "db"],
    ] {
        let ended = there.run(edit)?;
        ensure!(ended.code == Some(0) && ended.stderr.contains("updated the"), "{ended:?}");
    }
    ensure!(there.succeed(&["data-bag", "show", "keys", "db"])?.contains(r#""user": "new""#));
    ensure!(there.succeed(&["node", "show", "web1"])?.contains("run list     role[web]"));

    // It knows cookbooks only in the older form, with the folders of Chef's alone.
    for (file, text) in [
        ("web/metadata.rb", "name 'web'\nversion '1.0.0'\n"),
        ("web/recipes/default.rb", "log 'web'\n"),
        ("web/README.md", "# Web\n"),
        ("web/spec/web_spec.rb", "no\n"),
    ] {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
        std::fs::write(path, text)?;
    }
    let upload = there.succeed(&["cookbook", "upload", "web", "--freeze"])?;
    assert_eq!(upload, "uploaded  cookbook web 1.0.0, frozen\n");
    let ended = there.run(&["cookbook", "upload", "web"])?;
    ensure!(ended.code == Some(10) && ended.stderr.contains("`--force`"), "{ended:?}");
    assert_eq!(there.succeed(&["cookbook", "list"])?, "NAME  VERSION\nweb   1.0.0\n");
    there.succeed(&["cookbook", "download", "web", "--into", "back"])?;
    let back = folder.path().join("back/web-1.0.0");
    assert_eq!(std::fs::read_to_string(back.join("README.md"))?, "# Web\n");
    assert_eq!(std::fs::read_to_string(back.join("recipes/default.rb"))?, "log 'web'\n");
    ensure!(!back.join("spec").exists());
    there.succeed(&["cookbook", "delete", "web", "1.0.0", "--yes"])?;

    // It keeps runs by the same routes, and has none.
    let runs = there.run(&["runs"])?;
    ensure!(runs.code == Some(0) && runs.stderr.contains("no runs are known"), "{runs:?}");

    // It also takes the older protocols.
    for version in ["1.0", "1.1", "1.3"] {
        let list = ["node", "list", "--chef-sign-version", version];
        assert_eq!(there.succeed(&list)?, "web1\n");
    }
    for delete in [&["role", "delete", "web", "-y"][..], &["data-bag", "delete", "keys", "-y"]] {
        there.succeed(delete)?;
    }
    let ended = there.run(&["role", "show", "web"])?;
    ensure!(ended.code == Some(8), "{ended:?}");
    Ok(())
}
