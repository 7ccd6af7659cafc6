//! `pantry app member list APP`.

use pantry_model::ApplicationName;
use pantry_model::commands::member::{Member, MemberList};

use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;

/// Options of `app member list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry app member list shop")]
pub(crate) struct Options {
    /// The application
    #[arg(value_name = "APP")]
    application: ApplicationName,
}

/// Asks and prints.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let mut connection = context.connect().await?;
    let application = options.application;
    let members = connection.ask(&MemberList { application: application.clone() }).await?;
    if context.print.is_json() {
        context.print.json(&members)?;
    } else if members.is_empty() {
        context.print.note(&format!(
            "{application} has no members but the server's administrators: `pantry app member add {application} USER` adds one"
        ));
    } else {
        let row = |member: &Member| {
            let what = if member.admin { "admin" } else { "member" };
            [member.user.to_string(), what.to_owned()]
        };
        let text = table(["user", "is"], members.iter().map(row));
        context.print.line(&text)?;
    }
    Ok(exit::DONE)
}
