//! One file for each command: its options, and what is printed.
//!
//! What travels is in `pantry-model/commands`, what is done in `pantry-broker` and `pantry-agent`,
//! each under the same name.

#[cfg(feature = "cli")]
pub(crate) mod admin;
#[cfg(feature = "cli")]
pub(crate) mod app;
#[cfg(feature = "cli")]
mod check;
#[cfg(feature = "cli")]
pub(crate) mod chef;
#[cfg(all(feature = "client", not(feature = "cli")))]
pub(crate) mod chef_alone;
pub(crate) mod client;
#[cfg(feature = "cli")]
pub(crate) mod completions;
#[cfg(feature = "cli")]
pub(crate) mod echo;
#[cfg(feature = "cli")]
pub(crate) mod exec;
#[cfg(feature = "cli")]
pub(crate) mod file;
#[cfg(feature = "cli")]
mod gc;
#[cfg(feature = "cli")]
pub(crate) mod job;
#[cfg(any(feature = "cli", feature = "client"))]
mod metadata;
#[cfg(feature = "cli")]
mod migrate_store;
#[cfg(feature = "cli")]
mod reindex;
#[cfg(feature = "server")]
pub(crate) mod server;
#[cfg(feature = "cli")]
pub(crate) mod shelf;
#[cfg(feature = "cli")]
mod start;
#[cfg(feature = "cli")]
pub(crate) mod status;
#[cfg(feature = "cli")]
pub(crate) mod user;
#[cfg(feature = "cli")]
mod watched;

use crate::arguments::{Global, Noun};
use crate::environment::Environment;
use crate::errors::CliError;
use crate::print::Print;

/// What every command stands on.
pub(crate) struct Context {
    /// The options that every noun takes.
    pub(crate) global: Global,
    /// The process's surroundings.
    pub(crate) environment: Environment,
    /// The time when it began, and from then on.
    pub(crate) clock: std::sync::Arc<dyn pantry_model::Clock>,
    /// Where answers go.
    pub(crate) print: Print,
}

/// Does what was asked and gives the exit code.
pub(crate) async fn run(noun: Noun, context: &mut Context) -> Result<u8, CliError> {
    match noun {
        #[cfg(feature = "server")]
        Noun::Server(options) => server::run(&options, context).await,
        Noun::Client(options) => client::run(options, context).await,
        #[cfg(feature = "cli")]
        Noun::Status(options) => status::run(&options, context).await,
        #[cfg(feature = "cli")]
        Noun::Echo(options) => echo::run(options, context).await,
        #[cfg(feature = "cli")]
        Noun::Exec(options) => exec::run(options, context).await,
        #[cfg(feature = "cli")]
        Noun::File(options) => file::run(options, context).await,
        #[cfg(feature = "cli")]
        Noun::Job(options) => job::run(options, context).await,
        #[cfg(feature = "cli")]
        Noun::App(options) => app::run(options, context).await,
        #[cfg(feature = "cli")]
        Noun::Shelf(options) => shelf::run(options, context).await,
        #[cfg(feature = "cli")]
        Noun::User(options) => user::run(options, context).await,
        #[cfg(feature = "cli")]
        Noun::Chef(options) => chef::run(options, context).await,
        #[cfg(all(feature = "client", not(feature = "cli")))]
        Noun::Chef(options) => chef_alone::run(&options, context),
        #[cfg(feature = "cli")]
        Noun::Admin(options) => admin::run(options, context).await,
        #[cfg(feature = "cli")]
        Noun::Completions(options) => completions::run(&options, context),
    }
}

#[cfg(feature = "cli")]
impl Context {
    /// Finds the credentials and connects.
    pub(crate) async fn connect(&mut self) -> Result<crate::connection::Connection, CliError> {
        use crate::connection::Connection;
        let credentials = crate::credentials::find(&self.global, &self.environment)?;
        if let Some(warning) = credentials.warning() {
            self.print.note(&format!("warning: {warning}"));
        }
        Connection::open(credentials, self.global.connect_timeout).await
    }

    /// The application, where a command needs one.
    pub(crate) fn application(&self) -> Result<pantry_model::ApplicationName, CliError> {
        self.global.application.clone().ok_or_else(|| CliError::Usage {
            message: "an application is needed".to_owned(),
            hint: "say `-a APP`, or put `-a APP` into .pantry/config".to_owned(),
        })
    }

    /// Whom `-e`, `-r`, `-i` and `-s` mean.
    pub(crate) fn target(&self) -> pantry_model::Target {
        pantry_model::Target {
            environment: self.global.environment.clone(),
            roles: self.global.roles.clone(),
            identities: self.global.identities.clone(),
            search: self.global.search.clone(),
        }
    }

    /// Says what went wrong with one of several things, and gives the exit code: that of the first
    /// of them, if this is not it.
    pub(crate) fn failed(&mut self, so_far: u8, error: &CliError) -> u8 {
        let described = crate::errors::describe(error);
        self.print.error(&described);
        if so_far == crate::errors::exit::DONE { described.exit_code } else { so_far }
    }

    /// Asks before something is deleted.
    pub(crate) fn confirm_deletion(&mut self, yes: bool, question: &str) -> Result<(), CliError> {
        self.confirm("a deletion", yes, question)
    }

    /// Asks before something is done. Without a terminal there is nobody to ask, and `--yes` must have
    /// been said.
    pub(crate) fn confirm(
        &mut self,
        what: &str,
        yes: bool,
        question: &str,
    ) -> Result<(), CliError> {
        if yes {
            return Ok(());
        }
        if !self.print.can_ask() {
            return Err(CliError::Usage {
                message: format!("{what} must be confirmed, and there is no terminal to ask on"),
                hint: "say `--yes` if you are sure".to_owned(),
            });
        }
        if self.print.confirm(question)? { Ok(()) } else { Err(CliError::Declined) }
    }
}
