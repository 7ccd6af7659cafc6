//! `pantry chef role edit NAME`.

use pantry_http_client::ChefClient;

use super::super::kind::Kind;
use super::super::verbs::edit::edit;
use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef role edit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The editor is VISUAL, or EDITOR, or vi. What you wrote is kept in a file if the server does not
take it, or if somebody else has changed the role meanwhile.

Examples:
  pantry -a shop chef role edit web
  EDITOR='code --wait' pantry -a shop chef role edit web")]
pub(super) struct Options {
    /// Which
    #[arg(value_name = "NAME")]
    name: String,
}

/// Reads, lets the user edit, and sends.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    edit(Kind::Role, &options.name, &[], client, context).await
}
