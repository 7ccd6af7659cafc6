//! What a run of Chef means for a machine: its run list, the cookbooks that fit, and all that it reads.

use std::collections::BTreeMap;

use pantry_model::chef::RunTree;
use pantry_model::commands::chef_run::ChefRunPrepare;
use pantry_model::commands::user::HttpAddress;
use pantry_model::tree::{Tree, What};
use pantry_model::{Error, JobId, Order, Target};
use pantry_usecases::{NewJob, RunContent, RunContents};
use serde_json::{Value, json};

use crate::chef::{bag, environment, item, node, role, said};
use crate::cookbooks::{cookbook, files};
use crate::house::{House, app, machine, new_job};
use crate::people::staffed;
use crate::standing::refusal;

/// A run as its machine sees it.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) tree: RunTree,
    /// Of each cookbook's folder the paths of its files.
    pub(crate) cookbooks: BTreeMap<String, Vec<String>>,
    pub(crate) documents: BTreeMap<String, Value>,
}

impl Seen {
    pub(crate) fn paths(&self) -> Vec<&str> {
        self.documents.keys().map(String::as_str).collect()
    }

    pub(crate) fn folders(&self) -> Vec<&str> {
        self.cookbooks.keys().map(String::as_str).collect()
    }
}

fn made(run: &RunContents, of: &pantry_model::Sha256, size: u64) -> Vec<u8> {
    let Some(RunContent::Made(bytes)) = run.content(of) else { panic!("{of} was not made") };
    assert_eq!(bytes.len() as u64, size);
    bytes.to_vec()
}

/// Follows a run to its last content.
pub(crate) fn seen(run: &RunContents) -> Seen {
    let prepared = run.prepared();
    let tree: RunTree = serde_json::from_slice(&made(run, &prepared.tree, prepared.size)).unwrap();
    let mut cookbooks = BTreeMap::new();
    for cookbook in &tree.cookbooks {
        let of = Tree::read(&made(run, &cookbook.tree, cookbook.size)).unwrap();
        for (sha256, size) in of.contents() {
            match run.content(&sha256).unwrap() {
                RunContent::Made(bytes) => assert_eq!(bytes.len() as u64, size),
                RunContent::Kept { size: kept } => assert_eq!(kept, size),
            }
        }
        let file = |entry: &pantry_model::tree::Entry| {
            assert!(matches!(entry.what, What::File { .. }) && entry.mode == 0o644);
            entry.path.to_string()
        };
        let paths: Vec<_> = of.entries.iter().map(file).collect();
        cookbooks.insert(cookbook.folder.to_string(), paths);
    }
    let mut documents = BTreeMap::new();
    for document in &tree.documents {
        let body = made(run, &document.sha256, document.size);
        let before = documents.insert(document.path.to_string(), said(&body));
        assert!(before.is_none(), "{} twice", document.path);
    }
    assert!(run.content(&pantry_model::Sha256([0; 32])).is_none());
    Seen { tree, cookbooks, documents }
}

pub(crate) const HTTP: HttpAddress = HttpAddress { port: 4000, tls: false };

impl House {
    /// A job that asks all machines of an application for a run.
    pub(crate) async fn asks(&self, application: &str, run: Value) -> JobId {
        self.orders(application, "chef:run", run).await
    }

    /// A job that has all machines of an application do this.
    pub(crate) async fn orders(&self, application: &str, command: &str, arguments: Value) -> JobId {
        let order =
            Order { command: command.to_owned(), arguments, ..new_job(Target::default()).order };
        let new =
            NewJob { application: Some(app(application)), order, ..new_job(Target::default()) };
        self.usecases.start_job(&self.admin, new).await.unwrap()[0].job
    }

    pub(crate) async fn prepares_job(
        &self,
        (application, identity): (&str, &str),
        job: JobId,
    ) -> Result<RunContents, Error> {
        let asked = ChefRunPrepare { job, public_key: None };
        let machine = machine(application, identity);
        self.usecases.prepare_chef_run(&machine, &asked, Some(HTTP)).await
    }

    /// What a run that is asked for so means for `web1` of `shop`.
    pub(crate) async fn runs(&self, run: Value) -> Result<Seen, Error> {
        let job = self.asks("shop", run).await;
        self.prepares_job(("shop", "web1"), job).await.map(|run| seen(&run))
    }

    pub(crate) async fn puts_cookbook(
        &self,
        who: &str,
        application: &str,
        name: &str,
        version: &str,
        with: Value,
    ) {
        let caller = self.calls(who, application).await;
        let new = cookbook(name, version, &with);
        self.usecases.put_cookbook(&caller, &new, false).await.unwrap();
    }
}

/// The machine `web1` in the environment `prod`, with a node whose role leads to two cookbooks, and
/// another node, data bags and a role beside.
pub(crate) async fn kitchen() -> House {
    let house = staffed().await;
    house.enrol("shop", "web1", "prod", &["web"], 1).await.unwrap();
    house.uploads("shop", &[1, 2, 3]).await;
    for (name, version, with) in [
        ("apt", "1.0.0", json!({"recipes": files(&[1])})),
        ("apt", "2.0.0", json!({"recipes": files(&[1, 2])})),
        ("web", "1.0.0", json!({"recipes": files(&[3]), "dependencies": {"apt": ">= 1.0.0"}})),
        ("other", "1.0.0", json!({})),
    ] {
        house.puts_cookbook("bob", "shop", name, version, with).await;
    }
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    it.create_environment(&bob, &environment("prod", "all")).await.unwrap();
    let web = json!({"name": "web", "run_list": ["role[base]", "recipe[web]"]});
    it.create_role(&bob, &role(&web)).await.unwrap();
    let base = json!({"name": "base", "run_list": ["recipe[apt]", "role[web]"]});
    it.create_role(&bob, &role(&base)).await.unwrap();
    it.create_role(&bob, &role(&json!({"name": "lone", "run_list": ["other"]}))).await.unwrap();
    it.create_node(&bob, &node("db1", "prod", &["role[lone]"])).await.unwrap();
    let web1 = house.client_calls("web1", "shop").await;
    it.create_node(&web1, &node("web1", "prod", &["role[web]"])).await.unwrap();
    for (name, id) in [("users", "ada"), ("users", "bob"), ("keys", "tls")] {
        let _ = it.create_data_bag(&bob, &bag(name)).await;
        let content = json!({"id": id, "of": name});
        it.create_data_bag_item(&bob, name, &item(&content)).await.unwrap();
    }
    house
}

#[tokio::test]
async fn a_run_has_the_cookbooks_that_fit_and_all_that_may_be_read() {
    let house = kitchen().await;
    let run = house.runs(json!({})).await.unwrap();
    assert_eq!(run.tree.node.as_str(), "web1");
    assert_eq!(run.tree.environment.as_str(), "prod");
    assert_eq!(run.tree.run_list.items()[0].as_str(), "role[web]");
    assert!(run.tree.policy.is_none() && run.tree.server.is_none());
    assert_eq!(run.folders(), ["cookbooks/apt", "cookbooks/web"]);
    assert_eq!(run.cookbooks["cookbooks/apt"], ["metadata.json", "recipes/r1.rb", "recipes/r2.rb"]);
    assert_eq!(
        run.paths(),
        [
            "data_bags/keys/tls.json",
            "data_bags/users/ada.json",
            "data_bags/users/bob.json",
            "environments/_default.json",
            "environments/prod.json",
            "nodes/db1.json",
            "nodes/web1.json",
            "roles/base.json",
            "roles/lone.json",
            "roles/web.json",
        ]
    );
    assert_eq!(run.documents["data_bags/users/ada.json"], json!({"id": "ada", "of": "users"}));
    assert_eq!(run.documents["nodes/web1.json"]["run_list"], json!(["role[web]"]));
    assert_eq!(run.documents["roles/base.json"]["json_class"], "Chef::Role");
}

#[tokio::test]
async fn the_same_run_is_the_same_and_what_changes_is_seen() {
    let house = kitchen().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    let job = house.asks("shop", json!({})).await;
    let prepare = async || house.prepares_job(("shop", "web1"), job).await.unwrap();
    let before = prepare().await;
    assert_eq!(prepare().await.prepared(), before.prepared());
    assert_eq!(
        house
            .beside()
            .prepare_chef_run(
                &machine("shop", "web1"),
                &ChefRunPrepare { job, public_key: None },
                None,
            )
            .await
            .unwrap()
            .prepared(),
        before.prepared(),
        "another server says something else"
    );

    it.update_role(&bob, &role(&json!({"name": "lone", "run_list": ["apt"]}))).await.unwrap();
    it.update_data_bag_item(&bob, "users", &item(&json!({"id": "ada", "n": 2}))).await.unwrap();
    it.delete_data_bag_item(&bob, "users", "bob").await.unwrap();
    it.delete_node(&bob, "db1").await.unwrap();
    it.delete_data_bag(&bob, "keys").await.unwrap();
    it.create_environment(&bob, &environment("test", "new")).await.unwrap();
    house.puts_cookbook("bob", "shop", "apt", "3.0.0", json!({})).await;
    let run = seen(&prepare().await);
    assert_eq!(run.documents["roles/lone.json"]["run_list"], json!(["recipe[apt]"]));
    assert_eq!(run.documents["data_bags/users/ada.json"], json!({"id": "ada", "n": 2}));
    let paths = run.paths();
    for gone in ["data_bags/users/bob.json", "data_bags/keys/tls.json", "nodes/db1.json"] {
        assert!(!paths.contains(&gone), "{gone}");
    }
    assert!(paths.contains(&"environments/test.json"));
    assert_eq!(run.cookbooks["cookbooks/apt"], ["metadata.json"]);
    // What was prepared before stays what it was.
    assert_eq!(seen(&before).documents["roles/lone.json"]["run_list"], json!(["recipe[other]"]));
}

#[tokio::test]
async fn a_run_list_that_is_said_stands_in_the_node_and_an_override_does_not() {
    let house = kitchen().await;
    let run = house.runs(json!({"run_list": ["recipe[other]"]})).await.unwrap();
    assert_eq!(run.folders(), ["cookbooks/other"]);
    assert_eq!(run.documents["nodes/web1.json"]["run_list"], json!(["recipe[other]"]));
    assert_eq!(run.tree.run_list.items()[0].as_str(), "recipe[other]");
    let run = house.runs(json!({"override_run_list": ["recipe[apt::r1@1.0.0]"]})).await.unwrap();
    assert_eq!(run.cookbooks["cookbooks/apt"], ["metadata.json", "recipes/r1.rb"]);
    assert_eq!(run.documents["nodes/web1.json"]["run_list"], json!(["role[web]"]));
    assert_eq!(run.tree.run_list.items()[0].as_str(), "role[web]");
    let run = house.runs(json!({"override_run_list": []})).await.unwrap();
    assert!(run.cookbooks.is_empty());
}

#[tokio::test]
async fn roles_are_expanded_as_chef_does_it() {
    let house = kitchen().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    let by_environment = json!({
        "name": "web", "run_list": ["other"],
        "env_run_lists": {"prod": ["recipe[apt@1.0.0]", "role[web]"], "test": ["web"]},
    });
    it.update_role(&bob, &role(&by_environment)).await.unwrap();
    let run = house.runs(json!({})).await.unwrap();
    assert_eq!(run.cookbooks["cookbooks/apt"], ["metadata.json", "recipes/r1.rb"]);
    assert_eq!(run.folders(), ["cookbooks/apt"]);
    it.delete_role(&bob, "base").await.unwrap();
    let lacking = json!({"name": "web", "run_list": ["role[base]"]});
    it.update_role(&bob, &role(&lacking)).await.unwrap();
    let refused = refusal(house.runs(json!({})).await);
    assert_eq!(refused.sentence, "the role `web` names the role `base`, and there is none");
    let refused = refusal(house.runs(json!({"run_list": ["role[gone]"]})).await);
    assert_eq!(refused.sentence, "the run list names the role `gone`, and there is none");
}

#[tokio::test]
async fn what_does_not_fit_is_said_by_the_solver() {
    let house = kitchen().await;
    let refused = refusal(house.runs(json!({"run_list": ["none"]})).await);
    assert_eq!(refused.sentence, "Run list contains invalid items: no such cookbook none.");
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    it.update_node(&house.client_calls("web1", "shop").await, &node("web1", "gone", &[]))
        .await
        .unwrap();
    let refused = refusal(house.runs(json!({"run_list": ["apt"]})).await);
    assert_eq!(
        refused.sentence,
        "the node is in the environment `gone`, and there is none: `pantry chef environment upload` makes it"
    );
    let mut narrow = said(&environment("gone", "").object().to_json());
    narrow["cookbook_versions"] = json!({"apt": "= 1.0.0"});
    let narrow = pantry_model::chef::Environment::read(narrow.to_string().as_bytes()).unwrap();
    it.create_environment(&bob, &narrow).await.unwrap();
    let run = house.runs(json!({"run_list": ["apt"]})).await.unwrap();
    assert_eq!(run.cookbooks["cookbooks/apt"], ["metadata.json", "recipes/r1.rb"]);
    assert_eq!(run.documents["environments/gone.json"]["cookbook_versions"]["apt"], "= 1.0.0");
}

#[tokio::test]
async fn a_machine_without_a_node_begins_where_it_was_put() {
    let house = kitchen().await;
    house.enrol("shop", "web2", "prod", &["web"], 2).await.unwrap();
    let job = house.asks("shop", json!({"run_list": ["apt"]})).await;
    let run = seen(&house.prepares_job(("shop", "web2"), job).await.unwrap());
    let made = &run.documents["nodes/web2.json"];
    assert_eq!(made["chef_environment"], "prod");
    assert_eq!(made["automatic"]["roles"], json!(["web"]));
    assert_eq!(made["run_list"], json!(["recipe[apt]"]));
    let job = house.asks("shop", json!({})).await;
    let run = seen(&house.prepares_job(("shop", "web2"), job).await.unwrap());
    // Without a run list, what it is for is what it runs.
    assert_eq!(run.documents["nodes/web2.json"]["run_list"], json!(["role[web]"]));
    assert_eq!(run.folders(), ["cookbooks/apt", "cookbooks/web"]);
    house.enrol("shop", "idle", "prod", &[], 3).await.unwrap();
    let job = house.asks("shop", json!({})).await;
    let run = seen(&house.prepares_job(("shop", "idle"), job).await.unwrap());
    assert!(run.cookbooks.is_empty() && run.tree.run_list.items().is_empty());
}

#[tokio::test]
async fn solo_is_given_what_its_run_list_needs_and_the_data_bags_that_are_said() {
    let house = kitchen().await;
    let run = house.runs(json!({"mode": "solo", "data_bags": ["users"]})).await.unwrap();
    assert_eq!(
        run.paths(),
        [
            "data_bags/users/ada.json",
            "data_bags/users/bob.json",
            "environments/prod.json",
            "nodes/web1.json",
            "roles/base.json",
            "roles/web.json",
        ]
    );
    assert_eq!(run.folders(), ["cookbooks/apt", "cookbooks/web"]);
    let refused = refusal(house.runs(json!({"mode": "solo", "data_bags": ["gone"]})).await);
    assert!(refused.sentence.contains("gone"), "{}", refused.sentence);
}

#[tokio::test]
async fn a_run_on_the_server_is_told_where_that_is() {
    let house = kitchen().await;
    let run = house.runs(json!({"mode": "server"})).await.unwrap();
    let server = run.tree.server.unwrap();
    assert_eq!((server.port, server.tls, server.application), (4000, false, app("shop")));
    assert!(run.documents.is_empty() && run.cookbooks.is_empty());
    let job = house.asks("shop", json!({"mode": "server"})).await;
    let asked = ChefRunPrepare { job, public_key: None };
    let refused = house.usecases.prepare_chef_run(&machine("shop", "web1"), &asked, None).await;
    let sentence = "this server serves no Chef Server API, which the mode `server` needs";
    assert_eq!(refusal(refused).sentence, sentence);
}

#[tokio::test]
async fn what_cannot_go_together_is_refused() {
    let house = kitchen().await;
    let policy = json!({"name": "p", "group": "g"});
    for (run, sentence) in [
        (
            json!({"policy": policy, "run_list": []}),
            "a run cannot have both a policy and a run list",
        ),
        (
            json!({"policy": policy, "artifacts": {}}),
            "a run cannot have both a policy and artifacts",
        ),
        (
            json!({"policy": policy, "override_run_list": []}),
            "a run cannot have both a policy and an override run list",
        ),
        (
            json!({"policy": policy, "mode": "solo"}),
            "a run in the mode `solo` cannot follow a policy",
        ),
        (
            json!({"artifacts": {}, "mode": "server"}),
            "a run in the mode `server` cannot be given artifacts",
        ),
        (
            json!({"data_bags": ["users"]}),
            "a run in the mode `zero` cannot be given data bags: it reads what it may",
        ),
    ] {
        assert_eq!(refusal(house.runs(run).await).sentence, sentence);
    }
    let odd = house.runs(json!({"mode": "other"})).await.unwrap_err();
    assert!(matches!(odd, Error::Invalid(_)), "{odd}");
}

#[tokio::test]
async fn a_cookbook_s_files_must_be_a_tree() {
    let house = kitchen().await;
    let file = |path: &str| {
        let checksum = crate::cookbooks::md5(1).to_string();
        json!({"name": "x", "path": path, "checksum": checksum, "specificity": "default"})
    };
    let both = json!({"files": [file("files/a"), file("files/a/b")]});
    house.puts_cookbook("bob", "shop", "odd", "1.0.0", both).await;
    let refused = refusal(house.runs(json!({"run_list": ["odd"]})).await).sentence;
    assert!(refused.contains("`odd`") && refused.contains("files/a/b"), "{refused}");
    let long = format!("files/{}", "x".repeat(300));
    house.puts_cookbook("bob", "shop", "long", "1.0.0", json!({"files": [file(&long)]})).await;
    let refused = refusal(house.runs(json!({"run_list": ["long"]})).await).sentence;
    assert!(refused.contains("`long`") && refused.contains(&long), "{refused}");
}
