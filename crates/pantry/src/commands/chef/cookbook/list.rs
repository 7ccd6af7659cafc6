//! `pantry chef cookbook list`.

use std::collections::BTreeMap;

use pantry_http_client::ChefClient;
use serde::{Deserialize, Serialize};

use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;

/// Options of `chef cookbook list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry -a shop chef cookbook list                  the newest version of each
  pantry -a shop chef cookbook list --all-versions
  pantry -a shop chef cookbook list --json")]
pub(super) struct Options {
    /// Not only the newest version of each
    #[arg(long)]
    all_versions: bool,
}

/// A cookbook, as servers list it.
#[derive(Deserialize)]
pub(super) struct Listed {
    url: String,
    pub(super) versions: Vec<ListedVersion>,
}

#[derive(Deserialize)]
pub(super) struct ListedVersion {
    pub(super) version: String,
}

/// With `--json`.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    url: &'a str,
    versions: Vec<&'a str>,
}

/// Asks and prints.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let count = if options.all_versions { "all" } else { "1" };
    let path = format!("/cookbooks?num_versions={count}");
    let all: BTreeMap<String, Listed> = client.get_json(&path).await?;
    let lines = all.iter().map(|(name, Listed { url, versions })| {
        let versions = versions.iter().map(|version| version.version.as_str()).collect();
        Line { name, url, versions }
    });
    if context.print.is_json() {
        context.print.json(&lines.collect::<Vec<_>>())?;
    } else if all.is_empty() {
        context.print.note("there are no cookbooks");
    } else {
        let title = if options.all_versions { "versions" } else { "version" };
        let rows = lines.map(|line| [line.name.to_owned(), line.versions.join(" ")]);
        context.print.line(&table(["name", title], rows))?;
    }
    Ok(exit::DONE)
}
