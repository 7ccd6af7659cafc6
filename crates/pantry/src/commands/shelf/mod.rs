//! `pantry shelf …`: shelves, which are applications whose cookbooks others may use.
//!
//! These commands go over HTTP, signed with the user's RSA key, as `pantry chef …` do: what they ask
//! for is in a Chef server's address space, beside the organizations that it is about.

mod adopt;
mod create;
mod diff;
mod document;
mod grant;
mod list;
mod mirror;
mod promote;
mod publish;
mod revoke;
mod show;
mod title;
mod uses;

use super::Context;
use crate::chef_server::{self, ChefServer};
use crate::errors::CliError;

/// Options of `shelf`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A shelf is an application, and is filled as any other: with `pantry -a SHELF chef cookbook upload`,
knife or berks. The applications that use it see its cookbooks behind their own, and nothing of each
other.

Examples:
  pantry shelf create base
  pantry -a base chef cookbook upload cookbooks/
  pantry shelf grant base shop
  pantry app shelf add shop base             what shop has to say to it")]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) server: ChefServer,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Make an application a shelf; make the application, too, if there is none
    Create(create::Options),
    /// List the shelves that you may see
    List(list::Options),
    /// Show a shelf, and whom it is granted to
    Show(show::Options),
    /// Let anybody read a shelf, unsigned, as a Supermarket
    Publish(publish::Options),
    /// Let applications use a shelf
    Grant(grant::Options),
    /// End that applications use a shelf
    Revoke(revoke::Options),
    /// Copy cookbooks from a Supermarket or a Chef server, with all that they depend on
    Mirror(mirror::Options),
    /// Make versions of cookbooks available on a shelf, with what they need
    Promote(promote::Options),
    /// Copy to a shelf what several applications have with the same contents
    Adopt(adopt::Options),
    /// Show what differs between two applications' copies of a cookbook
    Diff(diff::Options),
    /// Show which applications use a cookbook, and where
    Where(uses::Options),
}

/// Does it.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let client = chef_server::whole(&options.server, context)?;
    match options.verb {
        Verb::Create(options) => create::run(&options, &client, context).await,
        Verb::List(options) => list::run(&options, &client, context).await,
        Verb::Show(options) => show::run(&options, &client, context).await,
        Verb::Publish(options) => publish::run(&options, &client, context).await,
        Verb::Grant(options) => grant::run(&options, &client, context).await,
        Verb::Revoke(options) => revoke::run(&options, &client, context).await,
        Verb::Mirror(verb) => mirror::run(&verb, (&client, &options.server), context).await,
        Verb::Promote(options) => promote::run(&options, &client, context).await,
        Verb::Adopt(options) => adopt::run(&options, &client, context).await,
        Verb::Diff(options) => diff::run(&options, &client, context).await,
        Verb::Where(options) => uses::run(&options, &client, context).await,
    }
}
