//! `pantry app shelf order APP SHELF…`.

use pantry_http_client::ChefClient;
use pantry_model::ApplicationName;
use serde_json::json;

use super::attached;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `app shelf order`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
All shelves of the application must be named, each once.

Examples:
  pantry app shelf order shop security base")]
pub(super) struct Options {
    /// The application
    #[arg(value_name = "APP")]
    application: ApplicationName,
    /// Its shelves, the first one first
    #[arg(value_name = "SHELF", required = true)]
    shelves: Vec<ApplicationName>,
}

/// Asks for it.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let Options { application, shelves } = options;
    let order = json!({"shelves": shelves}).to_string().into_bytes();
    client.put(&attached::path(application), order).await?;
    let names: Vec<_> = shelves.iter().map(ApplicationName::as_str).collect();
    let sentence = format!("{application} uses, in this order, {}", names.join(", "));
    attached::print(client, application, &sentence, context).await?;
    Ok(exit::DONE)
}
