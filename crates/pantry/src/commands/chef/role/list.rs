//! `pantry chef role list`.

use pantry_http_client::ChefClient;

use super::super::kind::Kind;
use super::super::verbs::list::list;
use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef role list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry -a shop chef role list
  pantry -a shop chef role list --json              with their URLs")]
pub(super) struct Options {}

/// Asks and prints.
pub(super) async fn run(
    _: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    list(&Kind::Role.collection(), "there are no roles", client, context).await
}
