//! `pantry chef node edit NAME`.

use pantry_http_client::ChefClient;

use super::super::kind::Kind;
use super::super::verbs::edit::edit;
use crate::commands::Context;
use crate::errors::CliError;

/// What a Chef run writes anew each time, so that nobody edits it to any purpose.
const WRITTEN_BY_RUNS: &[&str] = &["automatic", "default", "override"];

/// Options of `chef node edit`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The attributes that the machine reports, and those that a Chef run makes anew, are left out and
stay as they are, unless --all is said. The editor is VISUAL, or EDITOR, or vi. What you wrote
is kept in a file if the server does not take it, or if somebody else has changed the same
meanwhile.

Examples:
  pantry -a shop chef node edit web1
  EDITOR='code --wait' pantry -a shop chef node edit web1 --all")]
pub(super) struct Options {
    /// Which
    #[arg(value_name = "NAME")]
    name: String,
    /// The whole node, with automatic, default and override attributes
    #[arg(long)]
    all: bool,
}

/// Reads, lets the user edit, and sends.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let hidden = if options.all { &[] } else { WRITTEN_BY_RUNS };
    edit(Kind::Node, &options.name, hidden, client, context).await
}
