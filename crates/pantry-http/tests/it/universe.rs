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
