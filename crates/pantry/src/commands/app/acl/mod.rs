//! `pantry app acl …`: who may do what to an application's objects.

mod change;
pub(crate) mod repair;
pub(crate) mod show;

use crate::commands::Context;
use crate::errors::CliError;

/// Options of `app acl`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show who may do what to an object
    Show(show::Options),
    /// Give permissions on an object to a user, API client or group
    Grant(change::Options),
    /// Take permissions on an object from a user, API client or group
    Revoke(change::Options),
    /// Put back default containers, groups and permissions that were lost
    Repair(repair::Options),
}

/// Does it.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    match options.verb {
        Verb::Show(options) => show::run(options, context).await,
        Verb::Grant(options) => change::grant(options, context).await,
        Verb::Revoke(options) => change::revoke(options, context).await,
        Verb::Repair(options) => repair::run(options, context).await,
    }
}
