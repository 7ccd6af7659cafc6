//! Cookbooks on their way to a shelf, over HTTP: promoted, adopted, and where they are used.

use pantry_model::refusals::shelves;
use serde_json::{Value, json};

use crate::chef::error;
use crate::cookbooks::cookbook;
use crate::house::House;

impl House {
    async fn demands(&self, status: u16, (method, path): (&str, &str), body: Value) -> Value {
        let reply = self.asker("pivotal").asks(method, path, body).await;
        assert_eq!(reply.status, status, "{method} {path}: {}", reply.text());
        reply.json()
    }

    /// Stores a cookbook of one file, which depends on these.
    async fn stores(&self, (organization, content): (&str, &str), name: &str, needs: Value) {
        let content = self.bring(organization, content.as_bytes()).await;
        let mut body = cookbook(name, "1.0.0");
        body["metadata"]["dependencies"] = needs;
        body["recipes"] = json!([{
            "name": "default.rb", "path": "recipes/default.rb", "specificity": "default",
            "checksum": content.md5.to_string(),
        }]);
        let path = format!("/organizations/{organization}/cookbooks/{name}/1.0.0");
        self.demands(201, ("PUT", &path), body).await;
    }
}

/// The application `stage`, and the shelf `base`.
async fn staged() -> House {
    let house = House::new().await;
    for name in ["stage", "base"] {
        let new = json!({ "name": name, "full_name": name });
        house.demands(201, ("POST", "/organizations"), new).await;
    }
    house.demands(201, ("PUT", "/organizations/base/shelf"), json!({})).await;
    house
}

const PROMOTIONS: (&str, &str) = ("POST", "/organizations/base/shelf/promotions");
const ADOPTIONS: (&str, &str) = ("POST", "/organizations/base/shelf/adoptions");

#[tokio::test]
async fn what_is_promoted_is_told_with_what_came_along() {
    let house = staged().await;
    house.stores(("stage", "web"), "web", json!({ "apt": ">= 1.0" })).await;
    house.stores(("stage", "apt!"), "apt", json!({})).await;
    let mut asked = json!({ "from": "stage", "cookbooks": { "web": ["1.0.0"] }, "dry_run": true });
    let line = |name: &str, result: &str, bytes: u64| json!({ "name": name, "version": "1.0.0", "result": result, "files": 1, "bytes": bytes });
    let told = |result: &str, is_dry_run: bool| {
        let mut apt = line("apt", result, 4);
        apt["needed_by"] = json!({ "name": "web", "version": "1.0.0", "constraint": ">= 1.0" });
        let cookbooks = [line("web", result, 3), apt];
        json!({ "from": "stage", "to": "base", "dry_run": is_dry_run, "cookbooks": cookbooks })
    };
    assert_eq!(house.demands(200, PROMOTIONS, asked.clone()).await, told("promotable", true));
    let cookbooks = "/organizations/base/cookbooks";
    assert_eq!(house.demands(200, ("GET", cookbooks), Value::Null).await, json!({}));
    asked["dry_run"] = false.into();
    assert_eq!(house.demands(201, PROMOTIONS, asked.clone()).await, told("promoted", false));
    let again = house.demands(200, PROMOTIONS, asked.clone()).await;
    assert_eq!(again["cookbooks"], json!([line("web", "present", 3)]));

    let web = format!("{cookbooks}/web/1.0.0");
    let shown = house.demands(200, ("GET", &web), Value::Null).await;
    assert_eq!(shown["frozen?"], true);
    let url = shown["recipes"][0]["url"].as_str().unwrap();
    assert!(url.contains("/organizations/base/"), "{url}");
    assert_eq!(house.get(url.trim_start_matches("http://pantry.example")).await.text(), "web");
    let changed = house.demands(409, ("PUT", &web), cookbook("web", "1.0.0")).await;
    assert!(changed["error"][0].as_str().unwrap().contains("frozen"), "{changed}");

    // Without what it is that is there, nothing is promoted.
    house.demands(200, ("DELETE", &web), Value::Null).await;
    house.stores(("base", "other"), "web", json!({})).await;
    let refused = house.demands(409, PROMOTIONS, asked).await;
    let other = shelves::other_versions(vec!["web 1.0.0".to_owned()], "base").sentence;
    assert_eq!(refused, json!({ "error": [{ "message": other, "cookbooks": ["web 1.0.0"] }] }));
    house.stores(("stage", "x"), "x", json!({ "none": "= 3.0" })).await;
    let asked = json!({ "from": "stage", "cookbooks": { "x": ["1.0.0"] } });
    let refused = house.demands(412, PROMOTIONS, asked).await;
    let message = refused["error"][0]["message"].as_str().unwrap();
    assert!(message.contains("What x 1.0.0 needs") && message.contains("none"), "{message}");
    assert_eq!(refused["error"][0]["non_existent_cookbooks"], json!(["none"]));

    for (status, asked, sentence) in [
        (400, json!({}), "Field 'from' missing"),
        (400, json!({ "from": "stage", "cookbooks": [] }), &shelves::invalid_cookbooks().sentence),
        (
            403,
            json!({ "from": "nothing", "cookbooks": { "x": ["1.0.0"] } }),
            &shelves::unreadable("nothing").sentence,
        ),
        (
            404,
            json!({ "from": "stage", "cookbooks": { "x": ["2.0.0"] } }),
            "'stage' has no cookbook named x with version 2.0.0.",
        ),
    ] {
        assert_eq!(house.demands(status, PROMOTIONS, asked).await, error(sentence));
    }
}

#[tokio::test]
async fn what_several_have_is_shown_and_then_adopted() {
    let house = staged().await;
    for application in ["shop", "stage"] {
        house.stores((application, "same"), "apt", json!({})).await;
        house.stores((application, application), "web", json!({})).await;
    }
    let mut asked = json!({ "applications": ["shop", "stage"], "dry_run": true });
    let told = |result: &str, is_dry_run: bool| {
        let apt = json!({
            "name": "apt", "version": "1.0.0", "applications": ["shop", "stage"],
            "files": 1, "bytes": 4, "result": result,
        });
        json!({ "shelf": "base", "dry_run": is_dry_run, "cookbooks": [apt] })
    };
    assert_eq!(house.demands(200, ADOPTIONS, asked.clone()).await, told("adoptable", true));
    asked["dry_run"] = false.into();
    asked["freeze"] = true.into();
    asked["cookbooks"] = json!({ "apt": ["2.0.0"] });
    assert_eq!(house.demands(200, ADOPTIONS, asked.clone()).await["cookbooks"], json!([]));
    asked["cookbooks"] = json!({ "apt": ["1.0.0"] });
    assert_eq!(house.demands(201, ADOPTIONS, asked.clone()).await, told("adopted", false));
    assert_eq!(house.demands(200, ADOPTIONS, asked).await, told("present", false));
    let apt = "/organizations/base/cookbooks/apt/1.0.0";
    assert_eq!(house.demands(200, ("GET", apt), Value::Null).await["frozen?"], true);
    let own = "/organizations/shop/cookbooks/apt/1.0.0";
    assert_eq!(house.demands(200, ("GET", own), Value::Null).await["frozen?"], false);
    for (status, asked, sentence) in [
        (400, json!({ "applications": ["shop"] }), shelves::invalid_applications()),
        (403, json!({ "applications": ["shop", "none"] }), shelves::unreadable("none")),
    ] {
        let refused = house.demands(status, ADOPTIONS, asked).await;
        assert_eq!(refused, error(&sentence.sentence));
    }
}

#[tokio::test]
async fn where_a_cookbook_is_used_is_told_application_by_application() {
    let house = staged().await;
    house.stores(("base", "apt"), "apt", json!({})).await;
    let everybody = json!({ "granted_to_all": true });
    house.demands(200, ("PUT", "/organizations/base/shelf"), everybody).await;
    house.demands(201, ("POST", "/organizations/shop/shelves"), json!({ "name": "base" })).await;
    let node = json!({ "name": "web1", "run_list": ["apt"] });
    house.demands(201, ("POST", "/organizations/shop/nodes"), node).await;
    let of = |name: &str, shelf: Value, nodes: Value| {
        json!({
            "name": name,
            "versions": [{ "version": "1.0.0", "shelf": shelf }],
            "environments": ["_default"],
            "nodes": nodes,
            "policies": [],
        })
    };
    let web1 = json!([{ "name": "web1", "leads_to_it": true, "has_run_it": false }]);
    let all = json!([of("base", Value::Null, json!([])), of("shop", json!("base"), web1)]);
    for (query, version) in [("", Value::Null), ("?version=1", json!("1.0.0"))] {
        let path = format!("/cookbook_uses/apt{query}");
        let told = house.demands(200, ("GET", &path), Value::Null).await;
        assert_eq!(told, json!({ "name": "apt", "version": version, "applications": all }));
    }
    let none = house.demands(200, ("GET", "/cookbook_uses/apt?version=2.0.0"), Value::Null).await;
    assert_eq!(none, json!({ "name": "apt", "version": "2.0.0", "applications": [] }));
    house.demands(400, ("GET", "/cookbook_uses/apt?version=x"), Value::Null).await;
    house.demands(400, ("GET", "/cookbook_uses/a%20b"), Value::Null).await;
    let refused = house.asker("bob").gets("/cookbook_uses/apt").await;
    assert_eq!(refused.status, 403, "{}", refused.text());
}
