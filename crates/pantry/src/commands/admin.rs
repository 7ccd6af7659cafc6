//! `pantry admin ledger` and `pantry admin refusals`; the other verbs have their own files.

use pantry_model::commands::admin::{LedgerLine, LedgerList, Refusal, RefusalList};

use super::{Context, check, gc, migrate_store, reindex};
use crate::errors::{CliError, exit};
use crate::print::table::table;
use crate::print::time;

/// Options of `admin`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Is what the server keeps whole: every file of every cookbook, and what refers to what?
    Check(check::Options),
    /// Delete what nobody needs any more: files that nothing holds, and what is left of uploads
    Gc(gc::Options),
    /// What was changed last, by whom: in an application, or what belongs to none
    #[command(after_help = "\
Examples:
  pantry admin ledger
  pantry -a shop admin ledger --after 120")]
    Ledger {
        /// The first entries after this position, instead of the newest
        #[arg(long, value_name = "N")]
        after: Option<u64>,
        /// At most so many entries
        #[arg(long, value_name = "N", default_value_t = 100)]
        #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
    /// Move everything to another store: from SQLite to PostgreSQL, or back
    MigrateStore(migrate_store::Options),
    /// Make anew what searches look into: an application's with `-a`, or all
    Reindex(reindex::Options),
    /// Who was turned away lately
    #[command(after_help = "\
Examples:
  pantry admin refusals --limit 20")]
    Refusals {
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 100)]
        #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
}

/// Asks and prints.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    match options.verb {
        Verb::Check(options) => check::run(&options, context).await,
        Verb::Gc(options) => gc::run(&options, context).await,
        Verb::Ledger { after, limit } => ledger(after, limit, context).await,
        Verb::MigrateStore(options) => migrate_store::run(options, context).await,
        Verb::Reindex(options) => reindex::run(&options, context).await,
        Verb::Refusals { limit } => refusals(limit, context).await,
    }
}

async fn ledger(after: Option<u64>, limit: u32, context: &mut Context) -> Result<u8, CliError> {
    let application = context.global.application.clone();
    let lines = context.connect().await?.ask(&LedgerList { application, after, limit }).await?;
    let print = &mut context.print;
    if print.is_json() {
        print.json(&lines)?;
    } else if !lines.is_empty() {
        let columns = ["position", "time", "who", "did", "what", "name", "content"];
        print.line(&table(columns, lines.iter().map(ledger_row)))?;
    }
    let is_full = lines.len() as u64 == u64::from(limit);
    match (after, lines.first(), lines.last()) {
        (Some(_), _, Some(last)) if is_full => {
            print.note(&format!("there may be more: `--after {}`", last.position));
        }
        (None, Some(first), _) if first.position > 1 => {
            let before = first.position.saturating_sub(u64::from(limit) + 1);
            print.note(&format!("there are earlier ones: `--after {before}`"));
        }
        _ => {}
    }
    Ok(exit::DONE)
}

async fn refusals(limit: u32, context: &mut Context) -> Result<u8, CliError> {
    let refusals = context.connect().await?.ask(&RefusalList { limit }).await?;
    let print = &mut context.print;
    if print.is_json() {
        print.json(&refusals)?;
    } else if refusals.is_empty() {
        print.note("nobody was turned away");
    } else {
        let columns = ["time", "times", "who", "address", "what"];
        print.line(&table(columns, refusals.iter().map(refusal_row)))?;
    }
    Ok(exit::DONE)
}

fn ledger_row(line: &LedgerLine) -> [String; 7] {
    let content =
        line.hash.as_deref().map_or_else(String::new, |hash| hash.chars().take(12).collect());
    [
        line.position.to_string(),
        time::date_and_time(line.at),
        line.actor.clone(),
        line.verb.clone(),
        line.kind.clone(),
        line.name.clone(),
        content,
    ]
}

fn refusal_row(refusal: &Refusal) -> [String; 5] {
    [
        time::date_and_time(refusal.at),
        refusal.count.to_string(),
        refusal.who.clone(),
        refusal.address.clone(),
        refusal.what.clone(),
    ]
}
