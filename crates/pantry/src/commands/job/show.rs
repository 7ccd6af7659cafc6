//! `pantry job show ID`.

use pantry_model::commands::job::{JobShow, JobView};
use pantry_model::{Delivery, JobId, Principal};

use super::order_in_words;
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::clean::{Colours, clean};
use crate::print::table::table;
use crate::print::time;
use crate::watch::sentence;

/// Options of `job show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry job show 01hzk3v5m8qw2x4c
  pantry job show 01hzk3v5m8qw2x4c --json")]
pub(crate) struct Options {
    /// The job
    #[arg(value_name = "ID")]
    id: JobId,
}

/// Asks and prints.
pub(crate) async fn run(options: &Options, context: &mut Context) -> Result<u8, CliError> {
    let mut connection = context.connect().await?;
    let view = connection.ask(&JobShow { job: options.id }).await?;
    if context.print.is_json() {
        context.print.json(&view)?;
    } else {
        context.print.line(&describe(&view))?;
    }
    Ok(exit::DONE)
}

/// Who asked: a user's name, a machine's whole name.
pub(super) fn actor(actor: &Principal) -> String {
    match actor {
        Principal::User(user) => user.to_string(),
        Principal::Machine(machine) => machine.to_string(),
    }
}

fn describe(view: &JobView) -> String {
    let job = &view.job;
    let fields = [
        ("job", job.id.to_string()),
        ("application", job.application.to_string()),
        ("asked", format!("{} by {}", time::date_and_time(job.created_at), actor(&job.actor))),
        ("what", order_in_words(&job.order)),
        ("target", job.target.to_string()),
        ("may run for", time::duration(job.order.timeout)),
        ("lives until", time::date_and_time(job.expires_at)),
    ];
    let mut text = String::new();
    for (name, value) in fields {
        text.push_str(&format!("{name:<12} {}\n", clean(&value, Colours::Removed)));
    }
    let columns = ["client", "state", "since", "took", "output", "detail"];
    text.push('\n');
    text.push_str(&table(columns, view.deliveries.iter().map(row)));
    text
}

fn row(delivery: &Delivery) -> [String; 6] {
    let took = match delivery.started_at {
        Some(started) if delivery.state.is_final() => {
            time::duration(delivery.changed_at.since(started))
        }
        _ => String::new(),
    };
    [
        delivery.identity.to_string(),
        delivery.state.label().to_owned(),
        time::date_and_time(delivery.changed_at),
        took,
        format!("{} B", delivery.ending.output_bytes),
        sentence(delivery),
    ]
}
