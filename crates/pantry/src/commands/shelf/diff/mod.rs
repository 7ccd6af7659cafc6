//! `pantry shelf diff A B COOKBOOK[@VERSION]`.
//!
//! Everything is asked of the ordinary API, as the user: so it works on any Chef server, and shows
//! nothing that the user could not read. Which files differ is told by their MD5s; only those are
//! fetched, for their sizes and, if it is asked for, their text.

mod compare;
mod content;
mod show;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use pantry_berks::RemoteCookbook;
use pantry_http_client::{ChefClient, ChefError, segment};
use pantry_model::{ApplicationName, Version};
use serde::{Deserialize, Serialize};

use super::title::Title;
use crate::commands::Context;
use crate::errors::{CliError, exit};
use compare::{Compared, compare};

/// Options of `shelf diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What A has and B has not is shown as removed, and what only B has as added. Versions that both have
are compared file by file; without @VERSION all of them are. It works on any Chef server, with A and
B as its organizations.

Examples:
  pantry shelf diff shop base nginx
  pantry shelf diff shop base nginx@1.2.3 --text     with what has changed in text files
  pantry shelf diff shop base nginx --json")]
pub(super) struct Options {
    /// An application
    #[arg(value_name = "A")]
    from: ApplicationName,
    /// Another one
    #[arg(value_name = "B")]
    to: ApplicationName,
    /// The cookbook, and one version of it or all
    #[arg(value_name = "COOKBOOK[@VERSION]")]
    cookbook: Title,
    /// Show what has changed in text files
    #[arg(long)]
    text: bool,
}

/// With `--json`.
#[derive(Serialize)]
struct Document<'a> {
    name: &'a str,
    from: &'a ApplicationName,
    to: &'a ApplicationName,
    versions: &'a [Compared],
}

/// Fetches, compares and prints.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let Options { from, to, cookbook, text } = options;
    let name = cookbook.name.as_str();
    let [ours, theirs] =
        [versions(client, from, cookbook).await?, versions(client, to, cookbook).await?];
    let all: BTreeSet<_> = ours.union(&theirs).copied().collect();
    if all.is_empty() {
        let what =
            cookbook.version.map_or_else(|| name.to_owned(), |version| format!("{name} {version}"));
        return Err(CliError::Usage {
            message: format!("neither {from} nor {to} has a cookbook {what}"),
            hint: format!("`pantry -a {from} chef cookbook list --all-versions` shows what it has"),
        });
    }
    let mut compared = Vec::new();
    for Reverse(version) in all {
        let is_in = |side: &BTreeSet<Reverse<Version>>| side.contains(&Reverse(version));
        compared.push(match (is_in(&ours), is_in(&theirs)) {
            (true, true) => {
                let one = fetch(client, from, name, version).await?;
                let other = fetch(client, to, name, version).await?;
                compare(client, version, (&one, &other), *text).await?
            }
            (is_ours, _) => Compared::only(version, if is_ours { from } else { to }),
        });
    }
    if context.print.is_json() {
        context.print.json(&Document { name, from, to, versions: &compared })?;
    } else {
        show::print(options, &compared, context)?;
    }
    Ok(exit::DONE)
}

/// The versions of the cookbook that are meant and that an application has, the newest first.
async fn versions(
    client: &ChefClient,
    application: &ApplicationName,
    cookbook: &Title,
) -> Result<BTreeSet<Reverse<Version>>, CliError> {
    #[derive(Deserialize)]
    struct Listed {
        versions: Vec<ListedVersion>,
    }
    #[derive(Deserialize)]
    struct ListedVersion {
        version: String,
    }
    let name = cookbook.name.as_str();
    let listed = client.get_json(&path(application, name)).await;
    let mut listed: BTreeMap<String, Listed> = match listed {
        // An organization that is not there is another matter.
        Err(ChefError::Refused(refused))
            if refused.status.as_u16() == 404
                && !refused.said.to_ascii_lowercase().contains("organization") =>
        {
            return Ok(BTreeSet::new());
        }
        listed => listed?,
    };
    let listed = listed.remove(name).map(|listed| listed.versions).unwrap_or_default();
    let versions = listed.iter().filter_map(|one| one.version.parse::<Version>().ok());
    let meant = versions.filter(|it| cookbook.version.is_none_or(|version| version == *it));
    Ok(meant.map(Reverse).collect())
}

fn path(application: &ApplicationName, cookbook: &str) -> String {
    let application = segment(application.as_str());
    format!("/organizations/{application}/cookbooks/{}", segment(cookbook))
}

async fn fetch(
    client: &ChefClient,
    application: &ApplicationName,
    name: &str,
    version: Version,
) -> Result<RemoteCookbook, CliError> {
    let path = format!("{}/{version}", path(application, name));
    let body = client.get(&path).await?;
    RemoteCookbook::read(&body).map_err(|error| {
        let (method, url) = ("GET".to_owned(), client.url().join(&path).to_string());
        ChefError::NotUnderstood { method, url, reason: error.to_string() }.into()
    })
}
