//! `GET /cookbook_uses/NAME`: which organizations use a cookbook, or with `?version=` one version of it,
//! and where; for superusers.
//!
//! What one organization has to do with it is written before the next one is looked at.

use bytes::Bytes;
use pantry_model::Error;
use pantry_model::chef::cookbook::read_version;
use pantry_model::refusals::cookbooks;
use pantry_usecases::{ApplicationUses, CookbookUses};
use serde_json::{Value, json};
use tokio::sync::mpsc;

use hyper::StatusCode;

use crate::answer::Answer;
use crate::call::Call;
use crate::outgoing::{Outgoing, Part};

/// Looks through all organizations.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let name = call.parameter("cookbook");
    let name: pantry_model::CookbookName =
        name.parse().map_err(|_| cookbooks::invalid_name(name))?;
    let version = call.query("version").map(|text| read_version(&text)).transpose()?;
    let caller = call.caller()?;
    let head = json!({ "name": name, "version": version.map(|version| version.to_string()) });
    let mut uses = call.usecases().cookbook_uses(&caller, name, version).await?;
    // What fails at once is still told as such.
    let first = uses.next().await?;
    let (parts, body) = Outgoing::in_parts();
    tokio::spawn(async move {
        // If it fails its reader is told by the connection's end; why, is told here.
        if let Err(error) = send(&head, first, uses, &parts).await {
            tracing::error!(%error, "the uses of a cookbook could not be looked up");
        }
    });
    Ok(Answer::in_parts(StatusCode::OK, body))
}

async fn send(
    head: &Value,
    first: Option<ApplicationUses>,
    mut uses: CookbookUses,
    parts: &mpsc::Sender<Part>,
) -> Result<(), Error> {
    let mut text = head.to_string();
    // The object goes on.
    text.pop();
    text.push_str(r#","applications":["#);
    let mut next = first;
    while let Some(one) = next {
        text.push_str(&line(&one).to_string());
        next = uses.next().await?;
        if next.is_some() {
            text.push(',');
        }
        // Whoever asked may have gone.
        if parts.send(Part::Bytes(Bytes::from(std::mem::take(&mut text)))).await.is_err() {
            return Ok(());
        }
    }
    text.push_str("]}");
    let _ = parts.send(Part::Bytes(Bytes::from(text))).await;
    let _ = parts.send(Part::End).await;
    Ok(())
}

fn line(of: &ApplicationUses) -> Value {
    let versions = of
        .versions
        .iter()
        .map(|seen| json!({ "version": seen.version.to_string(), "shelf": seen.shelf.as_ref() }));
    let nodes = of.nodes.iter().map(
        |node| json!({ "name": node.name, "leads_to_it": node.is_led, "has_run_it": node.has_run }),
    );
    let policies = of.policies.iter().map(|policy| {
        json!({
            "name": policy.policy,
            "revision_id": policy.revision,
            "version": policy.lock.version,
            "identifier": policy.lock.identifier,
            "groups": policy.groups,
        })
    });
    json!({
        "name": of.application,
        "versions": versions.collect::<Value>(),
        "environments": of.environments,
        "nodes": nodes.collect::<Value>(),
        "policies": policies.collect::<Value>(),
    })
}
