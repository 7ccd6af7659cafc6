//! `pantry app member add APP USER…`.

use pantry_model::commands::member::MemberAdd;
use pantry_model::{ApplicationName, UserName};

use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `app member add`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An application's admins may do everything in it, and run commands on its machines; its other
members may read and change its Chef objects, but not who may do what.

Examples:
  pantry app member add shop ada
  pantry app member add shop ada grace --admin")]
pub(crate) struct Options {
    /// The application
    #[arg(value_name = "APP")]
    application: ApplicationName,
    /// Who
    #[arg(value_name = "USER", required = true)]
    users: Vec<UserName>,
    /// Make them admins of it, also those who belong to it already
    #[arg(long)]
    admin: bool,
}

/// Asks for it.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let Options { application, users, admin } = options;
    let mut connection = context.connect().await?;
    for user in users {
        let add = MemberAdd { application: application.clone(), user: user.clone(), admin };
        connection.change(&add, None).await?;
        let what = if admin { "an admin" } else { "a member" };
        context.print.note(&format!("{user} is {what} of {application}"));
    }
    Ok(exit::DONE)
}
