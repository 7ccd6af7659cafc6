//! `pantry shelf create SHELF`.

use pantry_http_client::{ChefClient, ChefError};
use pantry_model::ApplicationName;
use serde_json::json;

use super::document;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// There is no such application.
const NOT_FOUND: u16 = 404;

/// Options of `shelf create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An application that is there stays as it is; that it is a shelf lets nobody use it yet. It may be a
shelf already.

Examples:
  pantry shelf create base
  pantry shelf create staging")]
pub(super) struct Options {
    /// Its name: a-z, 0-9, `_` and `-`
    #[arg(value_name = "SHELF")]
    shelf: ApplicationName,
}

/// Asks for it, and for the application first where there is none.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let shelf = &options.shelf;
    let nothing = json!({});
    match document::put(client, shelf, &nothing).await {
        Err(CliError::Chef(error)) if is_about_no_application(&error) => {
            let new = json!({"name": shelf, "full_name": shelf});
            client.post("/organizations", new.to_string().into_bytes()).await?;
            document::put(client, shelf, &nothing).await?;
        }
        other => other?,
    }
    if context.print.is_json() {
        let made = document::get(client, shelf).await?;
        context.print.json(&made)?;
    } else {
        context.print.note(&format!(
            "{shelf} is a shelf; `pantry -a {shelf} chef cookbook upload DIR` puts cookbooks on it, and \
             `pantry shelf grant {shelf} APP` lets an application use them"
        ));
    }
    Ok(exit::DONE)
}

fn is_about_no_application(error: &ChefError) -> bool {
    matches!(error, ChefError::Refused(refused) if refused.status == NOT_FOUND)
}
