//! Runs that follow a policy, and runs with artifacts that are said.

use pantry_model::PolicyGroupName;
use pantry_model::chef::{Node, PolicyRevision};
use pantry_store::Kind;
use serde_json::json;

use crate::chef_runs::kitchen;
use crate::cookbook_artifacts::artifact;
use crate::cookbooks::files;
use crate::house::House;
use crate::standing::{of, refusal};

const ID: &str = "f04cc40faf628253fe7d9566d66a1733fb1afbe9";

/// The kitchen, with the artifact `web` and the policy `site`, which the group `live` follows.
async fn with_policy() -> House {
    let house = kitchen().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    house.uploads("shop", &[1, 2, 3]).await;
    let recipes = json!({"recipes": files(&[1]), "version": "1.0.0"});
    it.create_cookbook_artifact(&bob, &artifact("web", ID, &recipes)).await.unwrap();
    let dashed = json!({"recipes": files(&[2]), "version": "1.0.0"});
    it.create_cookbook_artifact(&bob, &artifact("apt", "one-two", &dashed)).await.unwrap();
    for (group, id, locks) in [
        ("live", "909c26", json!({"web": {"identifier": ID, "version": "1.0.0"}})),
        ("dash", "909c27", json!({"apt": {"identifier": "one-two", "version": "1.0.0"}})),
        ("void", "909c28", json!({"web": {"identifier": "none", "version": "1.0.0"}})),
    ] {
        let body = json!({
            "name": "site", "revision_id": id, "run_list": ["recipe[web::r1]"],
            "cookbook_locks": locks, "default_attributes": {"n": 1},
        });
        let revision = PolicyRevision::read(body.to_string().as_bytes(), "site").unwrap();
        let group: PolicyGroupName = group.parse().unwrap();
        it.follow_policy(&bob, &group, &revision).await.unwrap();
    }
    house
}

fn site(group: &str) -> serde_json::Value {
    json!({"policy": {"name": "site", "group": group}})
}

#[tokio::test]
async fn a_policy_lies_there_as_an_exported_one() {
    let house = with_policy().await;
    let run = house.runs(site("live")).await.unwrap();
    assert_eq!(run.folders(), [format!("cookbook_artifacts/web-{ID}")]);
    assert_eq!(
        run.cookbooks[&format!("cookbook_artifacts/web-{ID}")],
        ["metadata.json", "recipes/r1.rb"]
    );
    assert_eq!(run.documents["policies/site-909c26.json"]["default_attributes"], json!({"n": 1}));
    assert_eq!(
        run.documents["policy_groups/live.json"],
        json!({"name": "live", "policies": {"site": {"revision_id": "909c26"}}})
    );
    let node = &run.documents["nodes/web1.json"];
    assert_eq!((&node["policy_name"], &node["policy_group"]), (&json!("site"), &json!("live")));
    assert_eq!(node["run_list"], json!(["recipe[web::r1]"]));
    assert_eq!(run.tree.environment.as_str(), "_default");
    assert_eq!(run.tree.policy.unwrap().name.as_str(), "site");
    assert!(run.documents.contains_key("data_bags/users/ada.json"));
    assert!(!run.documents.contains_key("policy_groups/dash.json"));
}

#[tokio::test]
async fn a_node_follows_its_policy_unless_a_run_list_is_said() {
    let house = with_policy().await;
    let body = json!({"name": "web1", "chef_environment": "prod", "run_list": ["recipe[apt]"],
        "policy_name": "site", "policy_group": "live"});
    let node = Node::read_new(body.to_string().as_bytes()).unwrap();
    let web1 = house.client_calls("web1", "shop").await;
    house.usecases.update_node(&web1, &node).await.unwrap();
    let run = house.runs(json!({})).await.unwrap();
    assert_eq!(run.tree.policy.as_ref().unwrap().group.as_str(), "live");
    assert_eq!(run.folders(), [format!("cookbook_artifacts/web-{ID}")]);
    for said in [json!({"run_list": ["other"]}), json!({"override_run_list": ["other"]})] {
        let run = house.runs(said).await.unwrap();
        assert!(run.tree.policy.is_none());
        assert_eq!(run.folders(), ["cookbooks/other"]);
        let node = &run.documents["nodes/web1.json"];
        assert!(node.get("policy_name").is_none() && node.get("policy_group").is_none());
    }
    let run = house.runs(json!({"mode": "server"})).await.unwrap();
    assert_eq!(run.tree.run_list.items()[0].as_str(), "recipe[web::r1]");
    let refused = refusal(house.runs(json!({"mode": "solo"})).await).sentence;
    assert_eq!(refused, "a run in the mode `solo` cannot follow a policy, as the node does");
}

#[tokio::test]
async fn a_policy_that_cannot_be_followed_is_refused() {
    let house = with_policy().await;
    let refused = refusal(house.runs(site("none")).await).sentence;
    assert_eq!(refused, "Cannot load policy site in policy group none");
    let refused = refusal(house.runs(site("dash")).await).sentence;
    assert!(refused.contains("`one-two`") && refused.contains("--mode server"), "{refused}");
    let refused = refusal(house.runs(site("void")).await).sentence;
    assert_eq!(refused, "Cannot find the cookbook artifacts web none");
    for (kind, name, what) in [
        (Kind::Policy, "site", "policy"),
        (Kind::PolicyGroup, "live", "policy group"),
        (Kind::CookbookArtifact, "web", "cookbook artifacts"),
    ] {
        let before = house.acl(&of("shop"), kind, name).await;
        house.set_acl(&of("shop"), kind, name, pantry_model::Acl::default()).await;
        let refused = refusal(house.runs(site("live")).await).sentence;
        assert_eq!(
            refused,
            format!("the API client `web1` may not read the {what} `{name}`, which the run needs")
        );
        house.set_acl(&of("shop"), kind, name, before).await;
    }
}

#[tokio::test]
async fn artifacts_that_are_said_stand_in_the_place_of_a_solution() {
    let house = with_policy().await;
    let run = json!({"run_list": ["recipe[apt::r2]"], "artifacts": {"apt": "one-two", "web": ID}});
    let run = house.runs(run).await.unwrap();
    assert_eq!(run.folders(), ["cookbooks/apt", "cookbooks/web"]);
    assert_eq!(run.cookbooks["cookbooks/apt"], ["metadata.json", "recipes/r2.rb"]);
    assert_eq!(run.documents["environments/prod.json"]["cookbook_versions"], json!({}));
    let refused = refusal(house.runs(json!({"artifacts": {"web": ID}})).await).sentence;
    assert_eq!(refused, "the run list needs the cookbook `apt`, and no artifact of it is said");
    let gone = json!({"artifacts": {"web": ID, "apt": "gone"}});
    let refused = refusal(house.runs(gone).await).sentence;
    assert_eq!(refused, "Cannot find the cookbook artifacts apt gone");
}
