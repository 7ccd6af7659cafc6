//! `pantry app member …`: who belongs to an application.

pub(crate) mod add;
pub(crate) mod list;
pub(crate) mod remove;

use crate::commands::Context;
use crate::errors::CliError;

/// Options of `app member`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Let users into an application
    Add(add::Options),
    /// Take users out of an application
    Remove(remove::Options),
    /// List who belongs to an application
    List(list::Options),
}

/// Does it.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    match options.verb {
        Verb::Add(options) => add::run(options, context).await,
        Verb::Remove(options) => remove::run(options, context).await,
        Verb::List(options) => list::run(options, context).await,
    }
}
