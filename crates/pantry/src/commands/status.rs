//! `pantry status`: how the server is and who is there.

use pantry_model::Timestamp;
use pantry_model::commands::status::{Status, StatusAnswer};

use super::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;
use crate::print::time;

/// Options of `status`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Ends with 0 if the server answers, and with 4 if it is not there.

Examples:
  pantry status
  pantry -a shop status --json")]
pub(crate) struct Options {}

/// Asks and prints.
pub(crate) async fn run(_: &Options, context: &mut Context) -> Result<u8, CliError> {
    let application = context.global.application.clone();
    let mut connection = context.connect().await?;
    let answer = connection.ask(&Status { application }).await?;
    if context.print.is_json() {
        context.print.json(&answer)?;
    } else {
        let text = describe(&answer, context.clock.now());
        context.print.line(&text)?;
    }
    Ok(exit::DONE)
}

fn describe(answer: &StatusAnswer, now: Timestamp) -> String {
    let up = time::duration(now.since(answer.started_at));
    let mut text = format!("Pantry {}, up for {up}", answer.version);
    if answer.applications.is_empty() {
        text.push_str("\nno applications yet: `pantry app create NAME` makes one");
        return text;
    }
    let rows = answer.applications.iter().map(|status| {
        [
            status.application.to_string(),
            status.clients.to_string(),
            status.online.to_string(),
            status.open_deliveries.to_string(),
        ]
    });
    text.push_str("\n\n");
    text.push_str(&table(["application", "clients", "online", "open deliveries"], rows));
    text
}
