//! `pantry chef environment …`: versions of cookbooks, and attributes, for some machines.

mod delete;
mod edit;
mod list;
mod show;
mod upload;

use pantry_http_client::ChefClient;

use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef environment`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List environments
    List(list::Options),
    /// Show an environment
    Show(show::Options),
    /// Make environments what files say
    Upload(upload::Options),
    /// Change an environment in your editor
    Edit(edit::Options),
    /// Delete environments
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
