//! Shelves over HTTP: who makes one, who uses it, what is seen of it, and how it ends.

use pantry_model::Timestamp;
use pantry_store::{Change, Kind, Scope, Write};
use serde_json::{Value, json};

use crate::chef::error;
use crate::client::Reply;
use crate::cookbooks::cookbook;
use crate::house::House;
use crate::people::OWN_KEY;

/// Two shelves, `base` and `extra`, and two applications beside `shop`: `bank`, and `mill`, which has
/// nothing to do with any. Each has an admin who belongs to nothing else.
async fn shelved() -> House {
    let house = House::new().await;
    for name in ["base", "extra", "bank", "mill"] {
        house
            .settles(201, ("POST", "/organizations"), json!({ "name": name, "full_name": name }))
            .await;
        let admin = format!("{name}-admin");
        house.settles(201, ("POST", "/users"), user(&admin)).await;
        let users = format!("/organizations/{name}/users");
        house.settles(201, ("POST", &users), json!({ "username": admin })).await;
        let admins = json!({ "actors": { "users": ["pivotal", admin] } });
        house.settles(200, ("PUT", &format!("/organizations/{name}/groups/admins")), admins).await;
    }
    for shelf in ["base", "extra"] {
        let made = house.as_admin(shelf, "PUT", "shelf", json!({})).await;
        assert_eq!(made.status, 201, "{made:?}");
        house.puts(shelf, "apt", "1.0.0").await;
        house.grants(shelf, "shop").await;
    }
    house
}

fn user(name: &str) -> Value {
    json!({
        "username": name, "display_name": name, "email": format!("{name}@example.com"),
        "public_key": OWN_KEY.public_key().to_pem(), "external_authentication_uid": name,
    })
}

impl House {
    /// What the superuser does must have this status.
    async fn settles(&self, status: u16, (method, path): (&str, &str), body: Value) -> Value {
        let reply = self.asker("pivotal").asks(method, path, body).await;
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.text());
        reply.json()
    }

    /// What the admin of an organization asks about it.
    async fn as_admin(&self, name: &str, method: &str, path: &str, body: Value) -> Reply {
        let path = format!("/organizations/{name}/{path}");
        self.asker(&format!("{name}-admin")).asks(method, &path, body).await
    }

    /// Stores a cookbook with a file that no other has.
    async fn puts(&self, organization: &str, name: &str, version: &str) {
        let content = self.bring(organization, format!("{organization} {name}").as_bytes()).await;
        let mut body = cookbook(name, version);
        body["recipes"] = json!([{
            "name": "default.rb", "path": "recipes/default.rb", "specificity": "default",
            "checksum": content.md5.to_string(),
        }]);
        let path = format!("/organizations/{organization}/cookbooks/{name}/{version}");
        self.settles(201, ("PUT", &path), body).await;
    }

    async fn grants(&self, shelf: &str, to: &str) {
        let granted = self.as_admin(shelf, "PUT", &format!("shelf/grants/{to}"), json!({})).await;
        assert_eq!((granted.status, granted.json()), (200, json!({ "name": to })));
    }

    async fn attaches(&self, shelf: &str) -> Value {
        self.expect(201, ("POST", "shelves", &json!({ "name": shelf }).to_string())).await
    }

    /// The link to the file of a cookbook of `shop`.
    async fn link(&self, name: &str, version: &str) -> String {
        let shown = self.expect(200, ("GET", &format!("cookbooks/{name}/{version}"), "")).await;
        let url = shown["recipes"][0]["url"].as_str().unwrap();
        url.trim_start_matches("http://pantry.example").to_owned()
    }
}

#[tokio::test]
async fn a_shelf_is_made_granted_used_and_taken_away() {
    let house = shelved().await;
    let again = house.as_admin("base", "PUT", "shelf", json!({ "name": "base" })).await;
    assert_eq!((again.status, again.json()), (200, json!({ "name": "base" })));
    let shown = house.as_admin("base", "GET", "shelf", Value::Null).await.json();
    let base = json!({
        "name": "base", "published": false, "granted_to_all": false, "grants": ["shop"],
    });
    assert_eq!(shown, base);
    assert_eq!(house.expect(200, ("GET", "shelves", "")).await, json!({ "shelves": [] }));

    let uri = "http://pantry.example/organizations/shop/shelves/base";
    assert_eq!(house.attaches("base").await, json!({ "uri": uri }));
    let first = json!({ "name": "extra", "position": 0 }).to_string();
    house.expect(201, ("POST", "shelves", &first)).await;
    let usable = |name| json!({ "name": name, "usable": true });
    let listed = house.expect(200, ("GET", "shelves", "")).await;
    assert_eq!(listed, json!({ "shelves": [usable("extra"), usable("base")] }));
    assert_eq!(house.get(&house.link("apt", "1.0.0").await).await.text(), "extra apt");
    let order = json!({ "shelves": ["base", "extra"] });
    assert_eq!(house.expect(200, ("PUT", "shelves", &order.to_string())).await, order);
    let link = house.link("apt", "1.0.0").await;
    assert_eq!(house.get(&link).await.text(), "base apt");

    house.expect(200, ("DELETE", "shelves/base", "")).await;
    assert_eq!(house.get(&link).await.status, 404);
    assert_eq!(house.get(&house.link("apt", "1.0.0").await).await.text(), "extra apt");
    house.expect(200, ("DELETE", "shelves/extra", "")).await;
    assert_eq!(house.expect(200, ("GET", "cookbooks", "")).await, json!({}));
    let gone = house.expect(404, ("DELETE", "shelves/extra", "")).await;
    assert_eq!(gone, error("'extra' is not among the shelves of 'shop'."));
}

#[tokio::test]
async fn only_who_may_see_a_shelf_is_shown_it_and_only_who_may_grant_it_whom_it_is_granted_to() {
    let house = shelved().await;
    house.settles(201, ("POST", "/users"), user("reader")).await;
    let users = "/organizations/base/users";
    house.settles(201, ("POST", users), json!({ "username": "reader" })).await;
    let names = async |who: &str| {
        let all = house.asker(who).gets("/shelves").await.json();
        let all = all["shelves"].as_array().unwrap().clone();
        all.into_iter()
            .map(|one| (one["name"].clone(), one.get("grants").is_some()))
            .collect::<Vec<_>>()
    };
    assert_eq!(names("pivotal").await, [(json!("base"), true), (json!("extra"), true)]);
    assert_eq!(names("base-admin").await, [(json!("base"), true)]);
    assert_eq!(names("reader").await, [(json!("base"), false)]);
    for stranger in ["bank-admin", "bob"] {
        assert_eq!(names(stranger).await, [], "{stranger}");
    }
    let seen = house.asker("reader").gets("/organizations/base/shelf").await.json();
    assert_eq!(seen, json!({ "name": "base", "published": false, "granted_to_all": false }));
    let published = json!({ "published": true, "granted_to_all": true });
    let said = house.as_admin("base", "PUT", "shelf", published).await;
    assert_eq!(said.json(), json!({ "name": "base", "published": true, "granted_to_all": true }));
    let seen = house.asker("reader").gets("/organizations/base/shelf").await.json();
    assert_eq!(seen, json!({ "name": "base", "published": true, "granted_to_all": true }));
    // That changes nothing for who is granted it by name.
    let shown = house.as_admin("base", "GET", "shelf", Value::Null).await.json();
    assert_eq!(shown["grants"], json!(["shop"]));
}

#[tokio::test]
async fn rights_that_are_withdrawn_end_links_at_once() {
    let house = shelved().await;
    let revoke = || house.as_admin("base", "DELETE", "shelf/grants/shop", Value::Null);
    house.attaches("base").await;
    let solve = json!({ "run_list": ["apt"] }).to_string();
    let solved = ("POST", "environments/_default/cookbook_versions", &*solve);
    let answer = house.expect(200, solved).await;
    let link = answer["apt"]["recipes"][0]["url"].as_str().unwrap();
    let link = link.trim_start_matches("http://pantry.example").to_owned();
    assert_eq!(house.get(&link).await.text(), "base apt");

    assert_eq!(revoke().await.status, 200);
    let end = house.get(&link).await;
    assert_eq!(end.status, 404);
    assert!(!end.text().contains("base"), "{end:?}");
    house.expect(412, solved).await;
    house.expect(404, ("GET", "cookbooks/apt/1.0.0", "")).await;
    let listed = house.expect(200, ("GET", "shelves", "")).await;
    assert_eq!(listed, json!({ "shelves": [{ "name": "base", "usable": false }] }));
    let twice = revoke().await;
    assert_eq!(
        (twice.status, twice.json()),
        (404, error("The shelf 'base' is not granted to 'shop'."))
    );

    // The same when it is given to all, and taken from all; or when the shelf is deleted.
    for granted in [true, false] {
        let body = json!({ "granted_to_all": granted });
        assert_eq!(house.as_admin("base", "PUT", "shelf", body).await.status, 200);
        assert_eq!(house.get(&link).await.status, if granted { 200 } else { 404 });
    }
    house.grants("base", "shop").await;
    assert_eq!(house.get(&link).await.status, 200);
    house.settles(200, ("DELETE", "/organizations/base"), Value::Null).await;
    assert_eq!(house.get(&link).await.status, 404);
    assert_eq!(house.expect(200, ("GET", "shelves", "")).await, listed);
    house.expect(412, solved).await;
    // A link of an application's is none of another's.
    let elsewhere = link.replace("/shop/", "/bank/");
    assert_eq!(house.get(&elsewhere).await.status, 403);
}

#[tokio::test]
async fn what_is_wrong_is_told_and_tells_nothing_of_others() {
    let house = shelved().await;
    house.attaches("base").await;
    let long = "a".repeat(1000);
    let new = |name: &str| json!({ "name": name }).to_string();
    // What is no shelf, is granted to others, or is not there, is refused in the same words.
    house.as_admin("extra", "DELETE", "shelf/grants/shop", Value::Null).await;
    for name in ["extra", "bank", "nothing"] {
        let sentence = format!(
            "There is no shelf '{name}' that 'shop' may use. An admin of a shelf grants it with \
             `pantry shelf grant {name} shop`."
        );
        assert_eq!(house.expect(404, ("POST", "shelves", &new(name))).await, error(&sentence));
    }
    for (status, (method, path, body), sentence) in [
        (409, ("POST", "shelves", &*new("base")), "'base' is among the shelves of 'shop' already."),
        (400, ("POST", "shelves", &*new("shop")), "'shop' cannot be a shelf of its own."),
        (400, ("POST", "shelves", &*new(&long)), "Field 'name' invalid"),
        (400, ("POST", "shelves", "{}"), "Field 'name' missing"),
        (400, ("POST", "shelves", "{"), "invalid JSON"),
        (400, ("POST", "shelves", "[]"), "Incorrect JSON type for request body"),
        (400, ("POST", "shelves", r#"{"name":"extra","position":-1}"#), "Field 'position' invalid"),
        (
            400,
            ("PUT", "shelves", r#"{"shelves":["base","base"]}"#),
            "The new order must name each of \
         the shelves of 'shop' once, and no other.",
        ),
        (
            404,
            ("PUT", "shelf", r#"{"published":true}"#),
            "'shop' is not a shelf. An admin of it makes \
         it one with `pantry shelf create shop`.",
        ),
        (
            404,
            ("GET", "shelf", ""),
            "'shop' is not a shelf. An admin of it makes it one with `pantry \
         shelf create shop`.",
        ),
        (
            404,
            ("PUT", "shelf/grants/bank", "{}"),
            "'shop' is not a shelf. An admin of it makes it one \
         with `pantry shelf create shop`.",
        ),
        (400, ("PUT", "shelf", r#"{"published":1}"#), "Field 'published' invalid"),
        (400, ("PUT", "shelf", r#"{"public":true}"#), "Invalid key public in request body"),
        (
            400,
            ("PUT", &*format!("shelf/grants/{long}"), ""),
            "What a shelf is granted to must be the \
         name of an application.",
        ),
        (
            400,
            ("DELETE", "shelf/grants/..%2Fbank", ""),
            "What a shelf is granted to must be the name \
         of an application.",
        ),
        (
            404,
            ("DELETE", &*format!("shelves/{long}"), ""),
            &*format!(
                "'{long}' is not among the \
         shelves of 'shop'."
            ),
        ),
    ] {
        let said = house.expect(status, (method, path, body)).await;
        assert_eq!(said, error(sentence), "{method} {path} {body}");
    }

    // A shelf may use another, but not one that uses it.
    house.grants("extra", "base").await;
    house.grants("base", "extra").await;
    let used = house.as_admin("base", "POST", "shelves", json!({ "name": "extra" })).await;
    assert_eq!(used.status, 201);
    let cycle = house.as_admin("extra", "POST", "shelves", json!({ "name": "base" })).await;
    let sentence = "'extra' is itself among the shelves of 'base', or of a shelf of that: shelves \
                    cannot be shelves of each other.";
    assert_eq!((cycle.status, cycle.json()), (400, error(sentence)));
    // What a shelf uses itself is not its users'.
    house.puts("extra", "zsh", "1.0.0").await;
    house.expect(404, ("GET", "cookbooks/zsh", "")).await;
}

#[tokio::test]
async fn an_application_has_only_so_many_shelves() {
    let house = shelved().await;
    // Those that are gone count, until they are taken away.
    let gone = (0..31).map(|number| json!({ "name": format!("s{number}"), "id": "0".repeat(32) }));
    let mut write = Write::new(None, Timestamp(0));
    write.changes.push(Change::Put {
        scope: Scope::Application("shop".parse().unwrap()),
        kind: Kind::Shelves,
        name: "shelves".to_owned(),
        body: Value::from_iter(gone).to_string().into_bytes(),
    });
    house.store.commit(write).await.unwrap();
    house.attaches("base").await;
    let more = house.expect(400, ("POST", "shelves", r#"{"name":"extra"}"#)).await;
    assert_eq!(more, error("An application can have no more than 32 shelves."));
    house.expect(200, ("DELETE", "shelves/s7", "")).await;
    house.attaches("extra").await;
}

#[tokio::test]
async fn what_is_only_on_a_shelf_has_the_permissions_of_the_container() {
    let house = shelved().await;
    let artifact = json!({ "name": "web", "identifier": "1a", "metadata": {} });
    house.settles(201, ("PUT", "/organizations/base/cookbook_artifacts/web/1a"), artifact).await;
    house.attaches("base").await;
    for (path, container) in
        [("cookbooks/apt", "cookbooks"), ("cookbook_artifacts/web", "cookbook_artifacts")]
    {
        let shown = house.expect(200, ("GET", &format!("{path}/_acl"), "")).await;
        let own = house.expect(200, ("GET", &format!("containers/{container}/_acl"), "")).await;
        assert_eq!(shown, own);
        assert!(!shown.to_string().contains("base"), "{shown}");
        let update = json!({ "read": { "actors": ["pivotal"], "groups": [] } }).to_string();
        let refused = house.expect(403, ("PUT", &format!("{path}/_acl/read"), &update)).await;
        let sentence = refused["error"][0].as_str().unwrap();
        assert!(sentence.contains("comes from a shelf of this organization"), "{sentence}");
        let after = house.expect(200, ("GET", &format!("containers/{container}/_acl"), "")).await;
        assert_eq!(after, own);
        // Who may not see the container's list is told no more than for the organization's own.
        let reply = house.asker("ann").gets(&format!("/organizations/shop/{path}/_acl")).await;
        assert_eq!((reply.status, reply.json()), (403, error("missing read permission")));
    }
    let missing = house.expect(404, ("GET", "cookbooks/zsh/_acl", "")).await;
    assert_eq!(missing, error("Cannot find a cookbook named zsh"));
    house.expect(404, ("GET", "cookbook_artifacts/zsh/_acl", "")).await;
    // The own copy has a list of its own.
    house.expect(201, ("PUT", "cookbooks/apt/1.0.0", &cookbook("apt", "1.0.0").to_string())).await;
    let update = json!({ "read": { "actors": ["pivotal"], "groups": [] } }).to_string();
    house.expect(200, ("PUT", "cookbooks/apt/_acl/read", &update)).await;
    let shown = house.expect(200, ("GET", "cookbooks/apt/_acl", "")).await;
    assert_eq!(shown["read"], json!({ "actors": ["pivotal"], "groups": [] }));
}
