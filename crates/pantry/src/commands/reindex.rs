//! `pantry admin reindex`: has the server make anew what searches look into, and watches.

use std::time::Duration;

use pantry_model::commands::reindex::{IndexProgress, Reindex, ReindexShow, Reindexing};
use tokio::time::sleep;

use super::Context;
use super::start::interrupted;
use crate::errors::{CliError, exit};
use crate::print::Print;
use crate::print::table::table;

/// How often the server is asked how far it is.
const PAUSE: Duration = Duration::from_millis(200);

/// Options of `admin reindex`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry admin reindex                what all applications' searches look into
  pantry -a shop admin reindex
  pantry admin reindex --status

Everything goes on meanwhile, and searches find what they found before until the new indexes are
complete. The server goes on with it if this command is ended.")]
pub(super) struct Options {
    /// Only say how far it is
    #[arg(long)]
    status: bool,
}

/// Asks and prints.
pub(super) async fn run(options: &Options, context: &mut Context) -> Result<u8, CliError> {
    let application = context.global.application.clone();
    let mut connection = context.connect().await?;
    let print = &mut context.print;
    if options.status {
        let now = connection.ask(&ReindexShow {}).await?;
        done(&now, print)?;
        return Ok(exit::DONE);
    }
    let mut interrupted = std::pin::pin!(interrupted());
    let mut now = connection.change(&Reindex { application }, None).await?;
    while now.is_at_work {
        show(&now, print)?;
        print.flush()?;
        tokio::select! {
            () = &mut interrupted => {
                print.progress("");
                print.note("the server goes on with it: `pantry admin reindex --status`");
                return Ok(exit::INTERRUPTED);
            }
            () = sleep(PAUSE) => {}
        }
        now = connection.ask(&ReindexShow {}).await?;
    }
    print.progress("");
    done(&now, print)?;
    Ok(exit::DONE)
}

/// Shows how far it is.
fn show(now: &Reindexing, print: &mut Print) -> Result<(), CliError> {
    if print.is_json() {
        return print.json(now);
    }
    let built = now.indexes.iter().filter(|line| line.is_built).count();
    let all = now.indexes.len();
    let current = now.indexes.iter().find(|line| !line.is_built);
    print.progress(&match (current, &now.error) {
        (_, Some(error)) => format!("{built} of {all} indexes built; waiting: {error}"),
        (Some(line), None) => format!(
            "{built} of {all} indexes built; {} of {}: {} of {} objects",
            line.index, line.application, line.done, line.objects
        ),
        (None, None) => format!("{built} of {all} indexes built"),
    });
    Ok(())
}

/// What was built.
fn done(now: &Reindexing, print: &mut Print) -> Result<(), CliError> {
    if print.is_json() {
        return print.json(now);
    }
    if now.indexes.is_empty() {
        print.note("no index was built since the server was started");
        return Ok(());
    }
    print
        .line(&table(["application", "index", "objects", "state"], now.indexes.iter().map(row)))?;
    if let Some(error) = &now.error {
        print.note(&format!("waiting: {error}"));
    }
    Ok(())
}

fn row(line: &IndexProgress) -> [String; 4] {
    let state = match (line.is_built, line.unreadable) {
        (true, 0) => "built".to_owned(),
        (true, unreadable) => {
            format!("built, but for {unreadable} that cannot be read: see the server's log")
        }
        (false, _) => format!("{} done", line.done),
    };
    [line.application.clone(), line.index.clone(), line.objects.to_string(), state]
}
