//! `pantry chef role show NAME`.

use pantry_http_client::ChefClient;

use super::super::kind::Kind;
use super::super::verbs::show::show;
use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef role show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What is printed can be edited, kept, and uploaded again.

Examples:
  pantry -a shop chef role show web
  pantry -a shop chef role show web > roles/web.json")]
pub(super) struct Options {
    /// Which
    #[arg(value_name = "NAME")]
    name: String,
}

/// Asks and prints.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    show(Kind::Role, &options.name, client, context).await
}
