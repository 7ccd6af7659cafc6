//! Whose run sees what: of its own application only, and there what its API client may read.

use pantry_model::chef::ShelfUpdate;
use pantry_model::{Acl, Error, Target};
use pantry_store::Kind;
use serde_json::json;

use crate::chef::node;
use crate::chef_runs::{kitchen, seen};
use crate::house::{House, app, new_job};
use crate::standing::{of, refusal};

impl House {
    async fn hides(&self, kind: Kind, name: &str) -> Acl {
        let before = self.acl(&of("shop"), kind, name).await;
        self.set_acl(&of("shop"), kind, name, Acl::default()).await;
        before
    }
}

#[tokio::test]
async fn what_may_not_be_read_is_left_out_or_named() {
    let house = kitchen().await;
    let whole = house.runs(json!({})).await.unwrap().documents.len();
    let hidden = [
        (Kind::Node, "db1", "nodes/db1.json"),
        (Kind::DataBag, "keys", "data_bags/keys/tls.json"),
        (Kind::Role, "lone", "roles/lone.json"),
        (Kind::Environment, "_default", "environments/_default.json"),
    ];
    for (kind, name, path) in hidden {
        let before = house.hides(kind, name).await;
        let run = house.runs(json!({})).await.unwrap();
        assert!(!run.paths().contains(&path), "{path}");
        assert_eq!(run.documents.len(), whole - 1);
        house.set_acl(&of("shop"), kind, name, before).await;
        assert_eq!(house.runs(json!({})).await.unwrap().documents.len(), whole);
    }
    for (kind, name, what) in [
        (Kind::Node, "web1", "node"),
        (Kind::Environment, "prod", "environment"),
        (Kind::Role, "base", "roles"),
        (Kind::Cookbook, "apt", "cookbooks"),
        (Kind::Container, "cookbooks", "container"),
    ] {
        let before = house.hides(kind, name).await;
        let sentence =
            format!("the API client `web1` may not read the {what} `{name}`, which the run needs");
        assert_eq!(refusal(house.runs(json!({})).await).sentence, sentence);
        house.set_acl(&of("shop"), kind, name, before).await;
    }
    house.runs(json!({})).await.unwrap();
}

#[tokio::test]
async fn rights_that_are_withdrawn_count_at_once() {
    let house = kitchen().await;
    let job = house.asks("shop", json!({})).await;
    let prepare = async || house.prepares_job(("shop", "web1"), job).await;
    assert!(prepare().await.is_ok());
    // Taken out of the group by which it may read, with nothing else changed.
    let clients = house.id(&of("shop"), Kind::Group, "clients").await;
    let web1 = house.id(&of("shop"), Kind::ApiClient, "web1").await;
    let mut write = pantry_store::Write::new(None, house.usecases.clock().now());
    write.changes.push(pantry_store::Change::RemoveMember { of: clients, member: web1 });
    write.enter(&of("shop"), pantry_store::Verb::Update, Kind::Group, "clients", None);
    house.usecases.store().commit(write).await.unwrap();
    let refused = refusal(prepare().await).sentence;
    assert_eq!(
        refused,
        "the API client `web1` may not read the environment `prod`, which the run needs"
    );
    let pivotal = house.calls("pivotal", "shop").await;
    house.usecases.delete_api_client(&pivotal, "web1").await.unwrap();
    assert!(matches!(prepare().await, Err(Error::Refused(_))));
}

#[tokio::test]
async fn a_job_is_its_machines_while_it_is_open() {
    let house = kitchen().await;
    house.create_application("mill").await.unwrap();
    house.enrol("mill", "web1", "_default", &[], 9).await.unwrap();
    let job = house.asks("shop", json!({})).await;
    let unknown = |result: Result<_, Error>| {
        let error = result.map(drop).unwrap_err();
        assert!(matches!(error, Error::UnknownJob(_)), "{error}");
    };
    unknown(house.prepares_job(("mill", "web1"), job).await);
    house.enrol("shop", "late", "prod", &[], 3).await.unwrap();
    unknown(house.prepares_job(("shop", "late"), job).await);
    // Another command's job is none.
    let other = house.usecases.start_job(&house.admin, new_job(Target::default())).await.unwrap();
    unknown(house.prepares_job(("shop", "web1"), other[0].job).await);
    house.prepares_job(("shop", "web1"), job).await.unwrap();
    house
        .usecases
        .delete_machine(&house.admin, &crate::house::machine("shop", "web1"))
        .await
        .unwrap();
    unknown(house.prepares_job(("shop", "web1"), job).await);
}

#[tokio::test]
async fn two_applications_on_a_shelf_see_the_shelf_and_not_each_other() {
    let house = kitchen().await;
    house.create_application("mill").await.unwrap();
    house.create_application("base").await.unwrap();
    house.stranger("sue").await;
    house.associate("base", "sue").await;
    house.group("base", "admins", "sue", true).await;
    let it = &house.usecases;
    let sue = house.calls("sue", "base").await;
    assert!(it.create_shelf(&sue, &app("base")).await.unwrap());
    let for_all = ShelfUpdate { granted_to_all: Some(true), ..ShelfUpdate::default() };
    it.update_shelf(&sue, &app("base"), &for_all).await.unwrap();
    house.puts_cookbook("sue", "base", "common", "1.0.0", json!({})).await;
    house.puts_cookbook("sue", "base", "apt", "9.0.0", json!({})).await;
    let pivotal = async |name| house.calls("pivotal", name).await;
    it.attach_shelf(&pivotal("shop").await, &app("base"), None).await.unwrap();
    it.attach_shelf(&pivotal("mill").await, &app("base"), None).await.unwrap();
    house.puts_cookbook("pivotal", "mill", "own", "1.0.0", json!({})).await;
    house.enrol("mill", "web1", "_default", &[], 9).await.unwrap();
    let mill = house.client_calls("web1", "mill").await;
    it.create_node(&mill, &node("web1", "_default", &["common", "apt", "own"])).await.unwrap();

    let job = house.asks("mill", json!({})).await;
    let run = seen(&house.prepares_job(("mill", "web1"), job).await.unwrap());
    assert_eq!(run.folders(), ["cookbooks/apt", "cookbooks/common", "cookbooks/own"]);
    assert_eq!(run.cookbooks["cookbooks/apt"], ["metadata.json"]);
    assert_eq!(run.paths(), ["environments/_default.json", "nodes/web1.json"]);
    let run = house.runs(json!({"run_list": ["common", "web"]})).await.unwrap();
    assert_eq!(run.folders(), ["cookbooks/apt", "cookbooks/common", "cookbooks/web"]);
    let refused = refusal(house.runs(json!({"run_list": ["own"]})).await);
    assert_eq!(refused.sentence, "Run list contains invalid items: no such cookbook own.");
    it.detach_shelf(&pivotal("shop").await, "base").await.unwrap();
    let refused = refusal(house.runs(json!({"run_list": ["common"]})).await);
    assert_eq!(refused.sentence, "Run list contains invalid items: no such cookbook common.");
}

#[tokio::test]
async fn more_documents_than_a_run_may_have_are_refused_and_less_is_not() {
    let house = kitchen().await;
    let job = house.asks("shop", json!({})).await;
    let small = house.beside().with_max_run_documents(3000);
    let asked = pantry_model::commands::chef_run::ChefRunPrepare { job, public_key: None };
    let web1 = crate::house::machine("shop", "web1");
    small.prepare_chef_run(&web1, &asked, None).await.unwrap();
    let bob = house.calls("bob", "shop").await;
    let large = json!({"id": "large", "text": "x".repeat(4000)});
    house.usecases.create_data_bag_item(&bob, "users", &crate::chef::item(&large)).await.unwrap();
    for _ in 0..2 {
        let refused = refusal(small.prepare_chef_run(&web1, &asked, None).await).sentence;
        assert!(refused.contains("3000 bytes") && refused.contains("--mode server"), "{refused}");
    }
    // Who may not read what is large has a run.
    house.hides(Kind::DataBag, "users").await;
    let run = small.prepare_chef_run(&web1, &asked, None).await.unwrap();
    assert!(!seen(&run).paths().iter().any(|path| path.starts_with("data_bags/users")));
    let solo = house.asks("shop", json!({"mode": "solo"})).await;
    let tiny = house.beside().with_max_run_documents(100);
    let asked = pantry_model::commands::chef_run::ChefRunPrepare { job: solo, public_key: None };
    assert!(refusal(tiny.prepare_chef_run(&web1, &asked, None).await).sentence.contains("100"));
}
