//! `pantry chef data-bag …`: data of any kind that recipes read, in bags of items.

mod delete;
mod edit;
mod list;
mod show;
mod upload;

use pantry_http_client::ChefClient;

use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef data-bag`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List data bags, or the items of one
    List(list::Options),
    /// Show an item, or all items of a bag
    Show(show::Options),
    /// Make items what files say, and their bag if it is not there
    Upload(upload::Options),
    /// Change an item in your editor
    Edit(edit::Options),
    /// Delete items, or a whole bag
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
