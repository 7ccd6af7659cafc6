//! The shelves of an application, as a server tells them, and what is printed after each change.

use std::collections::BTreeMap;

use pantry_http_client::{ChefClient, ChefError, segment};
use pantry_model::ApplicationName;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::commands::Context;
use crate::errors::CliError;

/// A shelf of an application.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Attached {
    /// Its name.
    pub(super) name: String,
    /// Whether it is there, and the application may use it.
    pub(super) usable: bool,
}

#[derive(Deserialize)]
struct All {
    shelves: Vec<Attached>,
}

/// Where they are.
pub(super) fn path(application: &ApplicationName) -> String {
    format!("/organizations/{}/shelves", segment(application.as_str()))
}

/// The shelves of an application, in order.
pub(super) async fn all(
    client: &ChefClient,
    application: &ApplicationName,
) -> Result<Vec<Attached>, ChefError> {
    let all: All = client.get_json(&path(application)).await?;
    Ok(all.shelves)
}

/// Prints what came of a change: with `--json` the shelves, else a sentence and how many cookbooks
/// the application sees now. Who may not read those is not told.
pub(super) async fn print(
    client: &ChefClient,
    application: &ApplicationName,
    sentence: &str,
    context: &mut Context,
) -> Result<(), CliError> {
    if context.print.is_json() {
        let shelves = all(client, application).await?;
        return context.print.json(&shelves);
    }
    let cookbooks =
        format!("/organizations/{}/cookbooks?num_versions=0", segment(application.as_str()));
    let seen: Option<BTreeMap<String, IgnoredAny>> = client.get_json(&cookbooks).await.ok();
    let seen = match seen.map(|seen| seen.len()) {
        Some(0) => format!("; {application} sees no cookbooks now"),
        Some(1) => format!("; {application} sees one cookbook now"),
        Some(seen) => format!("; {application} sees {seen} cookbooks now"),
        None => String::new(),
    };
    context.print.note(&format!("{sentence}{seen}"));
    Ok(())
}
