//! `pantry chef node delete NAME…`.

use pantry_http_client::ChefClient;

use super::super::kind::Kind;
use super::super::verbs::delete::{Sure, delete};
use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef node delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The machine's client and API client stay: `pantry client delete` is for those.

Examples:
  pantry -a shop chef node delete web1
  pantry -a shop chef node delete web1 old --yes")]
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
    delete(Kind::Node, &options.names, &options.sure, client, context).await
}
