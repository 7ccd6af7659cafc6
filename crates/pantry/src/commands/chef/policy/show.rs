//! `pantry chef policy show POLICY [REVISION]`.

use pantry_http_client::{ChefClient, ChefError, segment};

use super::super::document::Document;
use super::super::verbs::show::print;
use super::revisions;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// What people want to see first, and what comes last.
pub(super) const ORDER: (&[&str], &[&str]) = (
    &["revision_id", "name", "policy_group_list", "run_list", "named_run_lists", "cookbook_locks"],
    &["solution_dependencies"],
);

/// Options of `chef policy show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without a REVISION and without --group, the policy must have one revision only. What is printed is
what the server has, and can be pushed again.

Examples:
  pantry -a shop chef policy show web --group prod
  pantry -a shop chef policy show web 896217d5d8
  pantry -a shop chef policy show web --group prod > Policyfile.lock.json")]
pub(super) struct Options {
    /// Which policy
    #[arg(value_name = "POLICY")]
    policy: String,
    /// The id of a revision, or its beginning
    #[arg(value_name = "REVISION", conflicts_with = "group")]
    revision: Option<String>,
    /// What this policy group follows
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
}

/// Asks and prints.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let policy = segment(&options.policy);
    let path = match &options.group {
        Some(group) => format!("/policy_groups/{}/policies/{policy}", segment(group)),
        None => {
            let id = meant(options, client).await?;
            format!("/policies/{policy}/revisions/{}", segment(&id))
        }
    };
    let body = client.get(&path).await?;
    let document = Document::read(&body).map_err(|reason| {
        let url = client.url().join(&path).to_string();
        ChefError::NotUnderstood { method: "GET".to_owned(), url, reason }
    })?;
    print(&document, ORDER, context)?;
    Ok(exit::DONE)
}

/// The id of the revision that is meant: the only one that begins so. If there is none, what was
/// given is asked for, and the server says what it has to say.
async fn meant(options: &Options, client: &ChefClient) -> Result<String, CliError> {
    let policy = &options.policy;
    let beginning = options.revision.as_deref().unwrap_or_default();
    let mut ids = revisions::of(client, policy).await?;
    if ids.iter().any(|id| id == beginning) {
        return Ok(beginning.to_owned());
    }
    ids.retain(|id| id.starts_with(beginning));
    match ids.as_slice() {
        [only] => Ok(only.clone()),
        [] if !beginning.is_empty() => Ok(beginning.to_owned()),
        [] => Err(CliError::Usage {
            message: format!("the policy {policy} has no revisions"),
            hint: "`pantry chef policy push` gives it one".to_owned(),
        }),
        several => Err(CliError::Usage {
            message: match beginning {
                "" => format!("the policy {policy} has {} revisions", several.len()),
                _ => format!("{} revisions of {policy} begin with {beginning}", several.len()),
            },
            hint: "name one, or what a group follows with `--group`; `pantry chef policy list` \
                   shows them"
                .to_owned(),
        }),
    }
}
