//! `pantry job list`.

use pantry_model::DeliveryState;
use pantry_model::commands::job::{JobList, JobSummary};

use super::order_in_words;
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;
use crate::print::time;

/// Options of `job list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry job list
  pantry -a shop job list --limit 5 --json")]
pub(crate) struct Options {
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
}

/// Asks and prints.
pub(crate) async fn run(options: &Options, context: &mut Context) -> Result<u8, CliError> {
    let application = context.global.application.clone();
    let mut connection = context.connect().await?;
    let jobs = connection.ask(&JobList { application, limit: options.limit }).await?;
    if context.print.is_json() {
        context.print.json(&jobs)?;
    } else if jobs.is_empty() {
        context.print.note("no jobs yet");
    } else {
        let columns = ["job", "application", "asked", "by", "what", "deliveries"];
        let text = table(columns, jobs.iter().map(row));
        context.print.line(&text)?;
    }
    Ok(exit::DONE)
}

fn row(summary: &JobSummary) -> [String; 6] {
    let job = &summary.job;
    let states = DeliveryState::ALL.iter().filter_map(|state| {
        let number = summary.states.get(state.as_str())?;
        (*number > 0).then(|| format!("{number} {}", state.label()))
    });
    [
        job.id.to_string(),
        job.application.to_string(),
        time::date_and_time(job.created_at),
        super::show::actor(&job.actor),
        shortened(&order_in_words(&job.order)),
        states.collect::<Vec<_>>().join(", "),
    ]
}

fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = text.chars().take(MOST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}
