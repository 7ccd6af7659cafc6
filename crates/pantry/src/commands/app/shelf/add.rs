//! `pantry app shelf add APP SHELF… [--at N]`.

use pantry_http_client::ChefClient;
use pantry_model::ApplicationName;
use serde_json::json;

use super::attached;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `app shelf add`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It needs an admin of the application, and that the shelf is granted to it.

Examples:
  pantry app shelf add shop base
  pantry app shelf add shop security --at 1  before all others")]
pub(super) struct Options {
    /// The application
    #[arg(value_name = "APP")]
    application: ApplicationName,
    /// The shelves
    #[arg(value_name = "SHELF", required = true)]
    shelves: Vec<ApplicationName>,
    /// Which of the shelves it is to be, counted from 1 [default: the last]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    at: Option<u32>,
}

/// Asks for it.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let Options { application, shelves, at } = options;
    let path = attached::path(application);
    for (shelf, after) in shelves.iter().zip(0_u32..) {
        let new = match at {
            Some(at) => {
                json!({"name": shelf, "position": at.saturating_sub(1).saturating_add(after)})
            }
            None => json!({"name": shelf}),
        };
        client.post(&path, new.to_string().into_bytes()).await?;
    }
    let names: Vec<_> = shelves.iter().map(ApplicationName::as_str).collect();
    let sentence = format!("{application} uses {}", names.join(", "));
    attached::print(client, application, &sentence, context).await?;
    Ok(exit::DONE)
}
