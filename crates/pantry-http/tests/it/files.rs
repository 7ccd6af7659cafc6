//! Reading a cookbook's file by a link.

use pantry_model::{Sha256, Timestamp};
use pantry_store::{Change, Kind, Scope, Write};

use crate::contents::{read_link, seal};
use crate::house::{Ask, House, NOW};

const SHOP: &str = "shop";

/// A house with a file that a cookbook holds: the path of a link, and what it is kept under.
async fn with_file(bytes: &[u8]) -> (House, String, Sha256) {
    let house = House::new().await;
    let content = house.bring(SHOP, bytes).await;
    house.hold(SHOP, "base/1.0.0", &[content]).await;
    let link = read_link(SHOP, &content.sha256);
    (house, link, content.sha256)
}

#[tokio::test]
async fn a_file_is_read_as_a_whole_in_part_or_not_again() {
    let (house, link, sha256) = with_file(b"0123456789").await;
    let etag = format!("\"{sha256}\"");
    let whole = house.get(&link).await;
    assert_eq!((whole.status, whole.text()), (200, "0123456789"));
    for (name, value) in [
        ("content-length", "10"),
        ("content-type", "application/octet-stream"),
        ("accept-ranges", "bytes"),
        ("etag", &etag),
    ] {
        assert_eq!(whole.header(name), Some(value), "{name}");
    }
    let head = house.ask(Ask::new("HEAD", &link)).await;
    assert_eq!((head.status, head.header("content-length")), (200, Some("10")));
    assert_eq!(head.header("etag"), Some(etag.as_str()));

    let ask = |name: &str, value: &str| {
        let ask = Ask::new("GET", &link).header(name, value);
        Box::pin(house.ask(ask))
    };
    let part = ask("Range", "bytes=2-4").await;
    assert_eq!((part.status, part.text()), (206, "234"));
    assert_eq!(part.header("content-range"), Some("bytes 2-4/10"));
    assert_eq!(part.header("content-length"), Some("3"));
    let rest = ask("Range", "bytes=-1").await;
    assert_eq!((rest.status, rest.text()), (206, "9"));
    let beyond = ask("Range", "bytes=10-").await;
    assert_eq!((beyond.status, beyond.header("content-range")), (416, Some("bytes */10")));
    let known = ask("If-None-Match", &etag).await;
    assert_eq!((known.status, known.header("etag"), known.body.len()), (304, Some(&*etag), 0));
    assert_eq!(ask("If-None-Match", "\"x\"").await.status, 200);
    // Clients sign what they fetch, and say what they like.
    let ask = Ask::new("GET", &link).header("Accept", "application/json");
    assert_eq!(house.ask(ask.header("X-Ops-Server-API-Version", "99")).await.status, 200);
    assert_eq!(house.ask(Ask::new("GET", &link).by("nobody")).await.status, 200);
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let (house, link, _) = with_file(b"").await;
    let empty = house.get(&link).await;
    assert_eq!((empty.status, empty.header("content-length")), (200, Some("0")));
    let ranged = house.ask(Ask::new("GET", &link).header("Range", "bytes=0-")).await;
    assert_eq!(ranged.status, 416);
}

#[tokio::test]
async fn a_link_is_for_one_file_of_one_organization_until_it_expires() {
    let (house, link, sha256) = with_file(b"text").await;
    let (path, query) = link.split_once('?').unwrap();
    let other = "0".repeat(64);
    let past = NOW - 1;
    let expired = seal(&[b"GET", b"shop", &sha256.0], past);
    for (path, told) in [
        (path.to_owned(), "it needs `expires` and `signature`"),
        (format!("{path}?{query}x"), "its signature is wrong"),
        (format!("{}?{query}", path.replace("shop", "shelf")), "its signature is wrong"),
        (format!("{}?{query}", path.replace("shop", "%00")), "its signature is wrong"),
        (format!("/organizations/shop/files/{other}?{query}"), "its signature is wrong"),
        (format!("/organizations/shop/files/x?{query}"), "its signature is wrong"),
        (format!("{path}?expires={past}&signature={expired}"), "has expired"),
        (format!("{path}?expires=x&signature={expired}"), "its signature is wrong"),
    ] {
        let reply = house.get(&path).await;
        assert_eq!(reply.status, 403, "{path}");
        assert!(reply.sentence().contains(told), "{path}: {}", reply.sentence());
    }
    house.set_clock(NOW + 60);
    assert_eq!(house.get(&link).await.status, 200);
    house.set_clock(NOW + 61);
    assert_eq!(house.get(&link).await.status, 403);
}

#[tokio::test]
async fn a_link_ends_with_the_last_cookbook_that_has_the_file() {
    let (house, link, sha256) = with_file(b"text").await;
    let content = house.content(b"text").await;
    house.hold(SHOP, "base/2.0.0", &[content]).await;
    for (version, status) in [("base/1.0.0", 200), ("base/2.0.0", 404)] {
        let scope = Scope::Application(SHOP.parse().unwrap());
        let mut write = Write::new(None, Timestamp(0));
        let (kind, name) = (Kind::CookbookVersion, version.to_owned());
        write.changes.push(Change::Delete { scope, kind, name });
        house.store.commit(write).await.unwrap();
        assert_eq!(house.get(&link).await.status, status, "{version}");
    }
    let reply = house.get(&link).await;
    assert!(reply.sentence().ends_with(&sha256.to_string()), "{}", reply.sentence());
}

#[tokio::test]
async fn a_file_that_is_lost_is_a_fault_of_the_server() {
    let (house, link, sha256) = with_file(b"text").await;
    house.contents.blobs.delete(&sha256).await.unwrap();
    assert_eq!(house.get(&link).await.status, 500);
    assert_eq!(house.ask(Ask::new("HEAD", &link)).await.status, 200);
}
