//! Where things are found: URLs that lead back to the server, and the default organization.

use serde_json::json;

use crate::house::{Ask, House};

#[tokio::test]
async fn urls_lead_back_the_way_the_request_came() {
    let house = House::new().await;
    for (headers, base) in [
        (&[][..], "http://pantry.example"),
        (&[("X-Forwarded-Proto", "https")], "https://pantry.example"),
        (&[("X-Forwarded-Proto", "https, http")], "https://pantry.example"),
        (
            &[("X-Forwarded-Host", "abc:443,def"), ("X-Forwarded-Proto", "x")],
            "http://pantry.example",
        ),
    ] {
        let mut ask = Ask::new("GET", "/organizations").by("pivotal");
        for (name, value) in headers {
            ask = ask.header(name, value);
        }
        let expected = json!({ "shop": format!("{base}/organizations/shop") });
        assert_eq!(house.ask(ask).await.json(), expected, "{headers:?}");
    }
}

#[tokio::test]
async fn the_default_organizations_objects_are_found_without_its_name() {
    let house =
        House::with(|config| config.default_organization = Some("shop".parse().unwrap())).await;
    for path in ["/nodes", "/nodes/", "/organizations/shop/nodes"] {
        let reply = house.ask(Ask::new("GET", path).by("pivotal")).await;
        assert_eq!((reply.status, reply.json()), (200, json!({})), "{path}");
    }
    // The signature is one of the path as it was sent.
    let reply = house.ask(Ask::new("GET", "/nodes").by("ann").signing("/organizations/shop/nodes"));
    assert_eq!(reply.await.status, 401);
    assert_eq!(house.ask(Ask::new("GET", "/nodes").by("bob")).await.status, 403);

    let house = House::new().await;
    assert_eq!(house.ask(Ask::new("GET", "/nodes").by("pivotal")).await.status, 404);
    let house =
        House::with(|config| config.default_organization = Some("ship".parse().unwrap())).await;
    let reply = house.ask(Ask::new("GET", "/nodes").by("pivotal")).await;
    assert_eq!(reply.sentence(), "organization 'ship' does not exist.");
}
