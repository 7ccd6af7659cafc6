//! `pantry user list`.

use pantry_model::commands::user::UserList;

use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;

/// Options of `user list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry user list
  pantry user list --json")]
pub(crate) struct Options {}

/// Asks and prints.
pub(crate) async fn run(_: &Options, context: &mut Context) -> Result<u8, CliError> {
    let mut connection = context.connect().await?;
    let users = connection.ask(&UserList {}).await?;
    if context.print.is_json() {
        context.print.json(&users)?;
    } else {
        let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let row = |user: &pantry_model::commands::user::UserSummary| {
            [user.user.to_string(), or_none(&user.display_name), or_none(&user.email)]
        };
        let text = table(["user", "name", "email"], users.iter().map(row));
        context.print.line(&text)?;
    }
    Ok(exit::DONE)
}
