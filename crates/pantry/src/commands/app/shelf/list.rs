//! `pantry app shelf list APP`.

use pantry_http_client::ChefClient;
use pantry_model::ApplicationName;

use super::attached::{self, Attached};
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;

/// Options of `app shelf list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A shelf is of use unless it is gone, or not granted to the application any more.

Examples:
  pantry app shelf list shop
  pantry app shelf list shop --json")]
pub(super) struct Options {
    /// The application
    #[arg(value_name = "APP")]
    application: ApplicationName,
}

/// Asks and prints.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let application = &options.application;
    let shelves = attached::all(client, application).await?;
    if context.print.is_json() {
        context.print.json(&shelves)?;
    } else if shelves.is_empty() {
        context.print.note(&format!(
            "{application} uses no shelves: `pantry app shelf add {application} SHELF` adds one"
        ));
    } else {
        let row = |(at, shelf): (usize, Attached)| {
            let usable = if shelf.usable { "yes" } else { "no" };
            [at.to_string(), shelf.name, usable.to_owned()]
        };
        let text = table(["#", "shelf", "of use"], (1..).zip(shelves).map(row));
        context.print.line(&text)?;
    }
    Ok(exit::DONE)
}
