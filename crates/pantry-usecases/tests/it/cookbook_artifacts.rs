//! Cookbook artifacts: made once, never changed, and unknown to whatever knows cookbooks.

use pantry_model::chef::cookbook::{ArtifactsWanted, NewCookbookArtifact, NumVersions};
use pantry_model::refusals::{cookbook_artifacts, cookbooks, request};
use pantry_model::{Acl, Permission};
use pantry_store::Kind;
use serde_json::{Value, json};

use crate::chef::said;
use crate::cookbooks::files;
use crate::people::staffed;
use crate::standing::{of, refusal};

pub(crate) fn artifact(name: &str, identifier: &str, with: &Value) -> NewCookbookArtifact {
    let mut body = json!({ "name": name, "identifier": identifier });
    for (key, value) in with.as_object().unwrap() {
        body[key] = value.clone();
    }
    let body = serde_json::to_vec(&body).unwrap();
    NewCookbookArtifact::read(&body, (name, identifier)).unwrap()
}

pub(crate) fn wanted(of: &Value) -> ArtifactsWanted {
    ArtifactsWanted::read(of.to_string().as_bytes()).unwrap()
}

#[tokio::test]
async fn an_artifact_is_made_once() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    house.uploads("shop", &[1]).await;
    let recipes = json!({ "recipes": files(&[1]), "version": "1.2.3-rc.1+7", "origin_id": "x" });
    it.create_cookbook_artifact(&bob, &artifact("web", "one", &recipes)).await.unwrap();
    it.create_cookbook_artifact(&bob, &artifact("web", "two", &json!({}))).await.unwrap();
    it.create_cookbook_artifact(&bob, &artifact("web-x", "one", &json!({}))).await.unwrap();
    let again = it.create_cookbook_artifact(&bob, &artifact("web", "one", &json!({}))).await;
    assert_eq!(refusal(again), cookbook_artifacts::taken());
    let lacking = artifact("web", "three", &json!({ "recipes": files(&[2]) }));
    let refused = it.create_cookbook_artifact(&bob, &lacking).await;
    assert_eq!(refusal(refused), cookbooks::not_uploaded());

    let shown = it.show_cookbook_artifact(&bob, ("web", "one")).await.unwrap();
    assert_eq!(said(&shown.stored)["version"], "1.2.3-rc.1+7");
    assert_eq!(shown.links.len(), 1);
    let listed = it.list_cookbook_artifacts(&bob).await.unwrap();
    let names: Vec<_> = listed.iter().map(|one| (one.name.as_str(), one.versions.len())).collect();
    assert_eq!(names, [("web", 2), ("web-x", 1)]);
    let listed = it.list_cookbook_artifact_versions(&bob, "web").await.unwrap();
    assert_eq!(listed.versions[0].identifier, "one");
    assert_eq!(listed.versions[0].origin.version.as_deref(), Some("1.2.3-rc.1+7"));
    assert_eq!(listed.versions[0].origin.origin_id.as_deref(), Some("x"));
    assert_eq!(listed.versions[1].origin.version, None);
    // No cookbook is there for it.
    assert!(it.list_cookbooks(&bob, NumVersions::All).await.unwrap().is_empty());

    it.delete_cookbook_artifact(&bob, ("web", "one")).await.unwrap();
    assert!(house.held("shop", &[1]).await.is_empty());
    let gone = it.show_cookbook_artifact(&bob, ("web", "one")).await;
    assert_eq!(refusal(gone), cookbook_artifacts::not_found());
    let object = Kind::CookbookArtifact;
    assert_eq!(it.store().count(&of("shop"), object).await.unwrap(), 2);
    it.delete_cookbook_artifact(&bob, ("web", "two")).await.unwrap();
    assert_eq!(it.store().count(&of("shop"), object).await.unwrap(), 1);
    let gone = it.list_cookbook_artifact_versions(&bob, "web").await;
    assert_eq!(refusal(gone), cookbook_artifacts::not_found());
}

#[tokio::test]
async fn many_are_shown_at_once() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    for name in ["a", "b", "c"] {
        it.create_cookbook_artifact(&bob, &artifact(name, "1", &json!({}))).await.unwrap();
    }
    let asked = wanted(&json!({ "c": "1", "a": "1" }));
    let shown = it.show_cookbook_artifacts(&bob, &asked).await.unwrap();
    let names: Vec<_> = shown.iter().map(|(name, view)| (*name, said(&view.stored))).collect();
    assert_eq!(names[0].0, names[0].1["name"]);
    assert_eq!(names.len(), 2);
    let asked = wanted(&json!({ "a": "2", "b": "1", "x": "1" }));
    let missing = it.show_cookbook_artifacts(&bob, &asked).await;
    assert_eq!(refusal(missing), cookbook_artifacts::missing(&[("a", "2"), ("x", "1")]));
    house.set_acl(&of("shop"), Kind::CookbookArtifact, "b", Acl::default()).await;
    let asked = wanted(&json!({ "a": "1", "b": "1" }));
    let refused = it.show_cookbook_artifacts(&bob, &asked).await;
    assert_eq!(refusal(refused), request::missing_permission(Permission::Read));
}

#[tokio::test]
async fn clients_may_read_artifacts_and_no_more() {
    let house = staffed().await;
    house.api_client("shop", "web1").await;
    let (it, web1) = (&house.usecases, house.client_calls("web1", "shop").await);
    let web = artifact("web", "one", &json!({}));
    let missing = |permission| request::missing_permission(permission);
    let made = it.create_cookbook_artifact(&web1, &web).await;
    assert_eq!(refusal(made), missing(Permission::Create));
    it.create_cookbook_artifact(&house.calls("bob", "shop").await, &web).await.unwrap();
    it.show_cookbook_artifact(&web1, ("web", "one")).await.unwrap();
    let again = it.create_cookbook_artifact(&web1, &web).await;
    assert_eq!(refusal(again), missing(Permission::Update));
    let deleted = it.delete_cookbook_artifact(&web1, ("web", "one")).await;
    assert_eq!(refusal(deleted), missing(Permission::Delete));
}
