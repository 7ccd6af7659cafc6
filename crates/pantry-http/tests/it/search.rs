//! Search over HTTP: what was saved is found by the next request.

use serde_json::{Value, json};

use crate::chef::{error, url};
use crate::client::Reply;
use crate::house::{Ask, House};

impl House {
    /// What an index of `shop` answers to a query.
    async fn search(&self, index: &str, query: &str) -> Value {
        let query =
            percent_encoding::utf8_percent_encode(query, percent_encoding::NON_ALPHANUMERIC);
        self.expect(200, ("GET", &format!("search/{index}?q={query}"), "")).await
    }

    /// The names, or ids, of what an index of `shop` finds.
    async fn names(&self, index: &str, query: &str) -> Vec<String> {
        let found = self.search(index, query).await;
        let rows = found["rows"].as_array().unwrap();
        assert_eq!(found["total"], rows.len());
        let name = |row: &Value| match &row["raw_data"]["id"] {
            Value::Null => row["name"].as_str().unwrap().to_owned(),
            id => id.as_str().unwrap().to_owned(),
        };
        rows.iter().map(name).collect()
    }

    async fn saves(&self, path: &str, body: &Value) {
        let reply = self.call_with("POST", path, &body.to_string()).await;
        assert_eq!(reply.status, 201, "{path} {body}: {}", reply.text());
    }
}

fn refused(reply: &Reply) -> (u16, Value) {
    (reply.status, reply.json())
}

#[tokio::test]
async fn a_node_is_found_as_it_was_saved_last() {
    let house = House::new().await;
    assert_eq!(house.search("node", "*:*").await, json!({"total": 0, "start": 0, "rows": []}));
    let node = |environment: &str, kernel: &str| {
        json!({
            "name": "web1", "chef_environment": environment, "policy_group": "live",
            "run_list": ["role[web]", "nginx::tls"],
            "default": {"a": {"b": {"c": "v"}}, "kernel": {"release": "weak"}},
            "automatic": {"kernel": {"release": kernel}, "cpus": [{"mhz": 2400}, {"mhz": 2500}]},
        })
    };
    house.saves("nodes", &node("prod", "6.1")).await;
    for query in [
        "name:web1",
        "chef_environment:prod",
        "role:web",
        "recipe:nginx\\:\\:tls",
        "run_list:recipe\\[nginx\\:\\:tls\\]",
        "policy_group:live",
        "chef_type:node",
        "kernel_release:6.1",
        "release:6.1",
        "a_b_c:v",
        "a:b",
        "a_b:c",
        "c:v",
        "cpus_mhz:2500",
        "mhz:[2400 TO 2450]",
        "kern*_rel*:6*",
        "kernel_release:6.1 AND NOT name:web2",
        "name:web9 OR (role:web AND *:6.?)",
    ] {
        assert_eq!(house.names("node", query).await, ["web1"], "{query}");
    }
    for query in ["release:weak", "default_a_b_c:v", "name:web", "name:web2", "NOT role:web", "b:v"]
    {
        assert!(house.names("node", query).await.is_empty(), "{query}");
    }

    house.expect(200, ("PUT", "nodes/web1", &node("dev", "6.12").to_string())).await;
    assert_eq!(house.names("node", "chef_environment:dev AND release:6.12").await, ["web1"]);
    assert!(house.names("node", "chef_environment:prod").await.is_empty());
    assert!(house.names("node", "release:6.1").await.is_empty());
    assert_eq!(house.names("node", "role:web").await, ["web1"]);
    house.expect(200, ("DELETE", "nodes/web1", "")).await;
    for query in ["*:*", "name:*", "role:web", "*:*6*"] {
        assert!(house.names("node", query).await.is_empty(), "{query}");
    }
}

#[tokio::test]
async fn every_kind_of_object_has_its_index() {
    let house = House::new().await;
    house
        .saves(
            "roles",
            &json!({
                "name": "web", "run_list": ["a"],
                "env_run_lists": {"prod": ["b"], "_default": ["only"]},
            }),
        )
        .await;
    house
        .saves("environments", &json!({"name": "prod", "cookbook_versions": {"a": "= 1.0"}}))
        .await;
    house.saves("clients", &json!({"name": "app7"})).await;
    house.saves("data", &json!({"name": "users"})).await;
    house.saves("data/users", &json!({"id": "ada", "shell": "/bin/sh", "n": 1.5})).await;

    let list = json!({
        "client": url("search/client"), "environment": url("search/environment"),
        "node": url("search/node"), "role": url("search/role"), "users": url("search/users"),
    });
    assert_eq!(house.expect(200, ("GET", "search", "")).await, list);
    assert_eq!(house.names("role", "env_run_lists_prod:recipe\\[b\\]").await, ["web"]);
    assert!(house.names("role", "run_list:recipe\\[only\\] OR _default:*").await.is_empty());
    assert_eq!(house.names("environment", "cookbook_versions_a:*").await, ["prod"]);
    assert_eq!(house.names("environment", "*:*").await, ["_default", "prod"]);
    assert_eq!(house.names("client", "validator:true").await, ["shop-validator"]);
    assert_eq!(house.names("client", "name:app7 AND orgname:shop").await, ["app7"]);
    let found = house.search("users", "shell:\\/bin\\/sh AND data_bag:users").await;
    let row = json!({
        "name": "data_bag_item_users_ada", "json_class": "Chef::DataBagItem",
        "chef_type": "data_bag_item", "data_bag": "users",
        "raw_data": {"id": "ada", "shell": "/bin/sh", "n": 1.5},
    });
    assert_eq!(found, json!({"total": 1, "start": 0, "rows": [row]}));
    assert!(house.names("users", "raw_data_shell:*").await.is_empty());

    house.expect(201, ("PUT", "environments/prod", r#"{"name":"live"}"#)).await;
    assert_eq!(house.names("environment", "name:live OR name:prod").await, ["live"]);
    house.expect(201, ("PUT", "clients/app7", r#"{"name":"app8"}"#)).await;
    assert_eq!(house.names("client", "name:app*").await, ["app8"]);
    house.expect(200, ("DELETE", "clients/app8", "")).await;
    assert!(house.names("client", "name:app*").await.is_empty());
    house.expect(200, ("DELETE", "roles/web", "")).await;
    assert!(house.names("role", "*:*").await.is_empty());
    house.expect(200, ("DELETE", "environments/live", "")).await;
    assert_eq!(house.names("environment", "*:*").await, ["_default"]);
}

#[tokio::test]
async fn a_data_bag_takes_its_index_with_it() {
    let house = House::new().await;
    let unknown = house.call("GET", "search/users?q=*:*").await;
    let sentence = "I don't know how to search for users data objects.";
    assert_eq!(refused(&unknown), (404, error(sentence)));
    house.saves("data", &json!({"name": "users"})).await;
    assert!(house.names("users", "*:*").await.is_empty());
    for id in ["ada", "bob"] {
        house.saves("data/users", &json!({"id": id, "shell": "zsh"})).await;
    }
    assert_eq!(house.names("users", "shell:zsh").await, ["ada", "bob"]);
    house.expect(200, ("PUT", "data/users/bob", r#"{"shell":"sh"}"#)).await;
    assert_eq!(house.names("users", "shell:zsh").await, ["ada"]);
    house.expect(200, ("DELETE", "data/users/ada", "")).await;
    assert_eq!(house.names("users", "*:*").await, ["bob"]);
    house.expect(200, ("DELETE", "data/users", "")).await;
    house.saves("data", &json!({"name": "users"})).await;
    assert!(house.names("users", "shell:sh OR id:bob").await.is_empty());
}

#[tokio::test]
async fn only_what_is_asked_for_comes() {
    let house = House::new().await;
    house.saves("nodes", &json!({
        "name": "web1", "default": {"top": {"mid": "default"}}, "normal": {"top": {"low": 1}},
        "automatic": {"fqdn": "web1.example.org"}, "run_list": ["role[web]"],
    })).await;
    house.saves("data", &json!({"name": "b"})).await;
    house.saves("data/b", &json!({"id": "x", "ssh": {"key": "k"}})).await;
    let asked = json!({"top": ["top"], "fqdn": ["fqdn"], "none": ["a", "b"], "roles": ["role"]});
    let found = house.expect(200, ("POST", "search/node?q=name:*", &asked.to_string())).await;
    let data = json!({
        "top": {"mid": "default", "low": 1}, "fqdn": "web1.example.org", "none": null,
        "roles": ["web"],
    });
    let row = json!({"url": url("nodes/web1"), "data": data});
    assert_eq!(found, json!({"total": 1, "start": 0, "rows": [row]}));
    let found = house.expect(200, ("POST", "search/b", r#"{"key":["ssh","key"]}"#)).await;
    let row = json!({"url": url("data/b/x"), "data": {"key": "k"}});
    assert_eq!(found["rows"], json!([row]));
    let whole = house.expect(200, ("POST", "search/node?q=name:*", "{}")).await;
    assert_eq!(whole, house.search("node", "name:*").await);
    for bad in ["z[$blah", r#"{"a":"b"}"#, r#"{"a":[1]}"#, r#"{"a":{"b":true}}"#, "[]"] {
        house.expect(400, ("POST", "search/node?q=name:*", bad)).await;
    }
}

#[tokio::test]
async fn what_is_no_query_is_told_with_its_place() {
    let house = House::new().await;
    let refused = async |path: &str| refused(&house.call("GET", path).await);
    assert_eq!(refused("search/node?q=").await, (400, error("invalid search query: ''")));
    for (parameters, sentence) in [
        ("rows=x", "invalid 'rows' value: 'x'"),
        ("start=-1", "invalid 'start' value: '-1'"),
        ("rows=", "invalid 'rows' value: ''"),
    ] {
        let path = format!("search/node?q=*:*&{parameters}");
        assert_eq!(refused(&path).await, (400, error(sentence)));
    }
    let (status, told) = refused("search/node?q=name:(a%20OR").await;
    assert_eq!(status, 400);
    let sentence = told["error"][0].as_str().unwrap();
    let expected = "invalid search query: 'name:(a OR' (at character 11: ";
    assert!(sentence.starts_with(expected), "{sentence}");
    let long = format!("search/node?q=name:{}", "a".repeat(1_000_000));
    assert_eq!(house.call("GET", &long).await.status, 431);
}

#[tokio::test]
async fn many_rows_come_in_pages_or_in_one_stream() {
    let house = House::new().await;
    for number in 0..100 {
        house
            .saves("nodes", &json!({"name": format!("n{number:02}"), "normal": {"n": number}}))
            .await;
    }
    let page = house.expect(200, ("GET", "search/node?q=name:n*&start=95&rows=50", "")).await;
    let names: Vec<_> = page["rows"].as_array().unwrap().iter().map(|row| &row["name"]).collect();
    assert_eq!(names, ["n95", "n96", "n97", "n98", "n99"]);
    assert_eq!((&page["total"], &page["start"]), (&json!(100), &json!(95)));
    let beyond = house.expect(200, ("GET", "search/node?start=100", "")).await;
    assert_eq!(beyond, json!({"total": 100, "start": 100, "rows": []}));
    let none = house.expect(200, ("GET", "search/node?rows=0", "")).await;
    assert_eq!(none, json!({"total": 100, "start": 0, "rows": []}));

    let all = house.call("GET", "search/node?q=*:*&rows=1000000").await;
    assert_eq!(all.header("transfer-encoding"), Some("chunked"));
    assert_eq!(all.json()["rows"].as_array().unwrap().len(), 100);
    let part = house.call_with("POST", "search/node?rows=1000000", r#"{"n":["n"]}"#).await;
    let numbers: Vec<_> = part.json()["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["data"]["n"].clone())
        .collect();
    assert_eq!(numbers, (0..100).map(|number| json!(number)).collect::<Vec<_>>());

    // Someone who goes away in the middle of it disturbs nobody.
    let mut connection = house.connect().await;
    let path = "/organizations/shop/search/node?rows=1000000";
    let ask = Ask::new("GET", path).signing("/organizations/shop/search/node").by("pivotal");
    connection.send(ask.bytes()).await;
    drop(connection);
    assert_eq!(house.names("node", "n:7").await, ["n07"]);
}

#[tokio::test]
async fn an_application_never_finds_what_is_another_s() {
    let house = House::new().await;
    let made = house
        .asker("pivotal")
        .asks(
            "POST",
            "/organizations",
            json!({
                "name": "other", "full_name": "Other",
            }),
        )
        .await;
    assert_eq!(made.status, 201);
    let of_other = async |method: &str, path: &str, body: Value| {
        house.asker("pivotal").asks(method, &format!("/organizations/other/{path}"), body).await
    };
    house.saves("nodes", &json!({"name": "web1", "normal": {"secret": "mine"}})).await;
    assert_eq!(of_other("POST", "nodes", json!({"name": "web1"})).await.status, 201);
    assert_eq!(of_other("POST", "data", json!({"name": "b"})).await.status, 201);
    let found = of_other("GET", "search/node?q=secret:*%20OR%20name:*", Value::Null).await.json();
    assert_eq!(found["total"], 1);
    assert_eq!(found["rows"][0]["normal"], json!({}));
    assert_eq!(house.call("GET", "search/b").await.status, 404);
    assert_eq!(of_other("GET", "search/node?q=secret:mine", Value::Null).await.json()["total"], 0);
}

#[tokio::test]
async fn what_would_be_found_by_too_much_is_not_stored() {
    let house = House::new().await;
    let inner: Vec<String> = (0..40_000).map(|number| format!(r#""{number}":1"#)).collect();
    let long = "k".repeat(900);
    let node = |inner: &str| format!(r#"{{"name":"n","normal":{{"{long}":{{{inner}}}}}}}"#);
    let refused = house.call_with("POST", "nodes", &node(&inner.join(","))).await;
    assert_eq!(refused.status, 413, "{}", refused.text());
    assert!(refused.text().contains("no more than 16777216 bytes"), "{}", refused.text());
    house.expect(201, ("POST", "nodes", &node(r#""x":1"#))).await;
    house.expect(413, ("PUT", "nodes/n", &node(&inner.join(",")))).await;
    assert_eq!(house.names("node", "x:1").await, ["n"]);
}

#[tokio::test]
async fn any_character_can_be_in_a_key_and_in_a_value() {
    let house = House::new().await;
    house.saves("data", &json!({"name": "b"})).await;
    let texts = [
        "a\u{0}b",
        "日本語",
        "e\u{301}",
        "🎉🏳️‍🌈",
        "\u{202e}rtl",
        "ß İ ı",
        "a b\tc\n",
        "%_[]^",
        "𝔸\u{feff}",
        "'\";--",
    ];
    for (number, text) in texts.iter().enumerate() {
        let item =
            json!({"id": number.to_string(), "n": {*text: *text}, "long": text.repeat(5000)});
        house.saves("data/b", &item).await;
    }
    for (number, text) in texts.iter().enumerate() {
        let quoted: String = text
            .chars()
            .map(|c| if c == '"' || c == '\\' { format!("\\{c}") } else { c.to_string() })
            .collect();
        let found = house.names("b", &format!("n:\"{quoted}\"")).await;
        assert_eq!(found, [number.to_string()], "{text:?}");
        let found = house.names("b", &format!("long:\"{}\"", quoted.repeat(100))).await;
        assert!(found.is_empty(), "{text:?}");
    }
    assert_eq!(house.names("b", "n:日*").await, ["1"]);
    assert_eq!(house.names("b", "n_日本語:*本*").await, ["1"]);
    assert_eq!(house.names("b", "long:日本語日*").await, ["1"]);
    assert_eq!(house.names("b", "*:*").await.len(), texts.len());
}
