//! `pantry app list`.

use pantry_model::commands::app::AppList;

use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;
use crate::print::time;

/// Options of `app list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry app list
  pantry app list --json")]
pub(crate) struct Options {}

/// Asks and prints.
pub(crate) async fn run(_: &Options, context: &mut Context) -> Result<u8, CliError> {
    let mut connection = context.connect().await?;
    let applications = connection.ask(&AppList {}).await?;
    if context.print.is_json() {
        context.print.json(&applications)?;
    } else if applications.is_empty() {
        context.print.note("no applications yet: `pantry app create NAME` makes one");
    } else {
        let rows = applications
            .iter()
            .map(|app| [app.application.to_string(), time::date_and_time(app.created_at)]);
        let text = table(["application", "made"], rows);
        context.print.line(&text)?;
    }
    Ok(exit::DONE)
}
