//! Which applications use a cookbook, and where.

use pantry_model::Permission;
use pantry_model::chef::{Environment, PolicyRevision};
use pantry_model::refusals::request;
use serde_json::json;

use crate::chef::{node, role};
use crate::house::{House, app};
use crate::standing::refusal;
use crate::vetting::staged;

/// What is told of the uses of a cookbook, a line for each application.
async fn uses(house: &House, name: &str, version: Option<&str>) -> Vec<String> {
    let pivotal = house.calls_globally("pivotal").await;
    let version = version.map(|version| version.parse().unwrap());
    let mut uses =
        house.usecases.cookbook_uses(&pivotal, name.parse().unwrap(), version).await.unwrap();
    let mut lines = Vec::new();
    while let Some(one) = uses.next().await.unwrap() {
        let seen = one.versions.iter().map(|seen| match &seen.shelf {
            Some(shelf) => format!("{} of {shelf}", seen.version),
            None => seen.version.to_string(),
        });
        let nodes = one.nodes.iter().map(|node| {
            let marks = [(node.is_led, "led"), (node.has_run, "ran")];
            let marks: Vec<_> = marks.iter().filter(|it| it.0).map(|it| it.1).collect();
            format!("{} {}", node.name, marks.join("+"))
        });
        let policies = one.policies.iter().map(|policy| {
            let (groups, version) = (policy.groups.join("+"), &policy.lock.version);
            format!("{}/{} {version} {groups}", policy.policy, policy.revision)
        });
        let parts = [seen.collect(), one.environments, nodes.collect(), policies.collect()];
        let parts: Vec<String> = parts.iter().map(|part: &Vec<String>| part.join(", ")).collect();
        lines.push(format!("{}: {}", one.application, parts.join(" | ")));
    }
    lines
}

#[tokio::test]
async fn an_operator_sees_where_a_cookbook_is_used() {
    let house = staged().await;
    let it = &house.usecases;
    house.uploads_cookbook(("sue", "base"), ("apt", "1.0.0"), &[1], json!({})).await;
    house.uploads_cookbook(("sue", "base"), ("apt", "2.0.0"), &[1], json!({})).await;
    house.uploads_cookbook(("bob", "shop"), ("apt", "2.0.0"), &[2], json!({})).await;
    let needs = json!({"dependencies": {"apt": "< 2.0"}});
    house.uploads_cookbook(("bob", "shop"), ("web", "1.0.0"), &[2], needs).await;
    let (ann, bob) = (house.calls("ann", "shop").await, house.calls("bob", "shop").await);
    let sue = house.calls("sue", "base").await;
    it.grant_shelf(&sue, &app("base"), &app("shop")).await.unwrap();
    it.attach_shelf(&ann, &app("base"), None).await.unwrap();

    let body = json!({"name": "prod", "cookbook_versions": {"apt": "= 1.0.0"}}).to_string();
    let prod = Environment::read(body.as_bytes()).unwrap();
    it.create_environment(&bob, &prod).await.unwrap();
    for body in [
        json!({"name": "base", "run_list": ["recipe[apt::default]"]}),
        json!({"name": "outer", "env_run_lists": {"prod": ["role[base]"]}}),
        json!({"name": "other", "run_list": ["recipe[zsh]"]}),
    ] {
        it.create_role(&bob, &role(&body)).await.unwrap();
    }
    for (name, environment, run_list) in [
        ("direct", "_default", &["apt"][..]),
        ("pinned", "_default", &["apt@2.0.0"]),
        ("role", "prod", &["role[outer]"]),
        ("needs", "_default", &["web::x"]),
        ("none", "_default", &["role[other]", "apt2", "xapt"]),
        ("dev", "gone", &["apt"]),
    ] {
        it.create_node(&bob, &node(name, environment, run_list)).await.unwrap();
    }
    let ran = json!({
        "name": "ran", "run_list": [],
        "automatic": {"cookbooks": {"apt": {"version": "2.0.0"}}, "recipes": ["apt::default"]},
    });
    let ran = pantry_model::chef::Node::read_new(ran.to_string().as_bytes()).unwrap();
    it.create_node(&bob, &ran).await.unwrap();
    let lock = json!({"identifier": "f04c", "version": "1.0.0"});
    let body = json!({
        "name": "p", "revision_id": "1", "run_list": [], "cookbook_locks": {"apt": lock},
    });
    let revision = PolicyRevision::read(body.to_string().as_bytes(), "p").unwrap();
    let artifact = json!({"name": "apt", "identifier": "f04c", "metadata": {"version": "1.0.0"}});
    let artifact = artifact.to_string();
    let artifact = pantry_model::chef::cookbook::NewCookbookArtifact::read(
        artifact.as_bytes(),
        ("apt", "f04c"),
    );
    it.create_cookbook_artifact(&bob, &artifact.unwrap()).await.unwrap();
    it.follow_policy(&bob, &"live".parse().unwrap(), &revision).await.unwrap();
    let bound =
        json!({"name": "bound", "run_list": [], "policy_name": "p", "policy_group": "live"});
    let bound = pantry_model::chef::Node::read_new(bound.to_string().as_bytes()).unwrap();
    it.create_node(&bob, &bound).await.unwrap();

    assert_eq!(
        uses(&house, "apt", None).await,
        [
            "base: 2.0.0, 1.0.0 | _default |  | ",
            "shop: 2.0.0, 1.0.0 of base | _default, prod | bound led, direct led, needs led, \
             pinned led, ran ran, role led | p/1 1.0.0 live",
        ]
    );
    assert_eq!(
        uses(&house, "apt", Some("1.0.0")).await,
        [
            "base: 1.0.0 | _default |  | ",
            "shop: 1.0.0 of base | _default, prod | bound led, direct led, needs led, role led | \
             p/1 1.0.0 live",
        ]
    );
    // Of this version, the node in `prod` and what needs an older one get nothing.
    assert_eq!(
        uses(&house, "apt", Some("2.0.0")).await,
        [
            "base: 2.0.0 | _default |  | ",
            "shop: 2.0.0 | _default | direct led, pinned led, ran ran | "
        ]
    );
    assert!(uses(&house, "none", None).await.is_empty());
    for who in ["ann", "sue"] {
        let caller = house.calls_globally(who).await;
        let refused = it.cookbook_uses(&caller, "apt".parse().unwrap(), None).await.map(drop);
        assert_eq!(refusal(refused), request::missing_permission(Permission::Read));
    }
}
