//! `pantry shelf promote STAGING TO NAME@VERSION…`.

use pantry_http_client::ChefClient;
use pantry_model::ApplicationName;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::document;
use super::title::{ExactTitle, by_name};
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::clean::{Colours, clean};

/// Options of `shelf promote`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What the versions need, and TO does not have, comes along: as little as will do. It is all there at
once, or nothing is, and it is frozen. The ledger of TO says who has promoted what, and from where.
It needs that you may read STAGING's cookbooks and upload to TO.

Examples:
  pantry shelf promote staging base nginx@1.2.3
  pantry shelf promote staging base nginx@1.2.3 apt@7.0.0
  pantry shelf promote staging base nginx@1.2.3 --dry-run     what would be promoted, and why")]
pub(super) struct Options {
    /// The application that has them
    #[arg(value_name = "STAGING")]
    from: ApplicationName,
    /// The shelf
    #[arg(value_name = "TO")]
    to: ApplicationName,
    /// Versions of cookbooks
    #[arg(value_name = "NAME@VERSION", required = true)]
    versions: Vec<ExactTitle>,
    /// Only say what would be promoted
    #[arg(long)]
    dry_run: bool,
}

/// What a server says of it.
#[derive(Debug, Deserialize)]
struct Promotion {
    cookbooks: Vec<Promoted>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Promoted {
    name: String,
    version: String,
    result: String,
    #[serde(default)]
    needed_by: Option<Need>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Need {
    name: String,
    version: String,
    constraint: String,
}

/// Asks for it.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let Options { from, to, versions, dry_run } = options;
    let body = json!({ "from": from, "cookbooks": by_name(versions), "dry_run": dry_run });
    let path = format!("{}/promotions", document::path(to));
    // What is there is passed over, so that it may be asked for again.
    let said: Value = client.query(&path, body.to_string().into_bytes()).await?;
    if context.print.is_json() {
        context.print.json(&said)?;
        return Ok(exit::DONE);
    }
    let Promotion { cookbooks } =
        serde_json::from_value(said).map_err(|error| CliError::Nonsense(error.to_string()))?;
    for one in &cookbooks {
        context.print.line(&clean(&line(one), Colours::Removed))?;
    }
    let count = cookbooks.iter().filter(|one| one.result != "present").count();
    context.print.note(&match (count, dry_run) {
        (0, _) => format!("{to} has all of it already"),
        (count, true) => format!("{count} would be promoted to {to}"),
        (count, false) => {
            format!("{count} promoted to {to}, frozen: whoever uses {to} has them from now on")
        }
    });
    Ok(exit::DONE)
}

fn line(one: &Promoted) -> String {
    let Promoted { name, version, result, needed_by } = one;
    let result = match result.as_str() {
        "present" => "unchanged",
        "promotable" => "to promote",
        result => result,
    };
    let line = format!("{result:<10} cookbook {name} {version}");
    match needed_by {
        Some(Need { name: by, version, constraint }) => {
            format!("{line}, since {by} {version} needs {name} ({constraint})")
        }
        None => line,
    }
}
