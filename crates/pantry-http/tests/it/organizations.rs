//! Organizations, who belongs to them, and who is invited: what is answered, to the letter.

use pantry_model::{Acl, Timestamp};
use pantry_store::{Change, Kind, Scope, Verb, Write};
use serde_json::{Value, json};

use crate::client::Reply;
use crate::house::{Ask, House};

const BASE: &str = "http://pantry.example";

impl House {
    /// The answer to a request without a body.
    async fn does(&self, who: &str, method: &str, path: &str) -> Reply {
        let json = "application/json";
        // On the heap: a connection's buffer is large, and these tests ask many times.
        Box::pin(self.ask(Ask::new(method, path).by(who).header("Content-Type", json))).await
    }

    /// The answer to a request with one.
    async fn sends(&self, who: &str, method: &str, path: &str, body: Value) -> Reply {
        let (json, body) = ("application/json", body.to_string());
        let ask = Ask::new(method, path).by(who).header("Content-Type", json);
        Box::pin(self.ask(ask.body(body.as_bytes()))).await
    }

    /// Lets the user and the superuser do everything to the user, as if it had been made through
    /// the API.
    async fn own(&self, user: &str) {
        let id = async |name| {
            let object = self.store.object(&Scope::Global, Kind::User, name).await.unwrap();
            object.unwrap().id
        };
        let object = id(user).await;
        let mut acl = Acl::of_creator(id("pivotal").await);
        acl.add_to_all(object);
        let mut write = Write::new(None, Timestamp(0));
        write.changes.push(Change::SetAcl { object, acl });
        write.enter(&Scope::Global, Verb::Update, Kind::Acl, user, None);
        self.store.commit(write).await.unwrap();
    }
}

#[track_caller]
fn expect(reply: Reply, status: u16, body: Value) {
    assert_eq!((reply.status, reply.json()), (status, body));
}

#[track_caller]
fn refused(reply: Reply, status: u16, error: Value) {
    expect(reply, status, json!({ "error": error }));
}

#[tokio::test]
async fn an_organization_is_made_shown_changed_and_deleted() {
    let house = House::new().await;
    let new = json!({"name": "blog", "full_name": "The Blog", "org_type": "Business"});
    let made = house.sends("pivotal", "POST", "/organizations", new.clone()).await;
    let uri = format!("{BASE}/organizations/blog");
    assert_eq!((made.status, made.header("location")), (201, Some(uri.as_str())));
    let mut body = made.json();
    let key = body["private_key"].take();
    assert!(key.as_str().unwrap().starts_with("-----BEGIN RSA PRIVATE KEY-----"), "{key}");
    assert_eq!(body, json!({"uri": uri, "clientname": "blog-validator", "private_key": null}));

    let again = house.sends("pivotal", "POST", "/organizations", new).await;
    refused(again, 409, json!("Organization already exists"));
    let list = house.does("pivotal", "GET", "/organizations").await;
    let shop = format!("{BASE}/organizations/shop");
    expect(list, 200, json!({"blog": uri, "shop": shop}));
    let list = house.does("ann", "GET", "/organizations").await;
    refused(list, 403, json!(["missing read permission"]));

    let other = json!({"name": "blog", "full_name": "Another", "org_type": "Pleasure"});
    let changed = house.sends("pivotal", "PUT", "/organizations/blog", other.clone()).await;
    expect(changed, 200, other);
    let shown = house.does("pivotal", "GET", "/organizations/blog").await;
    let guid = shown.json()["guid"].clone();
    assert_eq!(guid.as_str().unwrap().len(), 32);
    let document = json!({"name": "blog", "full_name": "Another", "guid": guid});
    expect(shown, 200, document.clone());

    let gone = "organization 'blog' does not exist.";
    expect(house.does("pivotal", "DELETE", "/organizations/blog").await, 200, document);
    refused(house.does("pivotal", "DELETE", "/organizations/blog").await, 404, json!([gone]));
    let client = "/organizations/blog/users";
    refused(house.does("pivotal", "GET", client).await, 404, json!([gone]));
}

#[tokio::test]
async fn a_bad_organization_is_refused_even_if_nobody_asks() {
    let house = House::new().await;
    for (body, sentence) in [
        (json!({"full_name": "x"}), "Field 'name' missing"),
        (json!({"name": "@!## !@#($@", "full_name": "x"}), "Field 'name' invalid"),
        (json!({"name": "blog"}), "Field 'full_name' missing"),
        (json!([]), "Incorrect JSON type for request body"),
    ] {
        for who in ["pivotal", "nobody"] {
            let reply = house.sends(who, "POST", "/organizations", body.clone()).await;
            refused(reply, 400, json!([sentence]));
        }
    }
    let renamed = json!({"name": "blog", "full_name": "x"});
    let reply = house.sends("nobody", "PUT", "/organizations/shop", renamed).await;
    refused(reply, 400, json!(["Field 'name' invalid"]));
    let good = json!({"name": "blog", "full_name": "x"});
    let reply = house.sends("ann", "POST", "/organizations", good.clone()).await;
    refused(reply, 403, json!(["missing create permission"]));
    assert_eq!(house.sends("nobody", "POST", "/organizations", good).await.status, 401);
}

#[tokio::test]
async fn members_are_added_listed_shown_and_removed() {
    let house = House::new().await;
    let users = "/organizations/shop/users";
    let add = async |who, body| house.sends(who, "POST", users, body).await;
    refused(add("nobody", json!({})).await, 400, json!(["Field 'username' missing"]));
    let unknown = json!({"username": "nobody"});
    refused(add("pivotal", unknown).await, 404, json!("Could not find user nobody"));
    let bob = json!({"username": "bob"});
    let added = add("pivotal", bob.clone()).await;
    let uri = format!("{BASE}{users}/bob");
    assert_eq!((added.status, added.header("location")), (201, Some(uri.as_str())));
    let there = "The association already exists.";
    refused(add("pivotal", bob.clone()).await, 409, json!(there));
    refused(add("bob", bob.clone()).await, 403, json!(["missing create permission"]));

    let list = house.does("bob", "GET", users).await;
    let named = |name: &str| json!({"user": {"username": name}});
    expect(list, 200, json!([named("ann"), named("bob"), named("both")]));
    let denied = house.does("web1", "GET", users).await;
    refused(denied, 403, json!(["missing read permission"]));

    let shown = house.does("bob", "GET", &format!("{users}/bob")).await;
    assert_eq!((shown.status, &shown.json()["username"]), (200, &json!("bob")));
    let key = shown.json()["public_key"].clone();
    assert!(key.as_str().unwrap().starts_with("-----BEGIN"), "{key}");
    let path = format!("{users}/bob");
    let newer = Ask::new("GET", &path).by("bob").header("X-Ops-Server-API-Version", "1");
    let newer = house.ask(newer).await;
    assert_eq!((newer.status, newer.json().get("public_key").cloned()), (200, None));

    refused(
        house.does("bob", "DELETE", &format!("{users}/bogus")).await,
        404,
        json!("Could not find user bogus"),
    );
    let denied = house.does("bob", "DELETE", &format!("{users}/ann")).await;
    refused(denied, 403, json!(["missing update permission"]));
    let removed = house.does("bob", "DELETE", &format!("{users}/bob")).await;
    assert_eq!((removed.status, &removed.json()["username"]), (200, &json!("bob")));
    let outside = "'bob' not associated with organization 'shop'";
    refused(house.does("bob", "GET", users).await, 403, json!([outside]));
    let missing = "Cannot find a user bob in organization shop";
    refused(house.does("pivotal", "GET", &format!("{users}/bob")).await, 404, json!(missing));
    refused(house.does("pivotal", "DELETE", &format!("{users}/bob")).await, 404, json!(missing));
}

#[tokio::test]
async fn a_user_is_told_where_it_belongs() {
    let house = House::new().await;
    house.own("bob").await;
    let path = "/users/bob/organizations";
    let add = json!({"username": "bob"});
    house.sends("pivotal", "POST", "/organizations/shop/users", add).await;
    let guid = house.does("pivotal", "GET", "/organizations/shop").await.json()["guid"].clone();
    let shop = json!([{"organization": {"name": "shop", "full_name": "shop", "guid": guid}}]);
    for who in ["bob", "pivotal"] {
        expect(house.does(who, "GET", path).await, 200, shop.clone());
    }
    for method in ["POST", "PUT", "DELETE"] {
        assert_eq!(house.does("pivotal", method, path).await.status, 405);
    }
    let nobody = house.does("bob", "GET", "/users/nobody/organizations").await;
    refused(nobody, 404, json!("Could not find user nobody"));
    // An API client is nobody outside of its application.
    assert_eq!(house.does("web1", "GET", path).await.status, 401);
}

#[tokio::test]
async fn an_invitation_goes_all_its_ways() {
    let house = House::new().await;
    let (requests, own) =
        ("/organizations/shop/association_requests", "/users/bob/association_requests");
    let count = async || house.does("bob", "GET", &format!("{own}/count")).await;
    expect(count().await, 200, json!({"value": 0}));
    let bad = house.sends("nobody", "POST", requests, json!({})).await;
    refused(bad, 400, json!(["Field 'user' missing"]));
    let bob = json!({"user": "bob"});
    let denied = house.sends("both", "POST", requests, bob.clone()).await;
    refused(denied, 403, json!(["missing create permission"]));
    let denied = house.sends("bob", "POST", requests, bob.clone()).await;
    refused(denied, 403, json!(["'bob' not associated with organization 'shop'"]));

    let sent = house.sends("pivotal", "POST", requests, bob.clone()).await;
    assert_eq!(sent.status, 201);
    let uri = sent.json()["uri"].as_str().unwrap().to_owned();
    assert_eq!(sent.header("location"), Some(uri.as_str()));
    let id = uri.strip_prefix(&format!("{BASE}{requests}/")).unwrap().to_owned();
    let user = json!({"email": null, "first_name": null});
    let expected = json!({
        "uri": uri,
        "organization_user": {"username": "pivotal"},
        "organization": {"name": "shop"},
        "user": user,
    });
    expect(sent, 201, expected);
    let again = house.sends("pivotal", "POST", requests, bob.clone()).await;
    refused(again, 409, json!("The invite already exists."));

    let listed = house.does("pivotal", "GET", requests).await;
    expect(listed, 200, json!([{"id": id, "username": "bob"}]));
    let listed = house.does("bob", "GET", own).await;
    expect(listed, 200, json!([{"id": id, "orgname": "shop"}]));
    expect(count().await, 200, json!({"value": 1}));
    let denied = house.does("both", "GET", own).await;
    refused(denied, 403, json!(["missing read permission"]));

    let document = json!({
        "id": id,
        "orgname": "shop",
        "username": "bob",
        "organization": {"deprecated": true, "name": "shop"},
        "user": "deprecated",
        "organization_admin_actor_id": "deprecated",
    });
    let (at_org, at_user) = (format!("{requests}/{id}"), format!("{own}/{id}"));
    let said = async |who, word| house.sends(who, "PUT", &at_user, json!({"response": word})).await;
    let neither = "Param response must be either 'accept' or 'reject'";
    refused(said("nobody", "blither").await, 400, json!([neither]));
    refused(said("both", "accept").await, 403, json!(["missing update permission"]));
    assert_eq!(house.does("bob", "DELETE", &at_user).await.status, 405);
    assert_eq!(house.does("bob", "GET", &at_user).await.status, 405);
    expect(said("bob", "accept").await, 200, document);
    let missing = json!(format!("Cannot find association request: {id}"));
    refused(said("bob", "accept").await, 404, missing.clone());
    refused(house.does("pivotal", "DELETE", &at_org).await, 404, missing);
    let again = house.sends("pivotal", "POST", requests, bob).await;
    refused(again, 409, json!("The association already exists."));
    expect(house.does("pivotal", "GET", requests).await, 200, json!([]));
    assert_eq!(house.does("bob", "GET", "/organizations/shop/users").await.status, 200);
}
