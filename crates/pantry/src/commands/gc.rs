//! `pantry admin gc`: has the server delete what nobody needs any more, and watches.

use std::time::Duration;

use pantry_model::ErrorCode;
use pantry_model::commands::gc::{Collecting, Gc, GcShow};
use pantry_model::protocol::Failure;
use tokio::time::sleep;

use super::Context;
use super::start::interrupted;
use crate::errors::{CliError, exit};
use crate::print::Print;

/// How often the server is asked how far it is.
const PAUSE: Duration = Duration::from_millis(200);

/// Options of `admin gc`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry admin gc
  pantry admin gc --status

A file goes with the last object that holds it, and what is left of uploads within a day; for that
nothing needs to be typed. What is left for this are files that no object knows, as there are after
the server's store was restored from a backup. The server goes on with it if this command is ended.")]
pub(super) struct Options {
    /// Only say how far it is
    #[arg(long)]
    status: bool,
}

/// Asks and prints.
pub(super) async fn run(options: &Options, context: &mut Context) -> Result<u8, CliError> {
    let mut connection = context.connect().await?;
    let print = &mut context.print;
    if options.status {
        let now = connection.ask(&GcShow {}).await?;
        return done(&now, print);
    }
    let mut interrupted = std::pin::pin!(interrupted());
    let mut now = connection.change(&Gc {}, None).await?;
    while now.is_at_work {
        show(&now, print)?;
        print.flush()?;
        tokio::select! {
            () = &mut interrupted => {
                print.progress("");
                print.note("the server goes on with it: `pantry admin gc --status`");
                return Ok(exit::INTERRUPTED);
            }
            () = sleep(PAUSE) => {}
        }
        now = connection.ask(&GcShow {}).await?;
    }
    print.progress("");
    done(&now, print)
}

/// Shows how far it is.
fn show(now: &Collecting, print: &mut Print) -> Result<(), CliError> {
    if print.is_json() {
        return print.json(now);
    }
    print.progress(&deleted(now));
    Ok(())
}

fn deleted(now: &Collecting) -> String {
    let Collecting { uploads, contents, orphans, orphan_bytes, .. } = now;
    format!(
        "uploads ended: {uploads}, files deleted that nothing held any more: {contents}, \
         that no object knew: {orphans} ({orphan_bytes} bytes)"
    )
}

/// What was done.
fn done(now: &Collecting, print: &mut Print) -> Result<u8, CliError> {
    if print.is_json() {
        print.json(now)?;
        return Ok(if now.error.is_some() { exit::SERVER } else { exit::DONE });
    }
    print.line(&deleted(now))?;
    match &now.error {
        Some(why) => {
            let message = format!("it was given up: {why}");
            Err(CliError::Server(Failure { code: ErrorCode::Unavailable, message }))
        }
        None => Ok(exit::DONE),
    }
}
