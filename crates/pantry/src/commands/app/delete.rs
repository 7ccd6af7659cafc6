//! `pantry app delete NAME`.

use pantry_model::ApplicationName;
use pantry_model::commands::app::AppDelete;

use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `app delete`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry app delete shop
  pantry app delete shop --yes")]
pub(crate) struct Options {
    /// Its name
    #[arg(value_name = "NAME")]
    name: ApplicationName,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

/// Asks the user, then the server.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let name = options.name;
    let question = format!(
        "Delete the application {name} with all its clients and jobs? There is no way back."
    );
    context.confirm_deletion(options.yes, &question)?;
    let mut connection = context.connect().await?;
    connection.change(&AppDelete { application: name.clone() }, None).await?;
    context.print.note(&format!("deleted the application {name}"));
    Ok(exit::DONE)
}
