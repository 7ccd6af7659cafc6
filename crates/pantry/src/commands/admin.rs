//! `pantry admin ledger` and `pantry admin refusals`.

use pantry_model::commands::admin::{LedgerLine, LedgerList, Refusal, RefusalList};

use super::Context;
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
    /// What was changed, by whom: an application's, or what belongs to none
    #[command(after_help = "\
Examples:
  pantry admin ledger
  pantry -a shop admin ledger --after 120")]
    Ledger {
        /// Only what came after this position
        #[arg(long, value_name = "N", default_value_t = 0)]
        after: u64,
        /// At most so many entries
        #[arg(long, value_name = "N", default_value_t = 100)]
        #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
        limit: u32,
    },
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
    let application = context.global.application.clone();
    let mut connection = context.connect().await?;
    let print = &mut context.print;
    match options.verb {
        Verb::Ledger { after, limit } => {
            let lines = connection.ask(&LedgerList { application, after, limit }).await?;
            if print.is_json() {
                print.json(&lines)?;
            } else if !lines.is_empty() {
                let columns = ["position", "time", "who", "did", "what", "name", "content"];
                print.line(&table(columns, lines.iter().map(ledger_row)))?;
            }
            if let Some(last) = lines.last().filter(|_| lines.len() as u64 == u64::from(limit)) {
                print.note(&format!("there may be more: `--after {}`", last.position));
            }
        }
        Verb::Refusals { limit } => {
            let refusals = connection.ask(&RefusalList { limit }).await?;
            if print.is_json() {
                print.json(&refusals)?;
            } else if refusals.is_empty() {
                print.note("nobody was turned away");
            } else {
                let columns = ["time", "times", "who", "address", "what"];
                print.line(&table(columns, refusals.iter().map(refusal_row)))?;
            }
        }
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
