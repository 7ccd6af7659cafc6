//! `pantry admin reindex`: has the server make anew what searches look into, and watches.

use pantry_model::commands::reindex::{IndexProgress, Reindex, ReindexShow, Reindexing};

use super::Context;
use super::watched::{Progress, watch};
use crate::errors::{CliError, exit};
use crate::print::Print;
use crate::print::table::table;

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
        return done(&now, print);
    }
    match watch(&Reindex { application }, &ReindexShow {}, &mut connection, print).await? {
        Some(now) => done(&now, print),
        None => Ok(exit::INTERRUPTED),
    }
}

impl Progress for Reindexing {
    const STATUS: &'static str = "pantry admin reindex --status";

    fn is_at_work(&self) -> bool {
        self.is_at_work
    }

    fn line(&self) -> String {
        let built = self.indexes.iter().filter(|line| line.is_built).count();
        let all = self.indexes.len();
        let current = self.indexes.iter().find(|line| !line.is_built);
        match (current, &self.error) {
            (_, Some(error)) => format!("{built} of {all} indexes built; waiting: {error}"),
            (Some(line), None) => format!(
                "{built} of {all} indexes built; {} of {}: {} of {} objects",
                line.index, line.application, line.done, line.objects
            ),
            (None, None) => format!("{built} of {all} indexes built"),
        }
    }
}

/// What was built.
fn done(now: &Reindexing, print: &mut Print) -> Result<u8, CliError> {
    if print.is_json() {
        print.json(now)?;
        return Ok(exit::DONE);
    }
    if now.indexes.is_empty() {
        print.note("no index was built since the server was started");
        return Ok(exit::DONE);
    }
    print
        .line(&table(["application", "index", "objects", "state"], now.indexes.iter().map(row)))?;
    if let Some(error) = &now.error {
        print.note(&format!("waiting: {error}"));
    }
    Ok(exit::DONE)
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
