//! `pantry app …`: applications.

pub(crate) mod acl;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod list;
pub(crate) mod member;
pub(crate) mod shelf;

use super::Context;
use crate::chef_server::ChefServer;
use crate::errors::CliError;

/// Options of `app`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Make an application
    Create(create::Options),
    /// List applications
    List(list::Options),
    /// Delete an application, its clients and its jobs
    Delete(delete::Options),
    /// Who belongs to an application
    Member(member::Options),
    /// Who may do what in an application
    Acl(acl::Options),
    /// Which shelves an application uses
    Shelf(shelf::Options),
}

impl Options {
    /// The options that name a Chef server, where a verb has them.
    pub(crate) fn server(&mut self) -> Option<&mut ChefServer> {
        match &mut self.verb {
            Verb::Shelf(options) => Some(&mut options.server),
            _ => None,
        }
    }
}

/// Does it.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    match options.verb {
        Verb::Create(options) => create::run(options, context).await,
        Verb::List(options) => list::run(&options, context).await,
        Verb::Delete(options) => delete::run(options, context).await,
        Verb::Member(options) => member::run(options, context).await,
        Verb::Acl(options) => acl::run(options, context).await,
        Verb::Shelf(options) => shelf::run(options, context).await,
    }
}
