//! `pantry shelf show SHELF`.

use pantry_http_client::ChefClient;
use pantry_model::ApplicationName;

use super::document;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `shelf show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Whom it is granted to is told to those who may grant it. A grant is to a name: whether there is an
application of that name, and whether it uses the shelf, is told to nobody here.

Examples:
  pantry shelf show base
  pantry shelf show base --json")]
pub(super) struct Options {
    /// The shelf
    #[arg(value_name = "SHELF")]
    shelf: ApplicationName,
}

/// Asks and prints.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let shelf = document::get(client, &options.shelf).await?;
    if context.print.is_json() {
        context.print.json(&shelf)?;
        return Ok(exit::DONE);
    }
    let published = if shelf.published { "yes" } else { "no" };
    context.print.line(&format!("shelf      {}", shelf.name))?;
    context.print.line(&format!("published  {published}"))?;
    if let Some(users) = shelf.users() {
        context.print.line(&format!("granted to {users}"))?;
    }
    Ok(exit::DONE)
}
