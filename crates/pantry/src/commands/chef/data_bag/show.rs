//! `pantry chef data-bag show BAG [ITEM]`.

use std::collections::BTreeMap;

use pantry_http_client::ChefClient;

use super::super::kind::Kind;
use super::super::verbs::show;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `chef data-bag show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
What is printed of an item can be edited, kept, and uploaded again. Of a whole bag the items
come one after the other, with --json one a line.

Examples:
  pantry -a shop chef data-bag show keys db
  pantry -a shop chef data-bag show keys --json")]
pub(super) struct Options {
    /// The bag
    #[arg(value_name = "BAG")]
    bag: String,
    /// The item; without, all of them
    #[arg(value_name = "ITEM")]
    item: Option<String>,
}

/// Asks and prints.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let kind = Kind::Item(&options.bag);
    if let Some(item) = &options.item {
        return show::show(kind, item, client, context).await;
    }
    let all: BTreeMap<String, String> = client.get_json(&kind.collection()).await?;
    if all.is_empty() {
        context.print.note(&format!("the data bag {} is empty", options.bag));
    }
    for item in all.keys() {
        show::show(kind, item, client, context).await?;
    }
    Ok(exit::DONE)
}
