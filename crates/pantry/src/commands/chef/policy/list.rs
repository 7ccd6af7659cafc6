//! `pantry chef policy list`.

use pantry_http_client::ChefClient;

use super::revisions::{self, Revision, short};
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;

/// Options of `chef policy list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Of ids the beginning is shown, by which `policy show` knows them as well.

Examples:
  pantry -a shop chef policy list
  pantry -a shop chef policy list --group prod
  pantry -a shop chef policy list --orphans        revisions that no group follows
  pantry -a shop chef policy list --json           with whole ids")]
pub(super) struct Options {
    /// Only what this policy group follows
    #[arg(long, value_name = "GROUP", conflicts_with = "orphans")]
    group: Option<String>,
    /// Only what no policy group follows
    #[arg(long)]
    orphans: bool,
}

/// Asks and prints.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let mut revisions = revisions::all(client).await?;
    revisions.retain(|revision| is_meant(options, revision));
    if context.print.is_json() {
        context.print.json(&revisions)?;
    } else if revisions.is_empty() {
        context.print.note(&match (&options.group, options.orphans) {
            (Some(group), _) => format!("the policy group {group} follows nothing"),
            (None, true) => "every revision is followed by a policy group".to_owned(),
            (None, false) => "there are no policies".to_owned(),
        });
    } else {
        let row = |it: Revision| [it.policy, short(&it.revision_id), it.groups.join(", ")];
        let text = table(["policy", "revision", "groups"], revisions.into_iter().map(row));
        context.print.line(&text)?;
    }
    Ok(exit::DONE)
}

fn is_meant(options: &Options, revision: &Revision) -> bool {
    match &options.group {
        Some(group) => revision.groups.contains(group),
        None => !options.orphans || revision.groups.is_empty(),
    }
}
