//! `pantry client`: alone it runs the agent on this machine; with a verb it is about the clients of
//! an application.

#[cfg(feature = "cli")]
pub(crate) mod create;
#[cfg(feature = "cli")]
pub(crate) mod delete;
#[cfg(feature = "cli")]
pub(crate) mod list;
#[cfg(feature = "client")]
mod run;
#[cfg(feature = "cli")]
pub(crate) mod show;

use super::Context;
use crate::errors::CliError;

#[cfg(feature = "cli")]
const EXAMPLES: &str = "\
Examples:
  pantry client                              run the client with /etc/pantry/client.yml
  pantry client --config web1.yml --check    is that configuration in order?
  pantry -a shop client create web1 -e prod -r web
  pantry -a shop client list";

#[cfg(not(feature = "cli"))]
const EXAMPLES: &str = "\
Examples:
  pantry client                              run the client with /etc/pantry/client.yml
  pantry client --config web1.yml --check    is that configuration in order?";

/// Options of `client`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    #[cfg(feature = "client")]
    #[command(flatten)]
    agent: run::Options,
    #[cfg(feature = "cli")]
    #[command(subcommand)]
    verb: Option<Verb>,
}

#[cfg(feature = "cli")]
#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Enrol a machine: make its keys and its configuration
    Create(create::Options),
    /// List an application's clients
    List(list::Options),
    /// Show one client
    Show(show::Options),
    /// Delete a client: its key is refused from then on
    Delete(delete::Options),
}

impl Options {
    /// Whether this runs the agent.
    #[cfg(feature = "cli")]
    pub(crate) fn is_agent(&self) -> bool {
        self.verb.is_none()
    }
}

/// Does it.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    #[cfg(all(feature = "cli", feature = "client"))]
    if options.verb.is_some() && options.agent.is_given() {
        return Err(CliError::Usage {
            message: "`--check` and `--data-dir` are for `pantry client` alone".to_owned(),
            hint: "leave them out, or what stands after `client`".to_owned(),
        });
    }
    #[cfg(feature = "cli")]
    match options.verb {
        None => {}
        Some(Verb::Create(options)) => return create::run(options, context).await,
        Some(Verb::List(options)) => return list::run(&options, context).await,
        Some(Verb::Show(options)) => return show::run(options, context).await,
        Some(Verb::Delete(options)) => return delete::run(options, context).await,
    }
    #[cfg(feature = "client")]
    return run::run(options.agent, context).await;
    #[cfg(not(feature = "client"))]
    Err(CliError::Usage {
        message: "this build has no client in it".to_owned(),
        hint: "build it with the feature `client`".to_owned(),
    })
}
