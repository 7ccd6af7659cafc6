//! `pantry chef environment list`.

use pantry_http_client::ChefClient;

use super::super::kind::Kind;
use super::super::verbs::list::list;
use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef environment list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry -a shop chef environment list
  pantry -a shop chef environment list --json              with their URLs")]
pub(super) struct Options {}

/// Asks and prints.
pub(super) async fn run(
    _: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    list(&Kind::Environment.collection(), "there are no environments", client, context).await
}
