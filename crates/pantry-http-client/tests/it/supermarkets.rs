//! Reading Supermarkets: what is asked of them, and what they may answer.

use std::io;

use pantry_http_client::{ChefError, Sink, Supermarket};

use crate::bad_server::{Act, BadServer, Heard, json, with_headers};
use crate::clock::{ada, http, impatient};

/// What has come.
#[derive(Default)]
struct Taken(Vec<u8>);

impl Sink for Taken {
    fn begin(&mut self) -> io::Result<()> {
        self.0.clear();
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.extend_from_slice(bytes);
        Ok(())
    }
}

async fn fetch(market: &Supermarket, location: &str, limit: u64) -> Result<String, ChefError> {
    let mut taken = Taken::default();
    market.fetch(location, ("web", "1.2.0"), &mut taken, limit).await?;
    Ok(String::from_utf8(taken.0).unwrap())
}

fn path(heard: &Heard) -> &str {
    heard.line.split(' ').nth(1).unwrap()
}

fn redirect(to: &str) -> Act {
    with_headers(302, &format!("Location: {to}\r\n"), "")
}

#[tokio::test]
async fn a_version_is_fetched_wherever_its_file_is() {
    let elsewhere = BadServer::doing(vec![json(200, "archive")]).await;
    let file = format!("{}/bucket/web.tgz?signed=1", elsewhere.url());
    let server = BadServer::by(move |heard, _| match path(heard) {
        "/market/universe" => redirect("/other/universe"),
        "/other/universe" => json(200, "{}"),
        "/api/v1/cookbooks/web/versions/1_2_0" => json(200, r#"{"file":"/download","x":1}"#),
        "/download" => redirect(&file),
        _ => json(404, "{}"),
    });
    let server = server.await;
    let market = Supermarket::new(http(impatient()), server.url().join("/market"));
    assert_eq!(market.universe().await.unwrap(), b"{}");
    let absolute = format!("{}/api/v1/", server.url());
    for location in ["/api/v1", &absolute] {
        assert_eq!(fetch(&market, location, 7).await.unwrap(), "archive");
    }
    assert_eq!(path(&elsewhere.heard()[0]), "/bucket/web.tgz?signed=1");
    let mut all = server.heard().into_iter().chain(elsewhere.heard());
    assert!(all.all(|heard| heard.header("x-ops-userid").is_none()));
}

#[tokio::test]
async fn what_is_signed_stays_with_the_supermarket_itself() {
    let elsewhere = BadServer::doing(vec![json(200, "archive")]).await;
    let file = format!("{}/web.tgz", elsewhere.url());
    let server = BadServer::by(move |heard, _| match path(heard) {
        "/organizations/shop/universe" => json(200, "{}"),
        "/organizations/shop/api/v1/cookbooks/web/versions/1_2_0" => {
            json(200, &format!(r#"{{"file":"{file}"}}"#))
        }
        _ => json(404, "{}"),
    });
    let server = server.await;
    let market = Supermarket::signed(ada(&server, None));
    market.universe().await.unwrap();
    let location = format!("{}/organizations/shop/api/v1", server.url());
    assert_eq!(fetch(&market, &location, 7).await.unwrap(), "archive");
    let heard = server.heard();
    assert!(heard.iter().all(|heard| heard.header("x-ops-userid") == Some("ada")), "{heard:?}");
    assert_eq!(elsewhere.heard()[0].header("x-ops-userid"), None);
    // What only begins as its URL does is something else.
    let other = format!("{}/organizations/shopper", server.url());
    assert!(fetch(&market, &other, 7).await.is_err());
    assert_eq!(server.heard().pop().unwrap().header("x-ops-userid"), None);
}

#[tokio::test]
async fn what_a_supermarket_should_not_answer_is_told() {
    let around = BadServer::by(|heard, _| redirect(&format!("{}x", path(heard)))).await;
    let market = Supermarket::new(http(impatient()), around.url());
    let error = market.universe().await.unwrap_err().to_string();
    assert!(error.contains("elsewhere more than 5 times"), "{error}");
    assert_eq!(around.heard().len(), 6);

    let missing = r#"{"error_messages":["Resource does not exist."],"error_code":"NOT_FOUND"}"#;
    let server = BadServer::by(move |heard, _| match path(heard) {
        "/a/cookbooks/web/versions/1_2_0" => json(200, r#"{"file":"/large"}"#),
        "/b/cookbooks/web/versions/1_2_0" => json(200, r#"{"url":"/large"}"#),
        "/c/cookbooks/web/versions/1_2_0" => json(200, r#"{"file":"ftp://h/x"}"#),
        "/large" => json(200, "12345678"),
        _ => json(404, missing),
    });
    let server = server.await;
    let market = Supermarket::new(http(impatient()), server.url());
    for (location, said) in [
        ("/a", "larger than 7 bytes"),
        ("/b", "not understood"),
        ("/c", "cannot be followed"),
        ("/d", "Resource does not exist."),
        ("x", "cannot be followed"),
    ] {
        let error = fetch(&market, location, 7).await.unwrap_err().to_string();
        assert!(error.contains(said), "{location}: {error}");
    }
    let error = market.universe().await.unwrap_err();
    assert!(matches!(&error, ChefError::SupermarketRefused(it) if it.status == 404), "{error}");
}
