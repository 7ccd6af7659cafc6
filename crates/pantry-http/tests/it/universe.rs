//! The universe over HTTP: its bytes, and what is sent of them.

use std::io::Read;

use serde_json::{Value, json};

use crate::chef::url;
use crate::client::Reply;
use crate::house::{Ask, House};

async fn universe(house: &House, headers: &[(&str, &str)]) -> Reply {
    let ask = Ask::new("GET", "/organizations/shop/universe").by("pivotal");
    let ask = headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value));
    Box::pin(house.ask(ask)).await
}

fn version(name: &str, version: &str, dependencies: Value) -> Value {
    json!({
        "location_path": url(&format!("cookbooks/{name}/{version}")),
        "location_type": "chef_server",
        "dependencies": dependencies,
    })
}

#[tokio::test]
async fn it_tells_all_versions_of_all_cookbooks_and_follows_what_changes() {
    let house = House::new().await;
    assert_eq!(universe(&house, &[]).await.json(), json!({}));
    house.cook("web", "1.0.0", json!({ "db": "~> 1.2", "ntp": "2" })).await;
    house.cook("web-x", "1.0.0", json!({})).await;
    house.cook("apt", "1.0.0", json!({ "apt": "< 1" })).await;
    let web = version("web", "1.0.0", json!({ "db": "~> 1.2", "ntp": "= 2" }));
    let x = json!({ "1.0.0": version("web-x", "1.0.0", json!({})) });
    let apt = json!({ "1.0.0": version("apt", "1.0.0", json!({ "apt": "< 1" })) });
    let all = json!({ "web": { "1.0.0": web }, "web-x": x, "apt": apt });
    assert_eq!(universe(&house, &[]).await.json(), all);

    house.cook("web", "2.0.0", json!({})).await;
    house.expect(200, ("DELETE", "cookbooks/apt/1.0.0", "")).await;
    house.cook("base", "0.1.0", json!({})).await;
    let two = version("web", "2.0.0", json!({}));
    let base = json!({ "0.1.0": version("base", "0.1.0", json!({})) });
    let all = json!({ "web": { "1.0.0": web, "2.0.0": two }, "web-x": x, "base": base });
    assert_eq!(universe(&house, &[]).await.json(), all);
}

#[tokio::test]
async fn whoever_has_it_is_told_so_until_it_changes() {
    let house = House::new().await;
    house.cook("web", "1.0.0", json!({})).await;
    let first = universe(&house, &[]).await;
    assert_eq!(first.header("vary"), Some("accept-encoding"));
    let tag = first.header("etag").unwrap().to_owned();
    let again = universe(&house, &[("If-None-Match", &tag)]).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(again.header("etag"), Some(tag.as_str()));
    // A save that changes no cookbook changes nothing.
    house.expect(201, ("POST", "roles", r#"{"name":"web"}"#)).await;
    assert_eq!(universe(&house, &[("If-None-Match", &tag)]).await.status, 304);
    house.cook("web", "1.0.1", json!({})).await;
    let changed = universe(&house, &[("If-None-Match", &tag)]).await;
    assert_eq!(changed.status, 200);
    assert_ne!(changed.header("etag"), Some(tag.as_str()));
    house.expect(200, ("DELETE", "cookbooks/web/1.0.1", "")).await;
    let back = universe(&house, &[("If-None-Match", &tag)]).await;
    assert_eq!(back.status, 304, "it is what it was");
}

#[tokio::test]
async fn it_is_compressed_for_those_who_like_that() {
    let house = House::new().await;
    house.cook("web", "1.0.0", json!({})).await;
    let plain = universe(&house, &[]).await;
    assert_eq!(plain.header("content-encoding"), None);
    let gzip = universe(&house, &[("Accept-Encoding", "gzip;q=1.0,deflate;q=0.6")]).await;
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    let mut read = Vec::new();
    flate2::read::GzDecoder::new(&*gzip.body).read_to_end(&mut read).unwrap();
    assert_eq!(read, plain.body);
    let zstd = universe(&house, &[("Accept-Encoding", "gzip, zstd")]).await;
    assert_eq!(zstd.header("content-encoding"), Some("zstd"));
    assert_eq!(zstd::bulk::decompress(&zstd.body, 1 << 20).unwrap(), plain.body);
    let tags = [&plain, &gzip, &zstd].map(|reply| reply.header("etag").unwrap().to_owned());
    assert!(tags[0] != tags[1] && tags[1] != tags[2]);
    for tag in &tags {
        assert_eq!(universe(&house, &[("If-None-Match", tag)]).await.status, 304);
    }
}

#[tokio::test]
async fn its_urls_lead_back_the_way_a_request_came() {
    let house = House::with(|config| {
        config.default_organization = Some("shop".parse().unwrap());
    })
    .await;
    house.cook("web", "1.0.0", json!({})).await;
    let path = |reply: &Reply| reply.json()["web"]["1.0.0"]["location_path"].clone();
    let proxied = universe(&house, &[("X-Forwarded-Proto", "https")]).await;
    let secure = url("cookbooks/web/1.0.0").replace("http:", "https:");
    assert_eq!(path(&proxied), secure);
    assert_eq!(path(&universe(&house, &[]).await), url("cookbooks/web/1.0.0"));
    let bare = house.asker("pivotal").gets("/universe").await;
    assert_eq!(path(&bare), url("cookbooks/web/1.0.0"));
}

/// Two organizations, `shop` and `mill`, that use the shelf `base`.
async fn shelved() -> House {
    let house = House::new().await;
    let all = house.asker("pivotal");
    for name in ["base", "mill"] {
        let new = json!({ "name": name, "full_name": name });
        assert_eq!(all.asks("POST", "/organizations", new).await.status, 201);
    }
    for body in [json!({}), json!({ "granted_to_all": true })] {
        assert!(all.asks("PUT", "/organizations/base/shelf", body).await.status < 300);
    }
    for name in ["shop", "mill"] {
        let path = format!("/organizations/{name}/shelves");
        assert_eq!(all.asks("POST", &path, json!({ "name": "base" })).await.status, 201);
    }
    house
}

async fn put(house: &House, organization: &str, name: &str, version: &str, on: &str) {
    let mut body = crate::cookbooks::cookbook(name, version);
    body["metadata"]["dependencies"] = json!({ on: ">= 0.0.0" });
    let path = format!("/organizations/{organization}/cookbooks/{name}/{version}");
    assert!(house.asker("pivotal").asks("PUT", &path, body).await.status < 300);
}

#[tokio::test]
async fn what_is_on_shelves_is_in_it_under_the_organizations_own_url() {
    let house = shelved().await;
    put(&house, "base", "apt", "1.0.0", "of-base").await;
    put(&house, "base", "apt", "2.0.0", "of-base").await;
    put(&house, "base", "zsh", "1.0.0", "of-base").await;
    put(&house, "shop", "apt", "1.0.0", "of-shop").await;
    put(&house, "shop", "shop", "1.0.0", "of-shop").await;
    let on = |of: &str| json!({ of: ">= 0.0.0" });
    let shops = json!({
        "apt": { "1.0.0": version("apt", "1.0.0", on("of-shop")),
                 "2.0.0": version("apt", "2.0.0", on("of-base")) },
        "shop": { "1.0.0": version("shop", "1.0.0", on("of-shop")) },
        "zsh": { "1.0.0": version("zsh", "1.0.0", on("of-base")) },
    });
    let plain = universe(&house, &[]).await;
    assert_eq!(plain.json(), shops);
    assert_eq!(plain.header("content-length"), Some(&*plain.body.len().to_string()));
    let gzip = universe(&house, &[("Accept-Encoding", "gzip")]).await;
    let mut read = Vec::new();
    flate2::read::GzDecoder::new(&*gzip.body).read_to_end(&mut read).unwrap();
    assert_eq!(read, plain.body);
    let again = universe(&house, &[("Accept-Encoding", "gzip")]).await;
    assert_eq!(again.body, gzip.body);
    assert_eq!(again.header("content-length"), Some(&*gzip.body.len().to_string()));

    // What each of the two changes is seen by itself, and what the shelf changes by both.
    let pivotal = house.asker("pivotal");
    let mill = pivotal.gets("/organizations/mill/universe").await;
    let tag = |reply: &Reply| reply.header("etag").unwrap().to_owned();
    put(&house, "shop", "shop", "1.1.0", "of-shop").await;
    let changed = universe(&house, &[]).await;
    assert!(changed.text().contains("/shop/1.1.0"));
    assert_eq!(tag(&pivotal.gets("/organizations/mill/universe").await), tag(&mill));
    put(&house, "base", "zsh", "1.1.0", "of-base").await;
    for organization in ["shop", "mill"] {
        let reply = pivotal.gets(&format!("/organizations/{organization}/universe")).await;
        let path = format!("/organizations/{organization}/cookbooks/zsh/1.1.0");
        assert!(reply.text().contains(&path), "{}", reply.text());
        assert!(![tag(&changed), tag(&mill)].contains(&tag(&reply)));
    }
    let detach = pivotal.asks("DELETE", "/organizations/shop/shelves/base", json!({})).await;
    assert!(detach.status < 300, "{}", detach.text());
    assert!(!universe(&house, &[]).await.text().contains("zsh"));
}

#[tokio::test]
async fn two_organizations_with_the_same_cookbooks_have_other_tags() {
    let house = shelved().await;
    put(&house, "base", "apt", "1.0.0", "of-base").await;
    let shop = universe(&house, &[]).await;
    let mill = house.asker("pivotal").gets("/organizations/mill/universe").await;
    assert_eq!(shop.text().replace("/shop/", "/mill/"), mill.text());
    assert_ne!(shop.header("etag"), mill.header("etag"));
    let tag = shop.header("etag").unwrap().to_owned();
    assert_eq!(universe(&house, &[("If-None-Match", &tag)]).await.status, 304);
    let mills = Ask::new("GET", "/organizations/mill/universe").by("pivotal");
    assert_eq!(house.ask(mills.header("If-None-Match", &tag)).await.status, 200);
}
