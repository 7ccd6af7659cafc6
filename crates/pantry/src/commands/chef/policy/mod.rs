//! `pantry chef policy …`: run lists with exactly the cookbooks that they are run with.

mod artifacts;
mod list;
mod lock;
mod place;
mod push;
mod revisions;
mod show;

use pantry_http_client::ChefClient;

use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef policy`.
#[derive(Debug, clap::Args)]
pub(super) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List policies with their revisions, and the groups that follow them
    List(list::Options),
    /// Show a revision of a policy
    Show(show::Options),
    /// Have a policy group follow what a lock file says, and send the cookbooks for it
    Push(push::Options),
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
        Verb::Push(options) => push::run(&options, client, context).await,
    }
}
