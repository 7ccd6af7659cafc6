//! `pantry shelf revoke SHELF APP… | --all`.

use pantry_http_client::{ChefClient, segment};
use pantry_model::ApplicationName;
use serde_json::json;

use super::document;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `shelf revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It holds from the application's next request on, and ends its links to files of the shelf. The shelf
stays on the application's list, without use. `--all` leaves those that are named in a grant of their
own.

Examples:
  pantry shelf revoke base shop
  pantry shelf revoke base --all             only those that it is granted to by name")]
pub(super) struct Options {
    /// The shelf
    #[arg(value_name = "SHELF")]
    shelf: ApplicationName,
    /// Who may not use it any more
    #[arg(value_name = "APP", required_unless_present = "all")]
    applications: Vec<ApplicationName>,
    /// No longer every application
    #[arg(long, conflicts_with = "applications")]
    all: bool,
}

/// Asks for it.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let Options { shelf, applications, all } = options;
    if *all {
        document::put(client, shelf, &json!({"granted_to_all": false})).await?;
        context.print.note(&format!(
            "only those may use {shelf} that it is granted to: `pantry shelf show {shelf}` lists them"
        ));
    }
    for application in applications {
        let path = format!("{}/grants/{}", document::path(shelf), segment(application.as_str()));
        client.delete(&path).await?;
        context.print.note(&format!("{application} may not use {shelf} any more"));
    }
    if context.print.is_json() {
        let said = json!({"name": shelf, "revoked": applications, "revoked_from_all": all});
        context.print.json(&said)?;
    }
    Ok(exit::DONE)
}
