//! What a machine is told that is to converge without Pantry: the same as for a run, and no more.

use pantry_model::Error;
use pantry_model::chef::ChefServer;
use pantry_model::commands::chef_run::{ChefRunPrepare, Mode};
use serde_json::{Value, json};

use crate::chef_runs::{HTTP, Seen, kitchen, seen};
use crate::house::{House, app, machine};
use crate::standing::refusal;

impl House {
    async fn converts(&self, asked: Value) -> Result<Seen, Error> {
        let job = self.orders("shop", "chef:convert", asked).await;
        self.prepares_job(("shop", "web1"), job).await.map(|run| seen(&run))
    }
}

#[tokio::test]
async fn a_conversion_is_told_what_a_run_is() {
    let house = kitchen().await;
    let client = house.converts(json!({"to": "chef-client"})).await.unwrap();
    let server = ChefServer { port: HTTP.port, tls: HTTP.tls, application: app("shop") };
    assert_eq!((client.tree.mode, client.tree.server), (Mode::Server, Some(server)));
    assert!(client.tree.cookbooks.is_empty() && client.tree.documents.is_empty());

    let asked = json!({"to": "chef-solo", "data_bags": ["users"]});
    let solo = house.converts(asked).await.unwrap();
    let run = house.runs(json!({"mode": "solo", "data_bags": ["users"]})).await.unwrap();
    assert_eq!(solo.tree, run.tree);
    assert!(solo.documents.contains_key("data_bags/users/ada.json"), "{:?}", solo.paths());
    assert!(!solo.documents.contains_key("data_bags/keys/tls.json"), "{:?}", solo.paths());
}

#[tokio::test]
async fn what_is_no_conversion_is_refused() {
    let house = kitchen().await;
    let asked = json!({"to": "chef-client", "data_bags": ["users"]});
    let told = format!("{:?}", refusal(house.converts(asked).await));
    assert!(told.contains("be given data bags"), "{told}");
    for asked in [json!({}), json!({"to": "chef"})] {
        let told = house.converts(asked).await.unwrap_err().to_string();
        assert!(told.contains("says nothing that can be run"), "{told}");
    }
    let back = house.converts(json!({"to": "pantry"})).await.unwrap_err();
    assert!(matches!(back, Error::UnknownJob(_)), "it needs nothing: {back}");
    // A server without HTTP cannot be asked by a chef-client.
    let job = house.orders("shop", "chef:convert", json!({"to": "chef-client"})).await;
    let asked = ChefRunPrepare { job, public_key: None };
    let told = house.usecases.prepare_chef_run(&machine("shop", "web1"), &asked, None).await;
    let told = told.unwrap_err().to_string();
    assert!(told.contains("serves no Chef Server API"), "{told}");
    // Nothing has run, so nothing can have ended.
    let job = house.orders("shop", "chef:convert", json!({"to": "chef-solo"})).await;
    let ended = house.ends(job, &json!({"name": "web1"})).await.unwrap_err();
    assert!(matches!(ended, Error::UnknownJob(_)), "{ended}");
}
