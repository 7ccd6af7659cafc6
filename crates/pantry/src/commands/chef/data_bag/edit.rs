//! `pantry chef data-bag edit BAG ITEM`.

use pantry_http_client::ChefClient;

use super::super::kind::Kind;
use super::super::verbs::edit::edit;
use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef data-bag edit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The editor is VISUAL, or EDITOR, or vi; the file that it gets is for you only. What you wrote is
kept in it if the server does not take it, or if somebody else has changed the item meanwhile.

Examples:
  pantry -a shop chef data-bag edit keys db")]
pub(super) struct Options {
    /// The bag
    #[arg(value_name = "BAG")]
    bag: String,
    /// The item
    #[arg(value_name = "ITEM")]
    item: String,
}

/// Reads, lets the user edit, and sends.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    edit(Kind::Item(&options.bag), &options.item, &[], client, context).await
}
