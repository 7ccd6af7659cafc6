//! `pantry chef cookbook upload DIR…`.
//!
//! The files of all cookbooks go first, through one sandbox; then the manifests, each after those that
//! it depends on. A manifest that is refused keeps only those from being sent that depend on it.

use std::path::PathBuf;

use pantry_berks::{Cookbook, Manifest, Naming};
use pantry_http_client::{ChefClient, Uploaded};
use serde_json::json;

use super::super::contents;
use super::{local, order, path};
use crate::commands::Context;
use crate::errors::{CliError, describe, exit};

/// Options of `chef cookbook upload`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A cookbook is a folder with a metadata.rb, which is evaluated without Ruby, or a metadata.json, which
is taken first. What its chefignore names is left out. Files that the server has are not sent again.
Cookbooks that others of them depend on are sent before those.

Examples:
  pantry -a shop chef cookbook upload cookbooks/nginx
  pantry -a shop chef cookbook upload cookbooks/* --freeze
  pantry -a shop chef cookbook upload nginx apt --cookbook-path cookbooks
  pantry -a shop chef cookbook upload cookbooks/nginx --force     over a frozen one")]
pub(super) struct Options {
    /// Folders of cookbooks, or their names in --cookbook-path
    #[arg(value_name = "DIR", required = true)]
    cookbooks: Vec<PathBuf>,
    /// A folder with cookbooks; can be given again
    #[arg(long = "cookbook-path", value_name = "DIR")]
    cookbook_paths: Vec<PathBuf>,
    /// Let nobody replace these versions without --force
    #[arg(long)]
    freeze: bool,
    /// Replace versions that are frozen
    #[arg(long)]
    force: bool,
}

/// How versions are sent.
#[derive(Clone, Copy, Debug)]
pub(in crate::commands) struct How {
    /// So that nobody replaces them without force.
    pub(in crate::commands) freeze: bool,
    /// Over those that are frozen.
    pub(in crate::commands) force: bool,
}

/// Reads, sends, and says what became of each.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let cookbooks = local::load(&options.cookbooks, &options.cookbook_paths, &context.environment)?;
    let how = How { freeze: options.freeze, force: options.force };
    send_all(&cookbooks, how, client, context).await
}

/// Sends cookbooks, and says what became of each.
pub(in crate::commands) async fn send_all(
    cookbooks: &[Cookbook],
    how: How,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let files = cookbooks.iter().flat_map(|it| &it.files);
    let Uploaded { contents, sent, .. } = contents::send(client, files, &mut context.print).await?;
    let needs = order::needs(cookbooks);
    let mut failed = Vec::new();
    let mut ended = exit::DONE;
    for at in order::sorted(cookbooks) {
        let Some(cookbook) = cookbooks.get(at) else { continue };
        let needed = needs.get(at).map(Vec::as_slice).unwrap_or_default();
        let missing =
            needed.iter().filter(|it| failed.contains(*it)).find_map(|it| cookbooks.get(*it));
        let outcome = match missing {
            None => send(cookbook, how, client).await,
            Some(missing) => {
                Err(CliError::NotSent { cookbook: cookbook.title(), needed: missing.title() })
            }
        };
        match outcome {
            Ok(()) => tell(cookbook, how, context)?,
            Err(error) if cookbooks.len() == 1 => return Err(error),
            Err(error) => {
                failed.push(at);
                if context.print.is_json() {
                    context.print.json(&json!({
                        "kind": "cookbook", "name": cookbook.name, "version": cookbook.version(),
                        "result": "failed", "error": describe(&error),
                    }))?;
                }
                ended = context.failed(ended, &error);
            }
        }
    }
    if !context.print.is_json() {
        context.print.note(&format!("{contents} files, of which {sent} were sent"));
    }
    Ok(ended)
}

/// Sends a cookbook whose files are there.
async fn send(cookbook: &Cookbook, how: How, client: &ChefClient) -> Result<(), CliError> {
    let is_frozen = how.freeze || cookbook.is_frozen;
    let manifest = Manifest::new(cookbook, Naming::Version, is_frozen, client.api_version());
    let body = serde_json::to_vec(&manifest).map_err(|error| CliError::BadObject {
        path: cookbook.folder.clone(),
        reason: error.to_string(),
    })?;
    let force = if how.force { "?force=true" } else { "" };
    let path = path(cookbook.name.as_str(), Some(cookbook.version()));
    client.put(&format!("{path}{force}"), body).await?;
    Ok(())
}

fn tell(cookbook: &Cookbook, how: How, context: &mut Context) -> Result<(), CliError> {
    let is_frozen = how.freeze || cookbook.is_frozen;
    if context.print.is_json() {
        return context.print.json(&json!({
            "kind": "cookbook", "name": cookbook.name, "version": cookbook.version(),
            "result": "uploaded", "frozen": is_frozen, "files": cookbook.files.len(),
        }));
    }
    let frozen = if is_frozen { ", frozen" } else { "" };
    context.print.line(&format!("uploaded  cookbook {}{frozen}", cookbook.title()))
}
