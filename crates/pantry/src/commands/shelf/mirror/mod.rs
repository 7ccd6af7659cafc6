//! `pantry shelf mirror SOURCE NAME[@CONSTRAINT]… --to STAGING`.
//!
//! All is fetched before anything is sent: so what cannot be had, or is in the way, keeps the rest from
//! being there without it.

mod fetch;
mod plan;
mod source;
mod staging;

use std::path::PathBuf;

use pantry_http_client::{ChefClient, ServerUrl};
use pantry_model::ApplicationName;
use serde_json::json;

use super::super::chef::cookbook::{How, send_all};
use crate::chef_server::ChefServer;
use crate::commands::Context;
use crate::errors::{CliError, exit};
use plan::{Chosen, Wanted};

/// Options of `shelf mirror`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The source is a Supermarket, or a shelf of another Pantry, which is read as one; or an
organization on a Chef server, which is read with your key. Of each cookbook the newest version is
taken that fits, and of all that it depends on as well. What is there already and is the same is
passed over; if it is not the same, nothing is sent.

Examples:
  pantry shelf mirror https://supermarket.chef.io nginx --to staging --freeze
  pantry shelf mirror https://supermarket.chef.io nginx@'~> 12.0' apt@7.5.0 --to staging --dry-run
  pantry shelf mirror https://pantry.example.org/shelves/base nginx --to staging
  pantry shelf mirror https://chef.example.org/organizations/shop web --to staging \\
    --source-user ada --source-key ada.pem")]
pub(super) struct Options {
    /// Where the cookbooks are now
    #[arg(value_name = "SOURCE")]
    source: ServerUrl,
    /// Which, and in which versions
    #[arg(value_name = "NAME[@CONSTRAINT]", required = true)]
    cookbooks: Vec<Wanted>,
    /// The application that gets them
    #[arg(long, value_name = "STAGING")]
    to: ApplicationName,
    /// Let nobody replace these versions without --force
    #[arg(long)]
    freeze: bool,
    /// Only say what would be fetched
    #[arg(long)]
    dry_run: bool,
    /// Who reads the source; a Supermarket is read by nobody in particular [for a Chef server: you]
    #[arg(long, value_name = "NAME", requires = "source_key")]
    source_user: Option<String>,
    /// The file with that one's RSA key
    #[arg(long, value_name = "FILE", requires = "source_user")]
    source_key: Option<PathBuf>,
}

/// Chooses, fetches, compares and sends.
pub(super) async fn run(
    options: &Options,
    (client, server): (&ChefClient, &ChefServer),
    context: &mut Context,
) -> Result<u8, CliError> {
    let staging = client.in_organization(options.to.as_str());
    let source = source::open(options, server, context)?;
    let universe = source.universe().await?;
    let Some(chosen) = plan::choose(&universe, &options.cookbooks, context)? else {
        return Ok(exit::FAILED);
    };
    let there = staging::versions(&staging).await?;
    if options.dry_run {
        for one in &chosen {
            let result = if there.contains(&one.id()) { "there" } else { "new" };
            tell(one, result, context)?;
        }
        return Ok(exit::DONE);
    }
    let folder = tempfile::tempdir().map_err(|source| CliError::File {
        action: "written",
        path: std::env::temp_dir(),
        source,
    })?;
    let fetched = fetch::all(&source, &chosen, folder.path(), context).await?;
    let mut new = Vec::new();
    let mut differing = Vec::new();
    for (one, cookbook) in chosen.iter().zip(fetched) {
        if !there.contains(&one.id()) {
            new.push(cookbook);
        } else if staging::has_the_same(&staging, &cookbook).await? {
            tell(one, "unchanged", context)?;
        } else {
            differing.push(cookbook.title());
        }
    }
    if !differing.is_empty() {
        let (cookbooks, place) = (differing.join(", "), options.to.to_string());
        return Err(CliError::DiffersThere { cookbooks, place });
    }
    if new.is_empty() {
        return Ok(exit::DONE);
    }
    let how = How { freeze: options.freeze, force: false };
    send_all(&new, how, &staging, context).await
}

fn tell(one: &Chosen, result: &str, context: &mut Context) -> Result<(), CliError> {
    if context.print.is_json() {
        return context.print.json(&json!({
            "kind": "cookbook", "name": one.name, "version": one.written, "result": result,
        }));
    }
    context.print.line(&format!("{result:<9}  cookbook {} {}", one.name, one.written))
}
