//! `pantry chef node …`: what Chef knows of machines.

mod delete;
mod edit;
mod list;
mod show;
mod upload;

use pantry_http_client::ChefClient;

use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef node`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List nodes
    List(list::Options),
    /// Show a node
    Show(show::Options),
    /// Make nodes what files say
    Upload(upload::Options),
    /// Change a node in your editor
    Edit(edit::Options),
    /// Delete nodes
    Delete(delete::Options),
}

/// Does it.
pub(super) async fn run(
    options: Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    match options.verb {
        Verb::List(options) => list::run(&options, client, context).await,
        Verb::Show(options) => show::run(&options, client, context).await,
        Verb::Upload(options) => upload::run(&options, client, context).await,
        Verb::Edit(options) => edit::run(&options, client, context).await,
        Verb::Delete(options) => delete::run(&options, client, context).await,
    }
}
