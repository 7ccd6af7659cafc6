//! `pantry chef data-bag delete BAG [ITEM…]`.

use pantry_http_client::{ChefClient, segment};
use serde_json::json;

use super::super::kind::Kind;
use super::super::verbs::delete::{Sure, delete};
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `chef data-bag delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry -a shop chef data-bag delete keys db
  pantry -a shop chef data-bag delete keys --yes   the bag with all its items")]
pub(super) struct Options {
    /// The bag
    #[arg(value_name = "BAG")]
    bag: String,
    /// Items; without, the bag with all of them
    #[arg(value_name = "ITEM")]
    items: Vec<String>,
    #[command(flatten)]
    sure: Sure,
}

/// Asks the user, then the server.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let Options { bag, items, sure } = options;
    if !items.is_empty() {
        return delete(Kind::Item(bag), items, sure, client, context).await;
    }
    let question = format!(
        "Delete the data bag {bag} of {} with all its items? There is no way back.",
        client.url()
    );
    context.confirm_deletion(sure.yes, &question)?;
    client.delete(&format!("/data/{}", segment(bag))).await?;
    if context.print.is_json() {
        context.print.json(&json!({ "kind": "data bag", "name": bag, "result": "deleted" }))?;
    } else {
        context.print.note(&format!("deleted the data bag {bag}"));
    }
    Ok(exit::DONE)
}
