//! `pantry admin gc`: has the server delete what nobody needs any more, and watches.

use pantry_model::ErrorCode;
use pantry_model::commands::gc::{Collecting, Gc, GcShow};
use pantry_model::protocol::Failure;

use super::Context;
use super::watched::{Progress, watch};
use crate::errors::{CliError, exit};
use crate::print::Print;

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
    match watch(&Gc {}, &GcShow {}, &mut connection, print).await? {
        Some(now) => done(&now, print),
        None => Ok(exit::INTERRUPTED),
    }
}

impl Progress for Collecting {
    const STATUS: &'static str = "pantry admin gc --status";

    fn is_at_work(&self) -> bool {
        self.is_at_work
    }

    fn line(&self) -> String {
        let Self { uploads, contents, orphans, orphan_bytes, .. } = self;
        format!(
            "uploads ended: {uploads}, files deleted that nothing held any more: {contents}, \
             that no object knew: {orphans} ({orphan_bytes} bytes)"
        )
    }
}

/// What was done.
fn done(now: &Collecting, print: &mut Print) -> Result<u8, CliError> {
    if print.is_json() {
        print.json(now)?;
        return Ok(if now.error.is_some() { exit::SERVER } else { exit::DONE });
    }
    print.line(&now.line())?;
    match &now.error {
        Some(why) => {
            let message = format!("it was given up: {why}");
            Err(CliError::Server(Failure { code: ErrorCode::Unavailable, message }))
        }
        None => Ok(exit::DONE),
    }
}
