//! `pantry user delete NAME`.

use pantry_model::UserName;
use pantry_model::commands::user::UserDelete;

use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `user delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry user delete ada
  pantry user delete ada --yes")]
pub(crate) struct Options {
    /// Which
    #[arg(value_name = "NAME")]
    user: UserName,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

/// Asks the person, then the server.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let user = options.user;
    let question = format!("Delete the user {user}? Its keys are refused from then on.");
    context.confirm_deletion(options.yes, &question)?;
    let mut connection = context.connect().await?;
    connection.change(&UserDelete { user: user.clone() }, None).await?;
    context.print.note(&format!("deleted the user {user}"));
    Ok(exit::DONE)
}
