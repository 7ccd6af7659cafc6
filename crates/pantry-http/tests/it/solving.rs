//! Which cookbooks a run list gets, over HTTP.

use serde_json::{Value, json};

use crate::chef::error;
use crate::client::Reply;
use crate::house::{Ask, House};

const PATH: &str = "environments/_default/cookbook_versions";

/// Saves a version of a cookbook that depends on these.
async fn save(house: &House, name: &str, version: &str, dependencies: Value) {
    let cookbook = json!({
        "name": format!("{name}-{version}"), "cookbook_name": name, "version": version,
        "json_class": "Chef::CookbookVersion", "chef_type": "cookbook_version",
        "metadata": {
            "name": name, "version": version, "dependencies": dependencies,
            "attributes": { "a": {} }, "long_description": "much",
        },
    });
    let path = format!("cookbooks/{name}/{version}");
    house.expect(201, ("PUT", &path, &cookbook.to_string())).await;
}

/// Cookbooks and versions of an answer, in its order.
fn chosen(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.text());
    // A tree would put the names into another order.
    let mut found = Vec::new();
    pantry_model::json::each_member(reply.text(), |name, cookbook| {
        let cookbook: Value = serde_json::from_str(cookbook).unwrap();
        found.push(format!("{name} {}", cookbook["version"].as_str().unwrap()));
    });
    found.join(", ")
}

async fn solve(house: &House, run_list: &[&str]) -> Reply {
    house.call_with("POST", PATH, &json!({ "run_list": run_list }).to_string()).await
}

#[tokio::test]
async fn a_run_list_gets_cookbooks_in_its_order() {
    let house = House::new().await;
    save(&house, "web", "1.0.0", json!({ "ssl": "~> 1.0", "apt": ">= 0.0.0" })).await;
    save(&house, "ssl", "1.2.0", json!({ "base": ">= 0.0.0" })).await;
    save(&house, "ssl", "2.0.0", json!({})).await;
    save(&house, "apt", "1.0.0", json!({})).await;
    save(&house, "base", "0.1.0", json!({ "apt": "= 1.0.0" })).await;
    let items = ["recipe[web]", "base::x", "web::default"];
    let reply = solve(&house, &items).await;
    // What a test writes, it writes in the order of names.
    assert_eq!(chosen(&reply), "web 1.0.0, apt 1.0.0, ssl 1.2.0, base 0.1.0");
    let web = &reply.json()["web"];
    let metadata = json!({
        "name": "web", "version": "1.0.0",
        "dependencies": { "ssl": "~> 1.0", "apt": ">= 0.0.0" },
    });
    assert_eq!(web["metadata"], metadata);
    assert_eq!(web["frozen?"], json!(false));
    assert_eq!(solve(&house, &[]).await.text(), "{}");
    let nothing = house.call_with("POST", PATH, "{}").await;
    assert_eq!((nothing.status, nothing.text()), (200, "{}"));

    // From memory, until something changes.
    assert_eq!(chosen(&solve(&house, &["ssl"]).await), "ssl 2.0.0");
    save(&house, "ssl", "2.1.0", json!({})).await;
    assert_eq!(chosen(&solve(&house, &["ssl"]).await), "ssl 2.1.0");
    assert_eq!(chosen(&solve(&house, &["ssl@2.0.0"]).await), "ssl 2.0.0");
    house.expect(200, ("DELETE", "cookbooks/ssl/2.1.0", "")).await;
    assert_eq!(chosen(&solve(&house, &["ssl"]).await), "ssl 2.0.0");
}

#[tokio::test]
async fn an_environment_is_respected_as_soon_as_it_changes() {
    let house = House::new().await;
    for version in ["1.0.0", "2.0.0"] {
        save(&house, "apt", version, json!({})).await;
    }
    let environment = |constraint: &str| {
        json!({ "name": "prod", "cookbook_versions": { "apt": constraint } }).to_string()
    };
    house.expect(201, ("POST", "environments", &environment("< 2.0"))).await;
    let ask = || {
        house.call_with("POST", "environments/prod/cookbook_versions", r#"{"run_list":["apt"]}"#)
    };
    assert_eq!(chosen(&ask().await), "apt 1.0.0");
    house.expect(200, ("PUT", "environments/prod", &environment("~> 2.0"))).await;
    assert_eq!(chosen(&ask().await), "apt 2.0.0");
    house.expect(200, ("PUT", "environments/prod", &environment("> 2.0"))).await;
    let refused = ask().await;
    assert_eq!(refused.status, 412);
    assert_eq!(refused.json()["error"][0]["cookbooks_with_no_versions"], json!(["(apt >= 0.0.0)"]));
}

#[tokio::test]
async fn what_is_wrong_is_told_in_the_originals_order() {
    let house = House::new().await;
    let invalid = error("Field 'run_list' is not a valid run list");
    for (body, sentence) in [
        ("", error("invalid JSON")),
        ("{\"run_list\": ", error("invalid JSON")),
        (r#"{"run_list":"apt"}"#, invalid.clone()),
        (r#"{"run_list":[12]}"#, invalid.clone()),
        (r#"{"run_list":["a b"]}"#, invalid.clone()),
        (r#"{"run_list":["apt@1"]}"#, invalid.clone()),
        (r#"{"run_list":null}"#, invalid),
    ] {
        let path = "environments/nowhere/cookbook_versions";
        assert_eq!(house.expect(400, ("POST", path, body)).await, sentence, "{body}");
    }
    let path = "environments/nowhere/cookbook_versions";
    let missing = house.expect(404, ("POST", path, r#"{"run_list":["nothing"]}"#)).await;
    assert_eq!(missing, error("environment 'nowhere' not found"));
    let unknown = solve(&house, &["nothing", "role[web]"]).await;
    assert_eq!(unknown.status, 412);
    let told = json!([{
        "message": "Run list contains invalid items: no such cookbooks nothing, role[web].",
        "non_existent_cookbooks": ["nothing", "role[web]"],
        "cookbooks_with_no_versions": [],
    }]);
    assert_eq!(unknown.json()["error"], told);
}

#[tokio::test]
async fn why_nothing_fits_is_told_at_length_to_whoever_wants_it() {
    let house = House::new().await;
    save(&house, "web", "1.0.0", json!({ "ssl": "> 2.0" })).await;
    save(&house, "ssl", "1.0.0", json!({ "web": ">= 1.0.0" })).await;
    let short = json!({
        "message": "Unable to satisfy constraints on package ssl due to solution constraint (web >= 0.0.0). Solution constraints that may result in a constraint on ssl: [(web = 1.0.0) -> (ssl > 2.0.0)]",
        "unsatisfiable_run_list_item": "(web >= 0.0.0)",
        "non_existent_cookbooks": [],
        "most_constrained_cookbooks": ["ssl = 1.0.0 -> [(web >= 1.0.0)]"],
    });
    let body = r#"{"run_list":["web"]}"#;
    assert_eq!(house.expect(412, ("POST", PATH, body)).await["error"], json!([short]));
    let path = format!("{PATH}?explain=true");
    let explained = house.expect(412, ("POST", &path, body)).await;
    let mut long = short;
    long["explanation"] = json!([
        "Because the run list asks for web and web 1.0.0 depends on ssl > 2.0.0 (there is no such version), the run list cannot be met."
    ]);
    assert_eq!(explained["error"], json!([long]));
}

#[tokio::test]
async fn cookbooks_that_may_not_be_read_are_named_and_not_given() {
    let house = House::new().await;
    save(&house, "web", "1.0.0", json!({ "secret": ">= 0.0.0", "open": ">= 0.0.0" })).await;
    save(&house, "secret", "1.0.0", json!({})).await;
    save(&house, "open", "1.0.0", json!({})).await;
    let nobody = r#"{"read":{"actors":["pivotal"],"groups":[]}}"#;
    house.expect(200, ("PUT", "cookbooks/secret/_acl/read", nobody)).await;
    let everyone = r#"{"read":{"actors":["pivotal","web1"],"groups":[]}}"#;
    for object in
        ["containers/cookbooks", "environments/_default", "cookbooks/web", "cookbooks/open"]
    {
        house.expect(200, ("PUT", &format!("{object}/_acl/read"), everyone)).await;
    }
    let path = format!("/organizations/shop/{PATH}");
    let asks = |run_list: &'static [u8]| {
        let ask = Ask::new("POST", &path).by("web1").body(run_list);
        Box::pin(house.ask(ask.header("Content-Type", "application/json")))
    };
    let refused = asks(br#"{"run_list":["web"]}"#).await;
    assert_eq!(refused.status, 403, "{}", refused.text());
    let told = json!([{
        "message": "Read permission is not granted for one or more cookbooks",
        "unauthorized_cookbooks": ["secret"],
    }]);
    assert_eq!(refused.json()["error"], told);
    assert_eq!(chosen(&asks(br#"{"run_list":["open"]}"#).await), "open 1.0.0");
    house.expect(200, ("PUT", "environments/_default/_acl/read", nobody)).await;
    let refused = asks(br#"{"run_list":["open"]}"#).await;
    assert_eq!((refused.status, refused.json()), (403, error("missing read permission")));
}
