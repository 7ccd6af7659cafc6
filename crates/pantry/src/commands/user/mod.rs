//! `pantry user …`: people, and scripts in a person's place.

pub(crate) mod create;
pub(crate) mod credentials;
pub(crate) mod delete;
pub(crate) mod keys;
pub(crate) mod list;
pub(crate) mod password;
pub(crate) mod show;

use super::Context;
use crate::errors::CliError;

/// Options of `user`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Make a user
    Create(create::Options),
    /// List users
    List(list::Options),
    /// Show a user
    Show(show::Options),
    /// Delete a user, whose keys are refused from then on
    Delete(delete::Options),
    /// Set a user's password
    Password(password::Options),
    /// List a user's RSA keys
    Keys(keys::Options),
    /// Make a user's keys, and the files in which knife and pantry look for them
    Credentials(credentials::Options),
}

/// Does it.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    match options.verb {
        Verb::Create(options) => create::run(options, context).await,
        Verb::List(options) => list::run(&options, context).await,
        Verb::Show(options) => show::run(options, context).await,
        Verb::Delete(options) => delete::run(options, context).await,
        Verb::Password(options) => password::run(options, context).await,
        Verb::Keys(options) => keys::run(options, context).await,
        Verb::Credentials(options) => credentials::run(options, context).await,
    }
}
