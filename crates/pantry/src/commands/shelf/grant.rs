//! `pantry shelf grant SHELF APP… | --all`.

use pantry_http_client::{ChefClient, segment};
use pantry_model::ApplicationName;
use serde_json::json;

use super::document;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `shelf grant`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A grant is to a name, also if there is no application of that name yet. It changes nothing for the
application before an admin of it adds the shelf.

Examples:
  pantry shelf grant base shop
  pantry shelf grant base shop bank
  pantry shelf grant base --all              every application, also those to come")]
pub(super) struct Options {
    /// The shelf
    #[arg(value_name = "SHELF")]
    shelf: ApplicationName,
    /// Who may use it
    #[arg(value_name = "APP", required_unless_present = "all")]
    applications: Vec<ApplicationName>,
    /// Every application may
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
        document::put(client, shelf, &json!({"granted_to_all": true})).await?;
        context.print.note(&format!(
            "every application may use {shelf}: `pantry app shelf add APP {shelf}` has one do so"
        ));
    }
    for application in applications {
        let path = format!("{}/grants/{}", document::path(shelf), segment(application.as_str()));
        client.put(&path, b"{}".to_vec()).await?;
        context.print.note(&format!(
            "{application} may use {shelf}: `pantry app shelf add {application} {shelf}` has it do so"
        ));
    }
    if context.print.is_json() {
        let said = json!({"name": shelf, "granted": applications, "granted_to_all": all});
        context.print.json(&said)?;
    }
    Ok(exit::DONE)
}
