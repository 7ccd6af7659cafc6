//! Uploading a content by a link: streamed, verified, and nothing stays of what is wrong.

use std::time::Duration;

use pantry_model::Content;

use crate::client::DEADLINE;
use crate::contents::{seal, upload_link};
use crate::house::{Ask, House, NOW};

/// A sandbox that waits for these bytes: the path of the link, and what they are known by.
async fn wanted(house: &House, bytes: &[u8]) -> (String, Content) {
    let content = house.content(bytes).await;
    let sandbox = house.sandbox("shop", &[content.md5]).await;
    (upload_link("shop", sandbox["sandbox_id"].as_str().unwrap(), &content.md5), content)
}

/// A request without its body.
fn head(ask: Ask<'_>) -> String {
    let bytes = ask.bytes();
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    String::from_utf8(bytes[..end].to_vec()).unwrap()
}

#[tokio::test]
async fn what_is_not_what_the_link_is_for_leaves_nothing() {
    let house = House::new().await;
    let (link, content) = wanted(&house, b"right").await;
    let put = |body: &'static [u8], digest: &'static str| {
        let ask = Ask::new("PUT", &link).header("Content-MD5", digest).body(body);
        Box::pin(house.ask(ask))
    };
    // In base64: of `right`, and of nothing.
    let (right, wrong) = ("fE8pQHiTwzSmy3qHvwRcDQ==", "1B2M2Y8AsgTpgAmY7PhCfg==");
    let reply = put(b"wrong", "").await;
    assert_eq!(reply.status, 400);
    assert!(reply.sentence().ends_with(&format!("this link is for the MD5 {}", content.md5)));
    assert_eq!(put(b"right", wrong).await.status, 400);
    assert_eq!(put(b"right", "nonsense").await.status, 400);
    assert_eq!(put(b"", "").await.status, 400);
    assert_eq!(house.kept().await, 0);
    assert_eq!(put(b"right", right).await.status, 204);
    assert_eq!(house.kept().await, 1);
}

#[tokio::test]
async fn a_link_is_all_that_is_asked_for() {
    let house = House::new().await;
    let (link, content) = wanted(&house, b"right").await;
    let (path, _) = link.split_once('?').unwrap();
    let id = path.split('/').nth(4).unwrap();
    let parts: [&[u8]; 4] = [b"PUT", b"shop", id.as_bytes(), &content.md5.0];
    let of_reading: [&[u8]; 4] = [b"GET", b"shop", id.as_bytes(), &content.md5.0];
    let (past, later) = (NOW - 1, NOW + 60);
    for (query, told) in [
        (String::new(), "it needs `expires` and `signature`"),
        (format!("?expires={later}"), "it needs `expires` and `signature`"),
        (format!("?expires={later}&signature=x"), "its signature is wrong"),
        (
            format!("?expires={later}&signature={}", seal(&parts, later + 1)),
            "its signature is wrong",
        ),
        (
            format!("?expires={later}&signature={}", seal(&of_reading, later)),
            "its signature is wrong",
        ),
        (format!("?expires={past}&signature={}", seal(&parts, past)), "has expired"),
    ] {
        let reply = house.upload(&format!("{path}{query}"), b"right").await;
        assert_eq!(reply.status, 403, "{query}");
        assert!(reply.sentence().contains(told), "{query}: {}", reply.sentence());
    }
    // Clients send what they always send.
    let ask = Ask::new("PUT", &link)
        .header("X-Ops-Server-API-Version", "99")
        .header("X-Chef-Version", "1.0.0")
        .header("X-Ops-UserId", "nobody")
        .header("Content-Type", "application/x-binary")
        .header("Accept", "image/png");
    assert_eq!(house.ask(ask.body(b"right")).await.status, 204);
}

#[tokio::test]
async fn a_large_content_is_streamed_and_comes_back_whole() {
    let house = House::new().await;
    let bytes: Vec<u8> = (0..3_000_001_u32).map(|number| (number % 251) as u8).collect();
    let (link, content) = wanted(&house, &bytes).await;
    assert_eq!(house.upload(&link, &bytes).await.status, 204);
    house.hold("shop", "base/1.0.0", &[content]).await;
    let read = house.get(&crate::contents::read_link("shop", &content.sha256)).await;
    assert!(read.status == 200 && read.body == bytes);
    assert_eq!(read.header("content-length"), Some("3000001"));
    let incoming = std::fs::read_dir(house.contents.folder.path().join("incoming")).unwrap();
    assert_eq!(incoming.count(), 0);
}

#[tokio::test]
async fn a_content_is_no_larger_than_the_limit() {
    let house = House::limited(|limits| limits.max_upload_bytes = 1000).await;
    let (link, _) = wanted(&house, &[7; 1000]).await;
    assert_eq!(house.upload(&link, &[7; 1000]).await.status, 204);
    let reply = house.upload(&link, &[7; 1001]).await;
    assert_eq!(reply.status, 413);
    assert!(reply.sentence().contains("1000 bytes (`http.limits.max_upload_bytes`)"));

    // One that does not say how long it is, is cut off.
    let mut connection = house.connect().await;
    let head =
        head(Ask::new("PUT", &link)).replace("Content-Length: 0", "Transfer-Encoding: chunked");
    connection.send(head).await;
    connection.send(format!("3e9\r\n{}\r\n0\r\n\r\n", "x".repeat(1001))).await;
    assert_eq!(connection.reply().await.status, 413);
    assert_eq!(house.kept().await, 1);
}

#[tokio::test]
async fn an_upload_that_is_cut_off_leaves_nothing() {
    let house = House::new().await;
    let bytes = vec![1; 500_000];
    let (link, _) = wanted(&house, &bytes).await;
    let mut connection = house.connect().await;
    connection.send(head(Ask::new("PUT", &link).body(&bytes))).await;
    connection.send(&bytes[..400_000]).await;
    drop(connection);
    assert_eq!(house.upload(&link, &bytes).await.status, 204);
    assert_eq!(house.kept().await, 1);
    // What had arrived of the first goes when its end is noticed.
    let incoming = house.contents.folder.path().join("incoming");
    let gone = async {
        while std::fs::read_dir(&incoming).unwrap().count() > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(DEADLINE, gone).await.unwrap();
}

#[tokio::test]
async fn an_upload_may_take_long_as_long_as_it_goes_on() {
    let house = House::limited(|limits| limits.body_within = Duration::from_millis(400)).await;
    let (link, _) = wanted(&house, b"slowly").await;
    let mut connection = house.connect().await;
    connection.send(head(Ask::new("PUT", &link).body(b"slowly"))).await;
    for byte in b"slowly" {
        tokio::time::sleep(Duration::from_millis(150)).await;
        connection.send([*byte]).await;
    }
    assert_eq!(connection.reply().await.status, 204);

    let mut connection = house.connect().await;
    connection.send(head(Ask::new("PUT", &link).body(b"slowly"))).await;
    connection.send(b"slow").await;
    let reply = connection.reply().await;
    assert_eq!(reply.status, 408);
    assert!(reply.sentence().starts_with("nothing of the body arrived for"));
    assert!(connection.ends_within(DEADLINE).await);
}

#[tokio::test]
async fn a_body_that_nobody_wants_is_not_waited_for() {
    let house = House::new().await;
    let (link, _) = wanted(&house, b"right").await;
    let mut connection = house.connect().await;
    let forged = link.replace("signature=", "signature=A");
    let ask = Ask::new("PUT", &forged).header("Expect", "100-continue").body(b"right");
    connection.send(head(ask)).await;
    let reply = connection.reply().await;
    assert_eq!((reply.status, reply.header("connection")), (403, Some("close")));

    let mut connection = house.connect().await;
    connection
        .send(head(Ask::new("PUT", &link).header("Expect", "100-continue").body(b"right")))
        .await;
    connection.expect_continue().await;
    connection.send(b"right").await;
    assert_eq!(connection.reply().await.status, 204);
}
