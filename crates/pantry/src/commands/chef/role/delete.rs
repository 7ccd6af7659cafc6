//! `pantry chef role delete NAME…`.

use pantry_http_client::ChefClient;

use super::super::kind::Kind;
use super::super::verbs::delete::{Sure, delete};
use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef role delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry -a shop chef role delete web
  pantry -a shop chef role delete web old --yes")]
pub(super) struct Options {
    /// Which
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,
    #[command(flatten)]
    sure: Sure,
}

/// Asks the user, then the server.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    delete(Kind::Role, &options.names, &options.sure, client, context).await
}
