//! Sandboxes: what is missing is uploaded, and then it is there.

use pantry_model::Md5;
use serde_json::{Value, json};

use crate::chef::error;
use crate::contents::{colliding, read_link, upload_link};
use crate::house::{Ask, House, NOW};

const SHOP: &str = "shop";

#[tokio::test]
async fn what_is_missing_is_uploaded_and_then_it_is_there() {
    let house = House::new().await;
    let [one, other] = [b"one".as_slice(), b"other"];
    let (known, missing) = (house.bring(SHOP, one).await, house.content(other).await);
    let sandbox = house.sandbox(SHOP, &[known.md5, missing.md5]).await;
    let id = sandbox["sandbox_id"].as_str().unwrap();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    let uri = format!("http://pantry.example/organizations/shop/sandboxes/{id}");
    assert_eq!(sandbox["uri"], uri);
    let checksums = &sandbox["checksums"];
    assert_eq!(checksums[known.md5.to_string()], json!({ "needs_upload": false }));
    let asked = &checksums[missing.md5.to_string()];
    assert_eq!(asked["needs_upload"], true);
    let link = asked["url"].as_str().unwrap();
    assert!(link.starts_with(&format!("{uri}/{}?expires={}&", missing.md5, NOW + 900)), "{link}");

    let early = house.commit(SHOP, &sandbox).await;
    assert_eq!(early.status, 503);
    let sentence = format!(
        "Cannot update sandbox {id}: the following checksums have not been uploaded: {}",
        missing.md5
    );
    assert_eq!(early.json(), error(&sentence));
    let uploaded = house.upload(link, other).await;
    assert_eq!((uploaded.status, uploaded.header("content-length")), (204, None));
    let committed = house.commit(SHOP, &sandbox).await;
    assert_eq!(committed.status, 200);
    let mut body = committed.json();
    let named = body["checksums"].as_array_mut().unwrap();
    named.sort_by_key(|name| name.as_str().unwrap().to_owned());
    let mut both = [known.md5.to_string(), missing.md5.to_string()];
    both.sort();
    assert_eq!(
        body,
        json!({ "guid": id, "name": id, "checksums": both, "is_completed": true,
            "create_time": "2026-11-21T07:00:00+00:00" })
    );

    let gone = error(&format!("No such sandbox '{id}'."));
    assert_eq!(house.commit(SHOP, &sandbox).await.json(), gone);
    let late = house.upload(link, other).await;
    assert_eq!((late.status, late.json()), (404, gone));
    assert_eq!(house.kept().await, 2);
}

#[tokio::test]
async fn what_is_wrong_with_a_sandbox_is_said_as_the_original_does() {
    let house = House::new().await;
    let none = error("No such sandbox 'none'.");
    assert_eq!(
        house.expect(404, ("PUT", "sandboxes/none", r#"{"is_completed":true}"#)).await,
        none
    );
    for (method, path, body, sentence) in [
        ("POST", "sandboxes", "{}", "Field 'checksums' missing"),
        ("POST", "sandboxes", r#"{"checksums":{}}"#, "Bad checksums!"),
        ("POST", "sandboxes", "x", "invalid JSON"),
        (
            "PUT",
            "sandboxes/none",
            "{}",
            "JSON body must contain key '\"complete\"' with value 'true'.",
        ),
    ] {
        assert_eq!(house.expect(400, (method, path, body)).await, error(sentence), "{body}");
    }
    house.expect(405, ("GET", "sandboxes/none", "")).await;
    house.expect(405, ("GET", "sandboxes", "")).await;
}

#[tokio::test]
async fn the_same_content_can_be_uploaded_again_and_by_two_at_once() {
    let house = House::new().await;
    let content = house.content(b"twice").await;
    let sandboxes =
        [house.sandbox(SHOP, &[content.md5]).await, house.sandbox(SHOP, &[content.md5]).await];
    for round in 0..2 {
        let links = sandboxes
            .each_ref()
            .map(|sandbox| sandbox["checksums"][content.md5.to_string()]["url"].as_str().unwrap());
        let (one, other) =
            tokio::join!(house.upload(links[0], b"twice"), house.upload(links[1], b"twice"));
        assert_eq!((one.status, other.status), (204, 204), "{round}");
    }
    for sandbox in &sandboxes {
        assert_eq!(house.commit(SHOP, sandbox).await.status, 200);
    }
    assert_eq!(house.kept().await, 1);
}

/// An application only has what it has uploaded itself, whatever others have.
#[tokio::test]
async fn knowing_an_md5_yields_nothing() {
    let house = House::new().await;
    let body = json!({ "name": "shelf", "full_name": "Shelf" }).to_string();
    let ask = Ask::new("POST", "/organizations").header("Content-Type", "application/json");
    assert_eq!(house.ask(ask.by("pivotal").body(body.as_bytes())).await.status, 201);
    let secret = house.bring(SHOP, b"secret").await;
    house.hold(SHOP, "base/1.0.0", &[secret]).await;
    assert_eq!(house.get(&read_link(SHOP, &secret.sha256)).await.body, b"secret");

    let sandbox = house.sandbox("shelf", &[secret.md5]).await;
    let asked = &sandbox["checksums"][secret.md5.to_string()];
    assert_eq!(asked["needs_upload"], true, "the shelf hears that somebody has it");
    assert_eq!(house.commit("shelf", &sandbox).await.status, 503);
    assert_eq!(house.get(&read_link("shelf", &secret.sha256)).await.status, 404);
    let link = asked["url"].as_str().unwrap();
    assert_eq!(house.upload(link, b"guess!").await.status, 400);
    assert_eq!(house.commit("shelf", &sandbox).await.status, 503);

    // Who has it can say so, and it is kept once.
    assert_eq!(house.upload(link, b"secret").await.status, 204);
    assert_eq!(house.commit("shelf", &sandbox).await.status, 200);
    let of_a_sandbox = house.get(&read_link("shelf", &secret.sha256)).await;
    assert_eq!(of_a_sandbox.status, 404, "no cookbook of the shelf has it");
    assert_eq!(house.kept().await, 1);
}

/// Two contents with one MD5 are kept and served apart, each for who has uploaded it, and cannot be
/// in one application.
#[tokio::test]
async fn contents_with_one_md5_are_not_taken_for_each_other() {
    let house = House::new().await;
    let body = json!({ "name": "shelf", "full_name": "Shelf" }).to_string();
    let ask = Ask::new("POST", "/organizations").header("Content-Type", "application/json");
    assert_eq!(house.ask(ask.by("pivotal").body(body.as_bytes())).await.status, 201);
    let [good, evil] = colliding();
    let mine = house.bring(SHOP, &good).await;
    let theirs = house.bring("shelf", &evil).await;
    assert!(mine.md5 == theirs.md5 && mine.sha256 != theirs.sha256);
    assert_eq!(house.kept().await, 2);
    house.hold(SHOP, "base/1.0.0", &[mine]).await;
    house.hold("shelf", "base/1.0.0", &[theirs]).await;
    assert_eq!(house.get(&read_link(SHOP, &mine.sha256)).await.body, good);
    assert_eq!(house.get(&read_link("shelf", &theirs.sha256)).await.body, evil);
    for (application, other) in [(SHOP, theirs), ("shelf", mine)] {
        assert_eq!(house.get(&read_link(application, &other.sha256)).await.status, 404);
    }

    // While a sandbox waits for one, the application gets the other.
    let (third, md5) = (house.content(b"third").await, mine.md5);
    let sandbox = house.sandbox(SHOP, &[third.md5, md5]).await;
    let id = sandbox["sandbox_id"].as_str().unwrap();
    let refused = house.upload(&upload_link(SHOP, id, &md5), &evil).await;
    assert_eq!(refused.status, 409);
    let sentence = refused.sentence();
    assert!(sentence.contains(&md5.to_string()) && sentence.contains(&mine.sha256.to_string()));
    assert_eq!(house.upload(&upload_link(SHOP, id, &md5), &good).await.status, 204);
    assert_eq!(house.get(&read_link(SHOP, &mine.sha256)).await.body, good);
    assert_eq!(house.kept().await, 2);
}

#[tokio::test]
async fn a_sandbox_takes_what_it_waits_for_and_nothing_else() {
    let house = House::new().await;
    let sandbox = house.sandbox(SHOP, &[Md5([1; 16])]).await;
    let content = house.content(b"another").await;
    let id = sandbox["sandbox_id"].as_str().unwrap();
    let reply = house.upload(&upload_link(SHOP, id, &content.md5), b"another").await;
    assert_eq!(reply.status, 404);
    let elsewhere = house.upload(&upload_link("none", id, &content.md5), b"another").await;
    assert_eq!(elsewhere.status, 404);
    assert_eq!(house.kept().await, 0);
}

#[tokio::test]
async fn a_checksum_that_is_written_twice_is_uploaded_once() {
    let house = House::new().await;
    let content = house.content(b"once").await;
    let (small, large) = (content.md5.to_string(), content.md5.to_string().to_uppercase());
    let body = json!({ "checksums": { &small: null, &large: null } }).to_string();
    let sandbox = house.expect(201, ("POST", "sandboxes", &body)).await;
    let link = sandbox["checksums"][&large]["url"].as_str().unwrap();
    assert_eq!(house.upload(link, b"once").await.status, 204);
    let committed = house.commit(SHOP, &sandbox).await.json();
    assert_eq!(committed["checksums"].as_array().map(Vec::len), Some(2));
    let again: Value = house.expect(201, ("POST", "sandboxes", &body)).await;
    assert_eq!(again["checksums"][&small], json!({ "needs_upload": false }));
}
