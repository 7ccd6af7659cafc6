//! Cookbooks over HTTP: in each version of the API, with files that are uploaded and read again.

use serde_json::{Value, json};

use crate::chef::{error, url};
use crate::house::{Ask, House};

/// A cookbook without files.
pub(crate) fn cookbook(name: &str, version: &str) -> Value {
    json!({
        "name": format!("{name}-{version}"),
        "cookbook_name": name,
        "version": version,
        "json_class": "Chef::CookbookVersion",
        "chef_type": "cookbook_version",
        "frozen?": false,
        "metadata": { "version": version, "name": name },
    })
}

fn file(name: &str, path: &str, checksum: &str) -> Value {
    json!({ "name": name, "path": path, "checksum": checksum, "specificity": "default" })
}

/// The URL of a file of a list, which is taken out of it.
fn take_url(cookbook: &mut Value, list: &str) -> String {
    let url = cookbook[list][0].as_object_mut().unwrap().remove("url").unwrap();
    url.as_str().unwrap().trim_start_matches("http://pantry.example").to_owned()
}

impl House {
    /// Stores a cookbook without files.
    pub(crate) async fn cook(&self, name: &str, version: &str, dependencies: Value) {
        let mut body = cookbook(name, version);
        body["metadata"]["dependencies"] = dependencies;
        let path = format!("cookbooks/{name}/{version}");
        self.expect(201, ("PUT", &path, &body.to_string())).await;
    }
}

#[tokio::test]
async fn a_cookbook_is_put_shown_changed_and_deleted() {
    let house = House::new().await;
    let content = house.bring("shop", b"package 'nginx'").await;
    let mut sent = cookbook("web", "1.2.0");
    sent["recipes"] = json!([file("default.rb", "recipes/default.rb", &content.md5.to_string())]);
    let put = ("PUT", "cookbooks/web/1.2.0", &*sent.to_string());
    assert_eq!(house.expect(201, put).await, sent);
    assert_eq!(house.expect(200, put).await, sent);

    let mut shown = house.expect(200, ("GET", "cookbooks/web/1.2", "")).await;
    let link = take_url(&mut shown, "recipes");
    let mut expected = sent.clone();
    expected["metadata"]["attributes"] = json!({});
    expected["metadata"]["dependencies"] = json!({});
    expected["metadata"]["long_description"] = "".into();
    assert_eq!(shown, expected);
    assert_eq!(house.get(&link).await.text(), "package 'nginx'");

    // The same in the newest version of the API, and from there back.
    let path = "/organizations/shop/cookbooks/web/_latest";
    let mut shown = house.asker("pivotal").in_version(2).gets(path).await.json();
    take_url(&mut shown, "all_files");
    let checksum = content.md5.to_string();
    let all = json!([file("recipes/default.rb", "recipes/default.rb", &checksum)]);
    assert_eq!(shown["all_files"], all);
    assert_eq!(shown.get("recipes"), None);
    let mut new = cookbook("web", "2.0.0");
    new["all_files"] = all.clone();
    let path = "/organizations/shop/cookbooks/web/2.0.0";
    let made = house.asker("pivotal").in_version(2).asks("PUT", path, new.clone()).await;
    assert_eq!((made.status, made.json()), (201, new));
    let mut old = house.expect(200, ("GET", "cookbooks/web/latest", "")).await;
    take_url(&mut old, "recipes");
    assert_eq!(old["recipes"], sent["recipes"]);
    assert_eq!(old["root_files"], json!([]));

    let mut deleted = house.asker("pivotal").in_version(2).asks("DELETE", path, Value::Null).await.json();
    take_url(&mut deleted, "recipes");
    assert_eq!(deleted, old);
    assert_eq!(house.get(&link).await.status, 200, "the other version still has the file");
    house.expect(200, ("DELETE", "cookbooks/web/1.2.0", "")).await;
    assert_eq!(house.get(&link).await.status, 404);
    let missing = house.expect(404, ("GET", "cookbooks/web/1.2.0", "")).await;
    assert_eq!(missing, error("Cannot find a cookbook named web with version 1.2.0"));
}

#[tokio::test]
async fn cookbooks_are_listed() {
    let house = House::new().await;
    assert_eq!(house.expect(200, ("GET", "cookbooks", "")).await, json!({}));
    for (name, version) in [("web", "1.9.0"), ("web", "1.10.0"), ("db", "0.1.0")] {
        house.cook(name, version, json!({})).await;
    }
    let version = |name: &str, version: &str| {
        json!({ "version": version, "url": url(&format!("cookbooks/{name}/{version}")) })
    };
    let listed = |name: &str, versions: &[&str]| {
        let versions: Vec<_> = versions.iter().map(|one| version(name, one)).collect();
        json!({ "url": url(&format!("cookbooks/{name}")), "versions": versions })
    };
    let db = listed("db", &["0.1.0"]);
    for (query, web, db) in [
        ("", listed("web", &["1.10.0"]), db.clone()),
        ("?num_versions=all", listed("web", &["1.10.0", "1.9.0"]), db.clone()),
        ("?num_versions=2", listed("web", &["1.10.0", "1.9.0"]), db.clone()),
        ("?num_versions=0", listed("web", &[]), listed("db", &[])),
    ] {
        for path in ["cookbooks", "environments/_default/cookbooks"] {
            let all = house.expect(200, ("GET", &format!("{path}{query}"), "")).await;
            assert_eq!(all, json!({ "web": web, "db": db }), "{path}{query}");
        }
    }
    let one = json!({ "web": listed("web", &["1.10.0", "1.9.0"]) });
    for path in ["cookbooks/web", "environments/_default/cookbooks/web"] {
        assert_eq!(house.expect(200, ("GET", path, "")).await, one);
        let sentence = "You have requested an invalid number of versions (x >= 0 || 'all')";
        let wrong = house.expect(400, ("GET", &format!("{path}?num_versions=x"), "")).await;
        assert_eq!(wrong, error(sentence));
    }
    let latest = house.expect(200, ("GET", "cookbooks/_latest", "")).await;
    let newest = |name: &str, version: &str| url(&format!("cookbooks/{name}/{version}"));
    assert_eq!(latest, json!({ "web": newest("web", "1.10.0"), "db": newest("db", "0.1.0") }));
    for path in ["cookbooks/_recipes", "environments/_default/recipes"] {
        assert_eq!(house.expect(200, ("GET", path, "")).await, json!([]));
    }
    let missing = house.expect(404, ("GET", "cookbooks/none", "")).await;
    assert_eq!(missing, error("Cannot find a cookbook named none"));
}

#[tokio::test]
async fn what_is_wrong_is_told_and_nothing_is_stored() {
    let house = House::new().await;
    let body = cookbook("web", "1.0.0");
    let with = |field: &str, value: Value| {
        let mut body = body.clone();
        body[field] = value;
        body.to_string()
    };
    let path = "cookbooks/web/1.0.0";
    let paths = ["../../etc/passwd", "/etc/passwd", "a\0b", &"a/".repeat(2048)];
    for bad in paths {
        let files = json!([file("a", bad, &"0".repeat(32))]);
        let refused = house.expect(400, ("PUT", path, &with("files", files))).await;
        assert!(refused["error"][0].as_str().unwrap().starts_with("Invalid path '"), "{refused}");
    }
    let constraint = json!({ "version": "1.0.0", "dependencies": { "db": ">=1.0" } });
    let unknown = house.expect(400, ("PUT", path, &with("metadata", constraint))).await;
    assert_eq!(unknown, error("Invalid value '>=1.0' for metadata.dependencies"));
    let files = json!([file("a", "a", &"0".repeat(32))]);
    let missing = house.expect(400, ("PUT", path, &with("files", files))).await;
    assert_eq!(missing, error("Manifest has a checksum that hasn't been uploaded."));
    let refused = house.expect(400, ("PUT", "cookbooks/web/1.2.3.4", "{")).await;
    assert_eq!(refused, error("Invalid cookbook version '1.2.3.4'."));
    let many: Vec<_> =
        (0..100_000).map(|n| file("a", &n.to_string(), &format!("{n:032x}"))).collect();
    let large = house.expect(413, ("PUT", path, &with("files", many.into()))).await;
    assert_eq!(large, json!({ "error": "JSON must be no more than 2000000 bytes." }));
    assert_eq!(house.expect(200, ("GET", "cookbooks", "")).await, json!({}));
    // What depends on itself, or on what depends on it, is fine.
    house.cook("a", "1.0.0", json!({ "a": ">= 0.0.0", "b": "~> 1.0" })).await;
    house.cook("b", "1.0.0", json!({ "a": "~> 1.0" })).await;
}

#[tokio::test]
async fn a_manifest_of_very_many_files_is_answered_if_it_may_be_that_large() {
    let house = House::limited(|limits| limits.max_json_bytes = 32_000_000).await;
    let content = house.bring("shop", b"the same").await;
    let checksum = content.md5.to_string();
    let mut body = cookbook("web", "1.0.0");
    let files = (0..100_000).map(|n| file(&format!("f{n}"), &format!("files/f{n}"), &checksum));
    body["files"] = files.collect::<Vec<_>>().into();
    house.expect(201, ("PUT", "cookbooks/web/1.0.0", &body.to_string())).await;
    let shown = house.expect(200, ("GET", "cookbooks/web/1.0.0", "")).await;
    let files = shown["files"].as_array().unwrap();
    assert_eq!(files.len(), 100_000);
    assert_eq!(files[0]["url"], files[99_999]["url"]);
}

#[tokio::test]
async fn a_frozen_cookbook_needs_force() {
    let house = House::new().await;
    let mut body = cookbook("web", "1.0.0");
    body["frozen?"] = true.into();
    let frozen = body.to_string();
    house.expect(201, ("PUT", "cookbooks/web/1.0.0?freeze=true", &frozen)).await;
    body["frozen?"] = false.into();
    let thawed = body.to_string();
    for query in ["", "?force=false"] {
        let path = format!("cookbooks/web/1.0.0{query}");
        let refused = house.expect(409, ("PUT", &path, &thawed)).await;
        let sentence = "The cookbook web at version 1.0.0 is frozen. Use the 'force' option to \
                        override.";
        assert_eq!(refused, error(sentence));
    }
    for query in ["?force=true", "?force", "?force=1"] {
        let path = format!("cookbooks/web/1.0.0{query}");
        assert_eq!(house.expect(200, ("PUT", &path, &thawed)).await["frozen?"], true);
    }
}

#[tokio::test]
async fn artifacts_are_kept_apart_from_cookbooks() {
    let house = House::new().await;
    let content = house.bring("shop", b"package 'nginx'").await;
    let recipe = file("default.rb", "recipes/default.rb", &content.md5.to_string());
    let sent = json!({
        "name": "web", "identifier": "11aa", "version": "1.2.3-rc.1", "origin_url": "http://x",
        "json_class": "Chef::CookbookVersion", "recipes": [recipe], "metadata": { "name": "web" },
    });
    let put = ("PUT", "cookbook_artifacts/web/11aa", &*sent.to_string());
    let made = house.expect(201, put).await;
    assert_eq!(made, json!({ "uri": url("cookbook_artifacts/web") }));
    let again = house.expect(409, put).await;
    assert_eq!(again, json!({ "error": "Cookbook artifact already exists" }));
    let mut shown = house.expect(200, ("GET", "cookbook_artifacts/web/11aa", "")).await;
    let all = json!({ "web": shown.clone() });
    let many = ("POST", "cookbook_artifacts", r#"{"web":"11aa"}"#);
    assert_eq!(house.expect(200, many).await, all);
    let lost = ("POST", "cookbook_artifacts", r#"{"web":"22","db":"1"}"#);
    let missing = house.expect(404, lost).await;
    assert_eq!(missing, error("Cannot find the cookbook artifacts web 22, db 1"));
    let link = take_url(&mut shown, "recipes");
    assert_eq!(house.get(&link).await.text(), "package 'nginx'");
    let mut expected = sent.clone();
    expected.as_object_mut().unwrap().remove("json_class");
    assert_eq!(shown, expected);

    let version = json!({ "url": url("cookbook_artifacts/web/11aa"), "identifier": "11aa" });
    let listed = |version: &Value| {
        json!({ "web": { "url": url("cookbook_artifacts/web"), "versions": [version] } })
    };
    let list = house.expect(200, ("GET", "cookbook_artifacts", "")).await;
    assert_eq!(list, listed(&version));
    let mut with_origin = version;
    with_origin["version"] = "1.2.3-rc.1".into();
    with_origin["origin_url"] = "http://x".into();
    let one = house.expect(200, ("GET", "cookbook_artifacts/web", "")).await;
    assert_eq!(one, listed(&with_origin));
    for path in ["cookbooks", "universe"] {
        assert_eq!(house.expect(200, ("GET", path, "")).await, json!({}));
    }
    house.expect(200, ("DELETE", "cookbook_artifacts/web/11aa", "")).await;
    assert_eq!(house.get(&link).await.status, 404);
    for path in ["cookbook_artifacts/web/11aa", "cookbook_artifacts/web"] {
        assert_eq!(house.expect(404, ("GET", path, "")).await, error("not_found"));
    }
}

#[tokio::test]
async fn another_organization_sees_nothing_of_them() {
    let house = House::new().await;
    let content = house.bring("shop", b"package 'nginx'").await;
    let recipe = file("default.rb", "recipes/default.rb", &content.md5.to_string());
    let mut body = cookbook("web", "1.0.0");
    body["recipes"] = json!([recipe]);
    house.expect(201, ("PUT", "cookbooks/web/1.0.0", &body.to_string())).await;
    let new = json!({ "name": "other", "full_name": "Other" });
    let pivotal = house.asker("pivotal");
    assert_eq!(pivotal.asks("POST", "/organizations", new).await.status, 201);
    for path in ["cookbooks?num_versions=all", "cookbooks/_latest", "universe"] {
        let other = pivotal.gets(&format!("/organizations/other/{path}")).await;
        assert_eq!(other.json(), json!({}), "{path}");
    }
    let path = "/organizations/other/cookbooks/web/1.0.0";
    assert_eq!(pivotal.gets(path).await.status, 404);
    let stolen = pivotal.asks("PUT", path, body).await;
    assert_eq!(stolen.sentence(), "Manifest has a checksum that hasn't been uploaded.");
    let unsigned = house.ask(Ask::new("GET", "/organizations/shop/universe")).await;
    assert_eq!(unsigned.status, 400);
}
