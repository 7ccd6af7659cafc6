//! `pantry chef data-bag upload BAG [FILE…]`.

use std::path::PathBuf;

use pantry_http_client::{ChefClient, segment};
use serde_json::json;

use super::super::kind::Kind;
use super::super::save::is_status;
use super::super::verbs::upload::upload;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `chef data-bag upload`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Files are JSON, each an item with an `id`; a folder stands for those in it. The bag is made if
it is not there; without a file, that is all. What is as the file says already is left alone. A
file that fails does not keep the others from being uploaded; the exit code then says so.

Examples:
  pantry -a shop chef data-bag upload keys
  pantry -a shop chef data-bag upload keys data_bags/keys/db.json
  pantry -a shop chef data-bag upload keys data_bags/keys/")]
pub(super) struct Options {
    /// The bag
    #[arg(value_name = "BAG")]
    bag: String,
    /// Files, and folders with files
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Makes the bag, reads, sends, and says what became of each.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let bag = &options.bag;
    let is_new = make(bag, !options.files.is_empty(), client).await?;
    if is_new || options.files.is_empty() {
        let result = if is_new { "created" } else { "unchanged" };
        if context.print.is_json() {
            context.print.json(&json!({ "kind": "data bag", "name": bag, "result": result }))?;
        } else {
            context.print.line(&format!("{result:<9} data bag {bag}"))?;
        }
    }
    if options.files.is_empty() {
        return Ok(exit::DONE);
    }
    upload(Kind::Item(bag), &options.files, client, context).await
}

/// Makes the bag unless it is there, and says whether it did.
async fn make(bag: &str, has_items: bool, client: &ChefClient) -> Result<bool, CliError> {
    match client.get(&format!("/data/{}", segment(bag))).await {
        Ok(_) => return Ok(false),
        // Whether it may write into it, the server says with the first item.
        Err(error) if is_status(&error, 403) && has_items => return Ok(false),
        Err(error) if is_status(&error, 404) => {}
        Err(error) => return Err(error.into()),
    }
    let body = json!({ "name": bag }).to_string().into_bytes();
    match client.post("/data", body).await {
        Ok(_) => Ok(true),
        Err(error) if is_status(&error, 409) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
