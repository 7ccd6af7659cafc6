//! `pantry shelf list`.

use pantry_http_client::ChefClient;
use serde::Deserialize;

use super::document::Shelf;
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;

/// Options of `shelf list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Listed are the shelves whose applications you belong to; a server's administrators see all. Who may
use a shelf is told to those who may grant it.

Examples:
  pantry shelf list
  pantry shelf list --json")]
pub(super) struct Options {}

#[derive(Deserialize)]
struct Listed {
    shelves: Vec<Shelf>,
}

/// Asks and prints.
pub(super) async fn run(
    _: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let Listed { shelves } = client.get_json("/shelves").await?;
    if context.print.is_json() {
        context.print.json(&shelves)?;
    } else if shelves.is_empty() {
        context
            .print
            .note("there are no shelves that you may see: `pantry shelf create SHELF` makes one");
    } else {
        let row = |shelf: &Shelf| {
            let published = if shelf.published { "yes" } else { "no" };
            [shelf.name.clone(), published.to_owned(), shelf.users().unwrap_or_default()]
        };
        let text = table(["shelf", "published", "granted to"], shelves.iter().map(row));
        context.print.line(&text)?;
    }
    Ok(exit::DONE)
}
