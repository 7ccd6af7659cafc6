//! Shelves read as Supermarkets, over HTTP.

use std::collections::BTreeMap;
use std::io::Read as _;

use pantry_store::{Kind, Scope};
use serde_json::{Value, json};

use crate::client::Reply;
use crate::contents::colliding;
use crate::cookbooks::cookbook;
use crate::house::{Ask, House};

const SHELF: &str = "http://pantry.example/shelves/shop/api/v1";

/// A house whose organization `shop` is a shelf, published or not.
async fn shelf(is_published: bool) -> House {
    let house = House::new().await;
    house.expect(201, ("PUT", "shelf", "{}")).await;
    house.publish(is_published).await;
    house
}

impl House {
    async fn publish(&self, is_published: bool) {
        let body = json!({ "published": is_published }).to_string();
        self.expect(200, ("PUT", "shelf", &body)).await;
    }

    /// Puts a version with these files, given by path and content.
    async fn shelve(&self, name: &str, version: &str, files: &[(&str, &[u8])], more: Value) {
        let mut body = cookbook(name, version);
        let metadata = body["metadata"].as_object_mut().unwrap();
        metadata.extend(more.as_object().unwrap().clone());
        let mut listed = Vec::new();
        for (path, bytes) in files {
            let md5 = self.bring("shop", bytes).await.md5.to_string();
            let file =
                json!({ "name": path, "path": path, "checksum": md5, "specificity": "default" });
            listed.push(file);
        }
        body["root_files"] = listed.into();
        let path = format!("/organizations/shop/cookbooks/{name}/{version}");
        let put = self.asker("pivotal").asks("PUT", &path, body).await;
        assert!(put.status < 300, "{put:?}");
    }

    async fn market(&self, path: &str) -> Reply {
        self.get(&format!("/shelves/shop/{path}")).await
    }

    async fn told(&self, path: &str) -> Value {
        let reply = self.market(path).await;
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
        reply.json()
    }
}

/// The files of an archive.
fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(archive));
    let entries = archive.entries().unwrap().map(|entry| {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().to_str().unwrap().to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (path, bytes)
    });
    entries.collect()
}

#[tokio::test]
async fn its_universe_says_where_each_version_is() {
    let house = shelf(true).await;
    assert_eq!(house.told("universe").await, json!({}));
    house.shelve("web", "1.0.0", &[], json!({ "dependencies": { "db": "2", "web": "> 0" } })).await;
    house.shelve("web", "1.10.0", &[], json!({})).await;
    let version = |number: &str, dependencies: Value| {
        json!({
            "location_type": "opscode", "location_path": SHELF, "dependencies": dependencies,
            "download_url": format!("{SHELF}/cookbooks/web/versions/{number}/download"),
        })
    };
    let web = json!({
        "1.0.0": version("1.0.0", json!({ "db": "= 2" })),
        "1.10.0": version("1.10.0", json!({})),
    });
    for path in ["universe", "api/v1/universe"] {
        assert_eq!(house.told(path).await, json!({ "web": web }), "{path}");
    }
    let first = house.market("universe").await;
    assert_eq!(first.header("content-length"), Some(first.body.len().to_string().as_str()));
    let tag = first.header("etag").unwrap();
    let ask = Ask::new("GET", "/shelves/shop/universe").header("If-None-Match", tag);
    assert_eq!(house.ask(ask).await.status, 304);
    let own = house.expect(200, ("GET", "universe", "")).await;
    assert_eq!(own["web"]["1.0.0"]["location_type"], "chef_server");
}

#[tokio::test]
async fn cookbooks_are_listed_found_and_shown() {
    let house = shelf(true).await;
    let about = json!({
        "maintainer": "Ann", "description": "Serves", "license": "MIT",
        "source_url": "https://example.com/web", "platforms": { "debian": ">= 12.0" },
        "dependencies": { "db": "~> 1.0" },
    });
    house.shelve("web", "1.0.0", &[], json!({})).await;
    house.set_clock(crate::house::NOW + 1);
    house.shelve("db", "1.0.0", &[], json!({})).await;
    house.set_clock(crate::house::NOW + 2);
    house.shelve("web", "1.2.0", &[], about).await;
    let item = |name: &str, maintainer: &str, description: &str| {
        json!({
            "cookbook_name": name, "cookbook_maintainer": maintainer,
            "cookbook_description": description, "cookbook": format!("{SHELF}/cookbooks/{name}"),
        })
    };
    let (web, db) = (item("web", "Ann", "Serves"), item("db", "", ""));
    let page = |start: u32, items: &[&Value]| json!({ "start": start, "total": 2, "items": items });
    for (query, expected) in [
        ("", page(0, &[&db, &web])),
        ("?start=1&items=1", page(1, &[&web])),
        ("?items=0", page(0, &[])),
        ("?start=7", page(7, &[])),
        ("?order=recently_updated", page(0, &[&web, &db])),
        ("?order=recently_added", page(0, &[&db, &web])),
        ("?order=most_followed", page(0, &[&db, &web])),
    ] {
        assert_eq!(house.told(&format!("api/v1/cookbooks{query}")).await, expected, "{query}");
    }
    assert_eq!(house.market("api/v1/cookbooks?items=x").await.status, 400);
    let found = house.told("api/v1/search?q=WE").await;
    assert_eq!(found, json!({ "start": 0, "total": 1, "items": [web] }));
    assert_eq!(house.told("api/v1/search?q=x+web").await["total"], 0);

    let shown = house.told("api/v1/cookbooks/web").await;
    let [old, new] = ["1.0.0", "1.2.0"].map(|it| format!("{SHELF}/cookbooks/web/versions/{it}"));
    assert_eq!(shown["versions"], json!([new, old]));
    assert_eq!(shown["latest_version"], json!(new));
    assert_eq!((&shown["name"], &shown["maintainer"]), (&json!("web"), &json!("Ann")));
    assert_eq!(shown["source_url"], "https://example.com/web");
    assert_eq!(shown["created_at"], "2026-11-21T07:00:00Z");
    assert_eq!(shown["updated_at"], "2026-11-21T07:00:02Z");
    let version = house.told("api/v1/cookbooks/web/versions/1_2_0").await;
    for other in ["1.2.0", "latest", "1.2"] {
        let path = format!("api/v1/cookbooks/web/versions/{other}");
        assert_eq!(house.told(&path).await, version, "{other}");
    }
    assert_eq!(version["license"], "MIT");
    assert_eq!(version["file"], format!("{new}/download"));
    assert_eq!(version["supports"], json!({ "debian": ">= 12.0" }));
    assert_eq!(version["dependencies"], json!({ "db": "~> 1.0" }));
    let archive = house.market("api/v1/cookbooks/web/versions/1.2.0/download").await;
    assert_eq!(version["tarball_file_size"], archive.body.len());
}

#[tokio::test]
async fn an_archive_is_made_once_kept_and_goes_with_its_version() {
    let house = shelf(true).await;
    let files: [(&str, &[u8]); 3] = [
        ("recipes/default.rb", b"package 'nginx'"),
        ("./a//b", b""),
        ("README.md", &[b'x'; 70_000]),
    ];
    house.shelve("web", "1.0.0", &files, json!({ "maintainer": "Ann" })).await;
    let kept = house.kept().await;
    let path = "/shelves/shop/api/v1/cookbooks/web/versions/1_0_0/download";
    // Two who want it at once get one.
    let (archive, other) = tokio::join!(house.get(path), house.get(path));
    assert_eq!((archive.status, &archive.body), (200, &other.body));
    assert_eq!(house.kept().await, kept + 1);
    let read = unpacked(&archive.body);
    let names: Vec<_> = read.keys().map(String::as_str).collect();
    assert_eq!(names, ["web/README.md", "web/a/b", "web/metadata.json", "web/recipes/default.rb"]);
    assert_eq!(read["web/README.md"], [b'x'; 70_000]);
    let metadata: Value = serde_json::from_slice(&read["web/metadata.json"]).unwrap();
    assert_eq!((&metadata["name"], &metadata["maintainer"]), (&json!("web"), &json!("Ann")));

    for (name, value) in [
        ("content-type", "application/octet-stream"),
        ("accept-ranges", "bytes"),
        ("content-disposition", "attachment; filename=\"web-1.0.0.tar.gz\""),
    ] {
        assert_eq!(archive.header(name), Some(value), "{name}");
    }
    let part = house.ask(Ask::new("GET", path).header("Range", "bytes=2-4")).await;
    assert_eq!((part.status, &part.body[..]), (206, &archive.body[2..5]));
    let tag = archive.header("etag").unwrap();
    assert_eq!(house.ask(Ask::new("GET", path).header("If-None-Match", tag)).await.status, 304);
    let head = house.ask(Ask::new("HEAD", path)).await;
    assert_eq!(head.header("content-length"), archive.header("content-length"));

    // Another content of the version is another archive, and the first is gone.
    let other: [(&str, &[u8]); 1] = [("recipes/default.rb", b"package 'apache'")];
    house.shelve("web", "1.0.0", &other, json!({})).await;
    let changed = house.get(path).await;
    assert_ne!(changed.body, archive.body);
    assert_eq!(unpacked(&changed.body).len(), 2);
    house.expect(200, ("DELETE", "cookbooks/web/1.0.0", "")).await;
    assert_eq!(house.get(path).await.status, 404);
    let scope = Scope::Application("shop".parse().unwrap());
    let left = house.store.names(&scope, Kind::CookbookArchive).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
    let held = house.store.held_contents(None, 100).await.unwrap();
    assert!(held.is_empty(), "{held:?}");
}

#[tokio::test]
async fn metadata_that_was_uploaded_is_what_is_in_the_archive() {
    let house = shelf(true).await;
    let metadata: &[u8] = br#"{ "name": "web", "version": "1.0.0", "x": 1.50 }"#;
    let [one, _] = colliding();
    house.shelve("web", "1.0.0", &[("metadata.json", metadata), ("f", &one)], json!({})).await;
    let archive = house.market("api/v1/cookbooks/web/versions/latest/download").await;
    let read = unpacked(&archive.body);
    assert_eq!((read["web/metadata.json"].as_slice(), &read["web/f"]), (metadata, &one));
    assert_eq!(read.len(), 2);
}

#[tokio::test]
async fn a_shelf_that_is_not_published_is_none_to_whoever_may_not_read_it() {
    let house = shelf(false).await;
    house.shelve("web", "1.0.0", &[("f", b"secret")], json!({})).await;
    let missing = json!({
        "error_messages": ["Resource does not exist."], "error_code": "NOT_FOUND",
    });
    let paths = [
        "universe",
        "api/v1/universe",
        "api/v1/cookbooks",
        "api/v1/cookbooks?items=x",
        "api/v1/search?q=web",
        "api/v1/cookbooks/web",
        "api/v1/cookbooks/web/versions/1.0.0",
        "api/v1/cookbooks/web/versions/1.0.0/download",
        "api/v1/cookbooks/web/versions/x/download",
    ];
    let comparable = |mut reply: Reply| {
        reply.headers.retain(|(name, _)| !["date", "x-request-id"].contains(&name.as_str()));
        (reply.status, reply.headers, reply.body)
    };
    let right = ["pivotal", "ann"];
    for path in paths {
        let asked = |shelf: &str| format!("/shelves/{shelf}/{path}");
        let none = comparable(house.get(&asked("none")).await);
        assert_eq!(none.0, 404);
        assert_eq!(serde_json::from_slice::<Value>(&none.2).unwrap(), missing);
        for name in ["shop", "%00", "Shop!"] {
            assert_eq!(comparable(house.get(&asked(name)).await), none, "{name} {path}");
        }
        // A user of nothing hears of it no more than whoever has not signed.
        for name in ["shop", "none"] {
            let stranger = house.asker("bob").gets(&asked(name)).await;
            assert_eq!((stranger.status, stranger.json()), (404, missing.clone()), "{name} {path}");
        }
        if !path.contains("=x") && !path.contains("/x/") {
            for who in right {
                // Ann belongs to the organization, but no list of its own lets her read.
                let expected = if who == "pivotal" { 200 } else { 404 };
                assert_eq!(house.asker(who).gets(&asked("shop")).await.status, expected, "{path}");
            }
        }
    }
    let forged = house.asker("pivotal").with_key(&crate::people::OTHER_KEY);
    for name in ["shop", "none"] {
        assert_eq!(forged.gets(&format!("/shelves/{name}/universe")).await.status, 401, "{name}");
    }
    // An organization that is no shelf is none here, also to who may read it.
    let made = json!({ "name": "mill", "full_name": "mill" });
    assert_eq!(house.asker("pivotal").asks("POST", "/organizations", made).await.status, 201);
    assert_eq!(house.asker("pivotal").gets("/shelves/mill/universe").await.status, 404);

    house.publish(true).await;
    for path in &paths[..3] {
        assert_eq!(house.market(path).await.status, 200, "{path}");
        let stranger = house.asker("bob").gets(&format!("/shelves/shop/{path}")).await;
        assert_eq!(stranger.status, 200, "{path}");
    }
    house.publish(false).await;
    assert_eq!(house.market("universe").await.status, 404);
}

#[tokio::test]
async fn a_shelf_tells_of_its_own_cookbooks_only() {
    let house = shelf(true).await;
    let made = json!({ "name": "base", "full_name": "base" });
    let pivotal = house.asker("pivotal");
    assert_eq!(pivotal.asks("POST", "/organizations", made).await.status, 201);
    let path = "/organizations/base/shelf";
    assert_eq!(pivotal.asks("PUT", path, json!({})).await.status, 201);
    let all = json!({ "granted_to_all": true });
    assert_eq!(pivotal.asks("PUT", path, all).await.status, 200);
    let put =
        pivotal.asks("PUT", "/organizations/base/cookbooks/apt/1.0.0", cookbook("apt", "1.0.0"));
    assert_eq!(put.await.status, 201);
    house.expect(201, ("POST", "shelves", r#"{"name":"base"}"#)).await;
    assert_eq!(house.expect(200, ("GET", "universe", "")).await.as_object().unwrap().len(), 1);
    assert_eq!(house.told("universe").await, json!({}));
    assert_eq!(house.market("api/v1/cookbooks/apt").await.status, 404);
    assert_eq!(house.market("api/v1/cookbooks/apt/versions/1.0.0").await.status, 404);
}
