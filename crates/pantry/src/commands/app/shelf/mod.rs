//! `pantry app shelf …`: which shelves an application uses, and in which order.
//!
//! Like `pantry shelf …`, and unlike the rest of `pantry app …`, these go over HTTP, signed.

mod add;
mod attached;
mod list;
mod order;
mod remove;

use crate::chef_server::{self, ChefServer};
use crate::commands::Context;
use crate::errors::CliError;

/// Options of `app shelf`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Of a version of a cookbook that is in several places, the application's own counts, then that of the
first shelf that has it.

Examples:
  pantry app shelf add shop base
  pantry app shelf list shop")]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) server: ChefServer,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Have an application use shelves
    Add(add::Options),
    /// Have an application use shelves no longer
    Remove(remove::Options),
    /// Put the shelves of an application in another order
    Order(order::Options),
    /// List the shelves of an application
    List(list::Options),
}

/// Does it.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let client = chef_server::whole(&options.server, context)?;
    match options.verb {
        Verb::Add(options) => add::run(&options, &client, context).await,
        Verb::Remove(options) => remove::run(&options, &client, context).await,
        Verb::Order(options) => order::run(&options, &client, context).await,
        Verb::List(options) => list::run(&options, &client, context).await,
    }
}
