//! `pantry app member remove APP USER…`.

use pantry_model::commands::member::MemberRemove;
use pantry_model::{ApplicationName, UserName};

use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `app member remove`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry app member remove shop ada")]
pub(crate) struct Options {
    /// The application
    #[arg(value_name = "APP")]
    application: ApplicationName,
    /// Who
    #[arg(value_name = "USER", required = true)]
    users: Vec<UserName>,
}

/// Asks for it.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let Options { application, users } = options;
    let mut connection = context.connect().await?;
    for user in users {
        let remove = MemberRemove { application: application.clone(), user: user.clone() };
        connection.change(&remove, None).await?;
        context.print.note(&format!("{user} is out of {application}"));
    }
    Ok(exit::DONE)
}
