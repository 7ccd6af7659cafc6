//! `pantry chef policy push [FILE] --group GROUP`.
//!
//! Cookbooks go first, as artifacts, which nothing uses until the group follows the revision. So a
//! push that is broken off has changed nothing for any node, and the next one sends what is missing.

use std::path::PathBuf;

use pantry_http_client::{ChefClient, segment};
use pantry_model::PolicyGroupName;
use serde::Serialize;

use super::artifacts::{self, Artifact};
use super::lock::Lock;
use super::place;
use super::revisions::short;
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::clean::{Colours, clean};

/// Options of `chef policy push`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The FILE is what `chef install` and `chef update` write. Each cookbook is taken from the folder that
it was locked from, or looked for in the folders that --cookbooks names: what `chef export` makes
(`cookbook_artifacts`), what Chef's tools have downloaded
(`~/.chef-workstation/cache/cookbooks`), or any other. It must have the content that was locked.
What the server has already is not sent again.

Examples:
  pantry -a shop chef policy push --group prod
  pantry -a shop chef policy push policies/web.lock.json --group prod
  pantry -a shop chef policy push export --cookbooks export/cookbook_artifacts --group prod")]
pub(super) struct Options {
    /// The lock file, or the folder of a `Policyfile.lock.json`
    #[arg(value_name = "FILE", default_value = ".")]
    file: PathBuf,
    /// The policy group that is to follow it
    #[arg(long, value_name = "GROUP")]
    group: PolicyGroupName,
    /// A folder with cookbooks; may be given several times
    #[arg(long, value_name = "DIR")]
    cookbooks: Vec<PathBuf>,
}

/// With `--json`.
#[derive(Serialize)]
struct Pushed<'a> {
    policy: &'a str,
    revision_id: &'a str,
    group: &'a PolicyGroupName,
    cookbooks: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    version: &'a str,
    identifier: &'a str,
    result: &'static str,
}

/// Sends what is missing, and has the group follow it.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let lock = Lock::read(&options.file, &context.environment)?;
    let there = artifacts::there(client).await?;
    let mut missing = Vec::new();
    for locked in lock.cookbooks.iter().filter(|locked| !there.has(locked)) {
        let cookbook = place::find(&lock, locked, &options.cookbooks, &context.environment)?;
        missing.push(Artifact { identifier: locked.identifier.clone(), cookbook });
    }
    artifacts::upload(client, missing, &mut context.print).await?;

    let group = &options.group;
    let (to, policy) = (segment(group.as_str()), segment(&lock.policy));
    client.put(&format!("/policy_groups/{to}/policies/{policy}"), lock.body.clone()).await?;

    let result = |locked| if there.has(locked) { "unchanged" } else { "uploaded" };
    let lines = lock.cookbooks.iter().map(|locked| Line {
        name: locked.name.as_str(),
        version: &locked.version,
        identifier: &locked.identifier,
        result: result(locked),
    });
    let (policy, revision_id) = (&lock.policy, &lock.revision_id);
    if context.print.is_json() {
        let pushed = Pushed { policy, revision_id, group, cookbooks: lines.collect() };
        context.print.json(&pushed)?;
        return Ok(exit::DONE);
    }
    for Line { name, version, identifier, result } in lines {
        let line = format!("{result:<9} cookbook {name} {version} ({})", short(identifier));
        context.print.line(&clean(&line, Colours::Removed))?;
    }
    context.print.line(&format!("{group} follows {policy} {}", short(revision_id)))?;
    Ok(exit::DONE)
}
