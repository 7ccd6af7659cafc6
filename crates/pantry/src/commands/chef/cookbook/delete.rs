//! `pantry chef cookbook delete NAME VERSION`, or `--all`.

use std::collections::BTreeMap;

use pantry_http_client::{ChefClient, segment};
use serde_json::json;

use super::super::verbs::delete::Sure;
use super::list::Listed;
use super::path;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `chef cookbook delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Files that no other cookbook has go with it.

Examples:
  pantry -a shop chef cookbook delete nginx 1.2.3
  pantry -a shop chef cookbook delete nginx --all          every version
  pantry -a shop chef cookbook delete nginx 1.2.3 --yes")]
pub(super) struct Options {
    /// Which
    #[arg(value_name = "NAME")]
    name: String,
    /// Which version of it
    #[arg(value_name = "VERSION", required_unless_present = "all", conflicts_with = "all")]
    version: Option<String>,
    /// Every version of it
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    sure: Sure,
}

/// Asks the user, then the server.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let name = &options.name;
    let versions = match &options.version {
        Some(version) => vec![version.clone()],
        None => versions(name, client).await?,
    };
    let (what, of) = (versions.join(", "), client.url());
    let question = format!("Delete the cookbook {name} {what} of {of}? There is no way back.");
    context.confirm_deletion(options.sure.yes, &question)?;
    let mut ended = exit::DONE;
    for version in &versions {
        match client.delete(&path(name, Some(version))).await {
            Ok(_) if context.print.is_json() => {
                let done = json!({
                    "kind": "cookbook", "name": name, "version": version, "result": "deleted",
                });
                context.print.json(&done)?;
            }
            Ok(_) => context.print.note(&format!("deleted the cookbook {name} {version}")),
            Err(error) if versions.len() == 1 => return Err(error.into()),
            Err(error) => ended = context.failed(ended, &error.into()),
        }
    }
    Ok(ended)
}

/// All versions of a cookbook.
async fn versions(name: &str, client: &ChefClient) -> Result<Vec<String>, CliError> {
    let path = format!("/cookbooks/{}", segment(name));
    let mut found: BTreeMap<String, Listed> = client.get_json(&path).await?;
    let versions = found.remove(name).map(|listed| listed.versions).unwrap_or_default();
    Ok(versions.into_iter().map(|version| version.version).collect())
}
