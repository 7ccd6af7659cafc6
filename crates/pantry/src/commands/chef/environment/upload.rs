//! `pantry chef environment upload FILE…`.

use std::path::PathBuf;

use pantry_http_client::ChefClient;

use super::super::kind::Kind;
use super::super::verbs::upload::upload;
use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef environment upload`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Files are JSON as the Chef API has it, or Ruby as Chef's tools read it (`.rb`); a folder stands
for those in it. What is not there is made, what is there is replaced, and what is as the file
says already is left alone. A file that fails does not keep the others from being uploaded; the
exit code then says so.

Examples:
  pantry -a shop chef environment upload environments/prod.json
  pantry -a shop chef environment upload environments/prod.rb
  pantry -a shop chef environment upload environments/")]
pub(super) struct Options {
    /// Files, and folders with files
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// Reads, sends, and says what became of each.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    upload(Kind::Environment, &options.files, client, context).await
}
