//! `pantry shelf mirror`: from one real server to another.

use std::fs;

use anyhow::{Result, ensure};

use super::shop::{Ended, Shop};

impl Shop {
    fn mirrors(&self, arguments: &[&str]) -> Result<Ended> {
        Ok(self.house.command(&[&["shelf", "mirror"], arguments].concat()).output()?.into())
    }

    /// What it printed, which must succeed.
    fn mirrored(&self, arguments: &[&str]) -> Result<Vec<String>> {
        let ended = self.mirrors(arguments)?;
        ensure!(ended.code == Some(0), "{arguments:?}: {ended:?}");
        Ok(ended.stdout.lines().map(ToOwned::to_owned).collect())
    }

    fn stocks(&self, name: &str, files: &[(&str, &str)]) -> Result<()> {
        for (path, text) in files {
            self.write(&format!("base/{name}/{path}"), text)?;
        }
        let folder = format!("base/{name}");
        self.house.succeed(&["-a", "base", "chef", "cookbook", "upload", &folder, "--force"])?;
        Ok(())
    }

    fn source(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.house.http_port())
    }
}

const WEB: &str = "name 'web'\nversion '1.2.0'\ndepends 'db', '~> 1.0'\nlicense 'MIT'\n";
const LINES: [&str; 2] = ["cookbook web 1.2.0", "cookbook db 1.0.5"];

/// A server with a shelf that is published.
fn published() -> Result<Shop> {
    let source = Shop::open()?;
    source.house.succeed(&["shelf", "create", "base"])?;
    source
        .stocks("db", &[("metadata.rb", "name 'db'\nversion '1.0.5'\n"), ("README.md", "old")])?;
    source
        .stocks("db", &[("metadata.rb", "name 'db'\nversion '2.0.0'\n"), ("README.md", "new")])?;
    let recipe = ("recipes/default.rb", "include_recipe 'db'\n");
    source.stocks("web", &[("metadata.rb", WEB), recipe, ("files/default/ä b", "x")])?;
    source.house.succeed(&["shelf", "publish", "base"])?;
    Ok(source)
}

#[test]
fn cookbooks_are_mirrored_from_a_published_shelf_with_what_they_need() -> Result<()> {
    let (source, here) = (published()?, Shop::open()?);
    let shelf = source.source("/shelves/base");
    let mirror = [&*shelf, "web", "--to", "shop"];
    let told = here.mirrored(&[&mirror[..], &["--dry-run"]].concat())?;
    assert_eq!(told, LINES.map(|line| format!("new        {line}")));
    let told = here.mirrored(&[&mirror[..], &["--freeze"]].concat())?;
    let sent = ["uploaded  cookbook db 1.0.5, frozen", "uploaded  cookbook web 1.2.0, frozen"];
    assert_eq!(told, sent);
    let told = here.mirrored(&mirror)?;
    assert_eq!(told, LINES.map(|line| format!("unchanged  {line}")));
    let told = here.mirrored(&[&mirror[..], &["--dry-run", "--json"]].concat())?;
    assert_eq!(told[0], r#"{"kind":"cookbook","name":"web","result":"there","version":"1.2.0"}"#);

    // What has come is what was there, and metadata that needs no Ruby.
    let into = here.house.path("fetched");
    here.succeed(&["cookbook", "download", "web", "--into", &into.display().to_string()])?;
    let of_source = source.house.path("base/web");
    for file in ["metadata.rb", "recipes/default.rb", "files/default/ä b"] {
        let came = fs::read(into.join("web-1.2.0").join(file))?;
        assert_eq!(came, fs::read(of_source.join(file))?, "{file}");
    }
    ensure!(into.join("web-1.2.0/metadata.json").is_file());

    // A newer one is had by asking for it; one that has changed there is in the way, and nothing is sent.
    let told = here.mirrored(&[&shelf, "db@>= 2", "--to", "shop"])?;
    assert_eq!(told, ["uploaded  cookbook db 2.0.0"]);
    source.stocks("db", &[("README.md", "newer")])?;
    source.stocks("more", &[("metadata.rb", "name 'more'\nversion '1.0.0'\n")])?;
    let ended = here.mirrors(&[&shelf, "more", "db", "--to", "shop"])?;
    ensure!(ended.code == Some(10), "{ended:?}");
    ensure!(ended.stderr.contains("shop has db 2.0.0 with other files"), "{ended:?}");
    let listed = here.succeed(&["cookbook", "list"])?;
    ensure!(!listed.contains("more"), "{listed}");
    Ok(())
}

#[test]
fn what_is_not_published_is_mirrored_with_a_key() -> Result<()> {
    let (source, here) = (published()?, Shop::open()?);
    source.house.succeed(&["shelf", "publish", "base", "--off"])?;
    let (shelf, organization) =
        (source.source("/shelves/base"), source.source("/organizations/base"));
    let ended = here.mirrors(&[&shelf, "web", "--to", "shop"])?;
    ensure!(ended.stderr.contains("Resource does not exist."), "{ended:?}");
    let key = source.house.path("server/keys/pivotal.pem").display().to_string();
    let with_key = ["--to", "shop", "--source-user", "pivotal", "--source-key", &key];
    let told = here.mirrored(&[&[&*shelf, "db@~> 1.0"], &with_key[..]].concat())?;
    assert_eq!(told, ["uploaded  cookbook db 1.0.5"]);
    let told = here.mirrored(&[&[&*organization, "web", "--dry-run"], &with_key[..]].concat())?;
    assert_eq!(told, ["new        cookbook web 1.2.0", "there      cookbook db 1.0.5"]);
    here.house.succeed(&["app", "create", "stage"])?;
    let with_key = [&["--to", "stage"], &with_key[2..]].concat();
    let told = here.mirrored(&[&[&*organization, "web"], &with_key[..]].concat())?;
    assert_eq!(told, ["uploaded  cookbook db 1.0.5", "uploaded  cookbook web 1.2.0"]);
    let told = here.mirrored(&[&[&*organization, "web"], &with_key[..]].concat())?;
    assert_eq!(told, LINES.map(|line| format!("unchanged  {line}")));
    Ok(())
}

#[test]
fn what_cannot_be_mirrored_is_told() -> Result<()> {
    let source = published()?;
    let shelf = source.source("/shelves/base");
    let none = source.source("/shelves/none");
    for (arguments, code, part) in [
        (&[&*shelf, "none", "--to", "shop"][..], 1, "none"),
        (&[&shelf, "web", "db@2.0.0", "--to", "shop"], 1, "db"),
        (&[&shelf, "web@x", "--to", "shop"], 2, "a constraint is a version"),
        (&[&shelf, "web"], 2, "--to"),
        (&[&shelf, "web", "--to", "none"], 8, "organization 'none' does not exist"),
        (&[&none, "web", "--to", "shop"], 8, "Resource does not exist."),
        (&["ftp://h", "web", "--to", "shop"], 2, "must begin with https:// or http://"),
        (&["http://127.0.0.1:1", "web", "--to", "shop"], 4, "nobody listens"),
        (&[&shelf, "web", "--to", "shop", "--source-user", "ada"], 2, "--source-key"),
    ] {
        let ended = source.mirrors(arguments)?;
        let said = format!("{}{}", ended.stdout, ended.stderr);
        ensure!(ended.code == Some(code) && said.contains(part), "{arguments:?}: {ended:?}");
    }
    Ok(())
}
