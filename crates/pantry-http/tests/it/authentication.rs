//! Who a request comes from.

use pantry_model::Timestamp;
use pantry_sign::Version;

use crate::client::Reply;
use crate::house::{Ask, House, NOW};
use crate::people::{OTHER_KEY, OWN_KEY, Signer, WEB_KEY, add_key};

const VALIDATE: &str = "/organizations/shop/validate/nodes";

fn signer(name: &'static str) -> Signer<'static> {
    Signer { name, key: &OWN_KEY, version: Version::V1_3, at: NOW }
}

/// Asks in the organization `shop` who one is.
async fn who(house: &House, signer: Signer<'_>) -> Reply {
    house.ask(Ask::new("GET", VALIDATE).signed(signer).signing("/nodes")).await
}

async fn is(house: &House, signer: Signer<'_>) -> Result<(String, String), (u16, String)> {
    let reply = who(house, signer).await;
    if reply.status != 200 {
        return Err((reply.status, reply.sentence()));
    }
    let text = |key: &str| reply.json()[key].as_str().unwrap().to_owned();
    Ok((text("requestor_name"), text("requestor_type")))
}

fn named(name: &str, kind: &str) -> Result<(String, String), (u16, String)> {
    Ok((name.to_owned(), kind.to_owned()))
}

#[tokio::test]
async fn every_protocol_is_understood() {
    let house = House::new().await;
    for version in Version::ALL {
        let outcome = is(&house, Signer { version, ..signer("ann") }).await;
        assert_eq!(outcome, named("ann", "user"), "{}", version.number());
    }
    let other_version = Ask::new("GET", VALIDATE)
        .signed(signer("ann"))
        .signing("/nodes")
        .header("X-Ops-Server-API-Version", "2");
    assert_eq!(house.ask(other_version).await.status, 200);
}

#[tokio::test]
async fn users_and_api_clients_are_told_apart_by_their_keys() {
    let house = House::new().await;
    assert_eq!(is(&house, signer("web1")).await, named("web1", "client"));
    assert_eq!(is(&house, signer("both")).await, named("both", "user"));
    let as_client = Signer { key: &OTHER_KEY, ..signer("both") };
    assert_eq!(is(&house, as_client).await, named("both", "client"));
    // Where there is no organization there are no API clients.
    assert_eq!(house.ask(Ask::new("GET", "/license").by("ann")).await.status, 200);
    for (name, key) in [("web1", &*OWN_KEY), ("both", &OTHER_KEY)] {
        let ask = Ask::new("GET", "/license").signed(Signer { key, ..signer(name) });
        assert_eq!(house.ask(ask).await.status, 401, "{name}");
    }
}

#[tokio::test]
async fn only_those_who_belong_are_let_in_and_superusers() {
    let house = House::new().await;
    let refused = "'bob' not associated with organization 'shop'".to_owned();
    assert_eq!(is(&house, signer("bob")).await, Err((403, refused)));
    for superuser in ["pivotal", "admin"] {
        assert_eq!(is(&house, signer(superuser)).await, named(superuser, "user"));
    }
}

#[tokio::test]
async fn every_key_of_an_actor_works_until_it_ends() {
    let house = House::new().await;
    let other = Signer { key: &OTHER_KEY, ..signer("ann") };
    let refused = (401, "Invalid signature for user or client 'ann'".to_owned());
    assert_eq!(is(&house, other).await, Err(refused.clone()));
    add_key(house.store.as_ref(), "ann", &OTHER_KEY, Some(Timestamp((NOW + 1) * 1000))).await;
    assert_eq!(is(&house, other).await, named("ann", "user"), "at once");
    assert_eq!(is(&house, signer("ann")).await, named("ann", "user"), "the first still does");
    house.set_clock(NOW + 1);
    assert_eq!(is(&house, other).await, Err(refused));
}

#[tokio::test]
async fn a_web_front_end_speaks_for_users() {
    let house = House::new().await;
    let web = |name: &'static str, key, tag: &str| {
        Ask::new("GET", VALIDATE)
            .signed(Signer { key, ..signer(name) })
            .signing("/nodes")
            .header("X-Ops-Request-Source", "web")
            .header("X-Ops-Webkey-Tag", tag)
    };
    for tag in ["", "default"] {
        let reply = house.ask(web("ann", &WEB_KEY, tag)).await;
        assert_eq!(reply.json()["requestor_name"], "ann", "{reply:?}");
    }
    let reply = house.ask(web("both", &WEB_KEY, "")).await;
    assert_eq!(reply.json()["requestor_type"], "user", "users come before API clients");
    assert_eq!(house.ask(web("bob", &WEB_KEY, "")).await.status, 403, "as who it speaks for");
    assert_eq!(house.ask(web("ann", &OWN_KEY, "")).await.status, 401, "not by the user's own key");
    assert_eq!(house.ask(web("ann", &WEB_KEY, "second")).await.status, 401);
    assert_eq!(house.ask(web("eve", &WEB_KEY, "")).await.status, 401);

    let house = House::with(|config| config.web_key = None).await;
    assert_eq!(house.ask(web("ann", &WEB_KEY, "")).await.status, 401, "without a key, nobody");
}

#[tokio::test]
async fn the_path_is_signed_as_it_was_sent() {
    let house = House::new().await;
    for path in ["/license", "//license", "/license/", "/license?x=//1/"] {
        let reply = house.ask(Ask::new("GET", path).by("ann")).await;
        assert_eq!(reply.status, 200, "{path}: {reply:?}");
    }
    let reply = house.ask(Ask::new("GET", "/license").by("ann").signing("/server_api_version"));
    assert_eq!(reply.await.status, 401);
}

#[tokio::test]
async fn what_is_not_as_it_was_signed_is_refused() {
    let house = House::new().await;
    let fine = Ask::new("POST", VALIDATE)
        .by("ann")
        .signing("/nodes")
        .body(b"{}")
        .header("Content-Type", "application/json");
    assert_eq!(house.ask(fine.clone()).await.status, 200);
    for (name, value) in [
        ("X-Ops-UserId", "pivotal"),
        ("X-Ops-Timestamp", "2026-11-21T07:00:01Z"),
        ("X-Ops-Authorization-1", "xxx"),
        ("X-Ops-Authorization-2", ""),
    ] {
        let reply = house.ask(fine.clone().header(name, value)).await;
        assert_eq!(reply.status, 401, "{name}: {reply:?}");
    }
    let mut bytes = fine.bytes();
    *bytes.last_mut().unwrap() = b']';
    let mut connection = house.connect().await;
    connection.send(bytes).await;
    assert_eq!(connection.reply().await.status, 401, "another body");
}
