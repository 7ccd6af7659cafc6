//! `pantry chef runs [NODE]`.

use std::time::Duration;

use pantry_http_client::{ChefClient, ChefError, segment};
use pantry_model::chef::runs::{PROTOCOL_VERSION, RunStatus, RunView};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;
use crate::print::time;

/// How much of an error's line is shown, in characters.
const MOST_OF_ERROR: usize = 70;

/// Options of `chef runs`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Runs are those of `pantry chef run`, and those that ordinary clients of Chef's report. Of each node
the newest are kept.

Examples:
  pantry -a shop chef runs                         of all nodes, newest first
  pantry -a shop chef runs web1 --limit 5
  pantry -a shop chef runs --failed                only those that failed
  pantry -a shop chef runs --json                  for programs, a run on each line")]
pub(super) struct Options {
    /// Only of this node
    #[arg(value_name = "NODE")]
    node: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Only runs that failed
    #[arg(long)]
    failed: bool,
}

/// What a server lists; each as it says it.
#[derive(Deserialize)]
struct History {
    run_history: Option<Vec<Box<RawValue>>>,
}

/// Asks and prints.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let status = if options.failed { "&status=failure" } else { "" };
    let rows = options.limit;
    let of = match &options.node {
        Some(node) => format!("nodes/{}", segment(node)),
        None => "org".to_owned(),
    };
    let path =
        format!("/reports/{of}/runs?rows={rows}&protocol-version={PROTOCOL_VERSION}{status}");
    let History { run_history } = client.get_json(&path).await?;
    let mut runs = run_history.unwrap_or_default();
    // goiardi counts one more.
    runs.truncate(usize::try_from(rows).unwrap_or(usize::MAX));
    if context.print.is_json() {
        for run in &runs {
            context.print.json(run)?;
        }
    } else if runs.is_empty() {
        let which = if options.failed { "failed runs" } else { "runs" };
        let of = options.node.as_ref().map_or_else(String::new, |node| format!(" of {node}"));
        context.print.note(&format!("no {which}{of} are known"));
    } else {
        let read = |run: &RawValue| serde_json::from_str::<RunView>(run.get());
        let runs = runs.iter().map(|run| read(run)).collect::<Result<Vec<_>, _>>();
        let runs = runs.map_err(|error| ChefError::NotUnderstood {
            method: "GET".to_owned(),
            url: client.url().join("/reports").to_string(),
            reason: error.to_string(),
        })?;
        let columns = ["run", "when", "node", "outcome", "changed", "took", "what failed"];
        context.print.line(&table(columns, runs.iter().map(row)))?;
    }
    Ok(exit::DONE)
}

fn row(run: &RunView) -> [String; 7] {
    [
        run.run_id.clone(),
        run.started_at().map_or_else(|| "?".to_owned(), time::date_and_time),
        run.node_name.clone(),
        outcome(run),
        changed(run),
        took(run).unwrap_or_else(|| "-".to_owned()),
        what_failed(run),
    ]
}

/// How it went, in a word or two.
pub(super) fn outcome(run: &RunView) -> String {
    let known = RunStatus::from_stored(&run.status);
    let word = match known {
        Some(RunStatus::Running) => "running",
        Some(RunStatus::Interrupted) => "interrupted",
        Some(RunStatus::Success) => "ok",
        Some(RunStatus::Failure) => "failed",
        None => &run.status,
    };
    if run.why_run { format!("{word} (why-run)") } else { word.to_owned() }
}

/// How many resources were changed, of how many.
pub(super) fn changed(run: &RunView) -> String {
    match (run.updated_res_count, run.total()) {
        (Some(updated), Some(total)) => format!("{updated}/{total}"),
        // What others call the total is what was changed.
        (Some(changed), None) | (None, Some(changed)) => changed.to_string(),
        (None, None) => "-".to_owned(),
    }
}

/// How long it took.
pub(super) fn took(run: &RunView) -> Option<String> {
    run.took().map(|took: Duration| time::duration(took))
}

/// What failed, in one line.
fn what_failed(run: &RunView) -> String {
    let line = run.failed_resource.clone().or_else(|| run.error.clone()).unwrap_or_default();
    let mut short: String = line.chars().take(MOST_OF_ERROR).collect();
    if short.len() < line.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(run: &str) -> String {
        row(&serde_json::from_str(run).unwrap())[2..].join("|")
    }

    #[test]
    fn a_run_is_one_line_of_what_matters() {
        for (run, line) in [
            (
                r#"{"node_name":"web1","status":"failure","duration_ms":3200,"total_res_count":7,
                "updated_res_count":2,"failed_resource":"execute[x]","error":"no"}"#,
                "web1|failed|2/7|3.2 s|execute[x]",
            ),
            (r#"{"node_name":"a","status":"success","why_run":true}"#, "a|ok (why-run)|-|-|"),
            (r#"{"node_name":"a","status":"started"}"#, "a|running|-|-|"),
            (
                r#"{"node_name":"a","status":"aborted","error":"it took longer than 60 s"}"#,
                "a|interrupted|-|-|it took longer than 60 s",
            ),
            // goiardi's, which has no end where there is none.
            (
                r#"{"node_name":"a","status":"success","total_res_count":"3",
                "start_time":"2026-11-21T13:05:09Z","end_time":"2026-11-21T13:05:19+00:00"}"#,
                "a|ok|3|10 s|",
            ),
            (
                r#"{"node_name":"a","status":"started","start_time":"2026-11-21T13:05:09Z",
                "end_time":"0001-01-01T00:00:00Z"}"#,
                "a|running|-|-|",
            ),
        ] {
            assert_eq!(shown(run), line);
        }
        assert!(shown(&format!(r#"{{"error":"{}"}}"#, "é".repeat(100))).ends_with("é…"));
    }
}
