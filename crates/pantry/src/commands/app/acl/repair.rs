//! `pantry app acl repair APP`.

use pantry_model::ApplicationName;
use pantry_model::commands::acl::AclRepair;

use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `app acl repair`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
For an application whose admins have locked themselves out. What was granted beside the defaults
stays. Only the server's administrators may do it.

Examples:
  pantry app acl repair shop")]
pub(crate) struct Options {
    /// The application
    #[arg(value_name = "APP")]
    application: ApplicationName,
}

/// Asks for it, and says what was put back.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let mut connection = context.connect().await?;
    let application = options.application;
    let done = connection.change(&AclRepair { application: application.clone() }, None).await?;
    if context.print.is_json() {
        context.print.json(&done)?;
    } else if done.is_empty() {
        context.print.note(&format!("nothing is missing in {application}"));
    } else {
        done.iter().try_for_each(|line| context.print.line(line))?;
    }
    Ok(exit::DONE)
}
