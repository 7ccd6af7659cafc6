//! The command line: options that every noun takes, and the nouns.
//!
//! Two things happen around clap. Before it, `client:create` becomes `client create`
//! ([`colon`]). After it, what was not said is filled in from `.pantry/config` ([`defaults`]).

mod colon;
#[cfg(feature = "cli")]
mod defaults;
#[cfg(any(feature = "cli", feature = "client"))]
pub(crate) mod durations;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::commands;
use crate::environment::Environment;
use crate::errors::CliError;

/// What was typed.
#[derive(Debug, Parser)]
#[command(name = "pantry", version, about, long_about = None, max_term_width = 100)]
#[command(about = "Provisions and configures machines: a server, a client, and this command line")]
#[command(
    disable_help_subcommand = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
#[cfg_attr(feature = "cli", command(after_help = EXAMPLES))]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) noun: Noun,
}

#[cfg(feature = "cli")]
const EXAMPLES: &str = "\
Examples:
  pantry server                              start a server on this machine
  pantry app create shop                     make an application
  pantry -a shop client create web1          make a client's configuration and print it
  pantry client --config client.yml          run the client with it
  pantry -a shop exec -- uptime              run a program on every client of shop
  pantry -a shop -r web exec --stdin setup.sh -- sh -s
                                             provision the clients with the role web
  pantry -a shop exec -s 'platform:debian' -- apt-get update
                                             the same for those that a search finds
  pantry -a shop file push site /srv/        send a folder to every client of shop
  pantry -a shop chef node show web1         what Chef knows of a machine
  pantry -a shop chef search node role:web   which nodes have the role web

`pantry client:create web1` is the same as `pantry client create web1`. Options that are always
the same go into .pantry/config, one a line; keys into .pantry/keys.yml.

Exit codes: 0 done, 1 failed on a client, 2 usage, 3 configuration, 4 server not there, 5 key
refused, 6 another server, 7 forbidden, 8 no such thing, 9 nobody matches, 10 taken, 11 a client
was silent, 12 too large, 13 the server failed, 130 interrupted.";

/// The options that can stand before and after every noun.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The server's or the client's configuration [default: in /etc/pantry]
    #[arg(long, global = true, value_name = "FILE", display_order = 900)]
    pub(crate) config: Option<PathBuf>,
    /// The server's name or address
    #[cfg(feature = "cli")]
    #[arg(long, global = true, value_name = "HOST", display_order = 901)]
    pub(crate) host: Option<String>,
    /// The application
    #[cfg(feature = "cli")]
    #[arg(short, long, global = true, value_name = "APP", display_order = 902)]
    pub(crate) application: Option<pantry_model::ApplicationName>,
    /// Clients in this environment
    #[cfg(feature = "cli")]
    #[arg(short, long, global = true, value_name = "ENV", display_order = 903)]
    pub(crate) environment: Option<pantry_model::EnvironmentName>,
    /// Clients with this role; with all of them, if there are several
    #[cfg(feature = "cli")]
    #[arg(short, long = "role", global = true, value_name = "ROLE", value_delimiter = ',')]
    #[arg(display_order = 904)]
    pub(crate) roles: Vec<pantry_model::RoleName>,
    /// Clients with this name, or any of them; `*` and `?` stand for other characters
    #[cfg(feature = "cli")]
    #[arg(short, long = "identity", global = true, value_name = "IDENTITY", value_delimiter = ',')]
    #[arg(display_order = 905)]
    pub(crate) identities: Vec<pantry_model::IdentityGlob>,
    /// Clients whose nodes a search finds, such as 'role:web AND platform:debian'
    #[cfg(feature = "cli")]
    #[arg(short, long, global = true, value_name = "QUERY", display_order = 906)]
    pub(crate) search: Option<String>,
    /// Print JSON: one document, or one object a line while something goes on
    #[cfg(feature = "cli")]
    #[arg(long, global = true, display_order = 907)]
    pub(crate) json: bool,
    /// The file with your keys [default: .pantry/keys.yml, or those a server on this machine left]
    #[cfg(feature = "cli")]
    #[arg(long, global = true, value_name = "FILE", display_order = 908)]
    pub(crate) curve_key_file: Option<PathBuf>,
    /// How long to try to reach the server [default: 10s]
    #[cfg(feature = "cli")]
    #[arg(long, global = true, value_name = "TIME", value_parser = durations::parse)]
    #[arg(display_order = 909)]
    pub(crate) connect_timeout: Option<std::time::Duration>,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Noun {
    /// Run the server on this machine
    #[cfg(feature = "server")]
    Server(commands::server::Options),
    /// Run the client on this machine, or manage an application's clients
    #[cfg(any(feature = "client", feature = "cli"))]
    Client(commands::client::Options),
    /// How the server is, and who is there
    #[cfg(feature = "cli")]
    Status(commands::status::Options),
    /// Every client answers with a text
    #[cfg(feature = "cli")]
    Echo(commands::echo::Options),
    /// Run a program on clients
    #[cfg(feature = "cli")]
    Exec(commands::exec::Options),
    /// Files to clients, from clients, and what there is
    #[cfg(feature = "cli")]
    File(commands::file::Options),
    /// What was asked of clients, and what came of it
    #[cfg(feature = "cli")]
    Job(commands::job::Options),
    /// Applications: whose clients never see each other
    #[cfg(feature = "cli")]
    App(commands::app::Options),
    /// Shelves: applications whose cookbooks others use, without learning of each other
    #[cfg(feature = "cli")]
    Shelf(commands::shelf::Options),
    /// Users: people, and scripts in a person's place
    #[cfg(feature = "cli")]
    User(commands::user::Options),
    /// Nodes, roles, cookbooks and all other objects of this or any Chef server, and search
    #[cfg(feature = "cli")]
    Chef(commands::chef::Options),
    /// What can be done with cookbooks without a server
    #[cfg(all(feature = "client", not(feature = "cli")))]
    Chef(commands::chef_alone::Options),
    /// What was changed, and who was turned away
    #[cfg(feature = "cli")]
    Admin(commands::admin::Options),
    /// Print what makes a shell complete these commands
    #[cfg(feature = "cli")]
    Completions(commands::completions::Options),
}

impl Noun {
    /// Whether this is the command line at work, which has defaults in `.pantry/config`; the server
    /// and the client have only their own files.
    #[cfg(feature = "cli")]
    fn takes_defaults(&self) -> bool {
        match self {
            Self::Client(options) => !options.is_agent(),
            #[cfg(feature = "server")]
            Self::Server(_) => false,
            Self::Completions(_) => false,
            _ => true,
        }
    }
}

/// Why there are no arguments.
#[derive(Debug)]
pub(crate) enum ParseError {
    /// Usage, help or version: clap has the text.
    Clap(clap::Error),
    /// `.pantry/config` is not in order.
    Defaults(CliError),
}

/// Reads the command line, the program's name first.
pub(crate) fn parse(
    typed: impl IntoIterator<Item = OsString>,
    environment: &Environment,
) -> Result<Arguments, ParseError> {
    let command = Arguments::command();
    let typed = colon::split(typed.into_iter().collect(), &command);
    let matches = command.try_get_matches_from(typed).map_err(ParseError::Clap)?;
    let arguments = Arguments::from_arg_matches(&matches).map_err(ParseError::Clap)?;
    fill_in(arguments, environment).map_err(ParseError::Defaults)
}

#[cfg(feature = "cli")]
fn fill_in(mut arguments: Arguments, environment: &Environment) -> Result<Arguments, CliError> {
    if arguments.noun.takes_defaults() {
        let chef = match &mut arguments.noun {
            Noun::Chef(options) => Some(&mut options.server),
            Noun::Shelf(options) => Some(&mut options.server),
            Noun::App(options) => options.server(),
            _ => None,
        };
        defaults::fill_in(&mut arguments.global, chef, environment)?;
    }
    Ok(arguments)
}

#[cfg(not(feature = "cli"))]
fn fill_in(arguments: Arguments, _: &Environment) -> Result<Arguments, CliError> {
    Ok(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_in_order() {
        Arguments::command().debug_assert();
    }
}
