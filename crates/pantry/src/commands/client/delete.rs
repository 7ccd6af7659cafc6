//! `pantry client delete IDENTITY`.

use pantry_model::commands::client::ClientDelete;
use pantry_model::{Identity, MachineId};

use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `client delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Its connections end at once. A program that it is running goes on, and how it ends is not heard.

Examples:
  pantry -a shop client delete web1
  pantry -a shop client delete web1 --yes")]
pub(crate) struct Options {
    /// The client
    #[arg(value_name = "IDENTITY")]
    name: Identity,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

/// Asks the user, then the server.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let machine = MachineId { application: context.application()?, identity: options.name };
    let question = format!("Delete the client {machine}? Its key will be refused from then on.");
    context.confirm_deletion(options.yes, &question)?;
    let mut connection = context.connect().await?;
    connection.change(&ClientDelete { machine: machine.clone() }, None).await?;
    context.print.note(&format!("deleted the client {machine}"));
    Ok(exit::DONE)
}
