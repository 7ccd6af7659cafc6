//! `pantry chef node list`.

use pantry_http_client::ChefClient;

use super::super::kind::Kind;
use super::super::verbs::list::list;
use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef node list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry -a shop chef node list
  pantry -a shop -e prod chef node list            only those in this environment
  pantry -a shop chef node list --json             with their URLs")]
pub(super) struct Options {}

/// Asks and prints.
pub(super) async fn run(
    _: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let (path, none) = match &context.global.environment {
        None => (Kind::Node.collection(), "there are no nodes".to_owned()),
        Some(environment) => (
            format!("{}/nodes", Kind::Environment.path(environment.as_str())),
            format!("there are no nodes in the environment {environment}"),
        ),
    };
    list(&path, &none, client, context).await
}
