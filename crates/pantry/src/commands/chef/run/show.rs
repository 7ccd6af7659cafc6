//! `pantry chef run show ID`.

use pantry_http_client::{ChefClient, segment};
use pantry_model::chef::runs::{PROTOCOL_VERSION, RunShown, RunView, RunViewResource};
use serde_json::Value;

use super::super::runs::{changed, outcome, took};
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::clean::{Colours, clean};
use crate::print::table::table;
use crate::print::time;

/// How many lines of a backtrace are shown if not all are asked for.
const BACKTRACE: usize = 5;

/// Options of `chef run show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry -a shop chef run show 5dd25b0f-3e42-4ac6-9f3b-f1a57e9f36c1
  pantry -a shop chef run show 5dd25b0f-3e42-4ac6-9f3b-f1a57e9f36c1 --all")]
pub(in crate::commands) struct Options {
    /// Which, as `pantry chef runs` lists it
    #[arg(value_name = "ID")]
    id: String,
    /// Also what was changed in files, and the whole backtrace of an error
    #[arg(long)]
    all: bool,
}

/// Asks and prints.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let id = segment(&options.id);
    let path = format!("/reports/org/runs/{id}?protocol-version={PROTOCOL_VERSION}");
    if context.print.is_json() {
        let shown: Value = client.get_json(&path).await?;
        context.print.json(&shown)?;
        return Ok(exit::DONE);
    }
    let shown: RunShown = client.get_json(&path).await?;
    for part in describe(&shown, options.all) {
        context.print.line(&part)?;
    }
    Ok(exit::DONE)
}

/// What is printed, in parts with a line between them.
fn describe(shown: &RunShown, all: bool) -> Vec<String> {
    let run = &shown.run_detail;
    let resources = shown.resources.as_deref().unwrap_or_default();
    let mut parts = vec![fields(run)];
    if !resources.is_empty() {
        let columns = ["action", "resource", "recipe", "took", ""];
        parts.extend([String::new(), table(columns, resources.iter().map(row))]);
    }
    if let Some(number) = run.resources_left_out {
        parts.push(format!("and {number} more, which are not kept"));
    }
    if all {
        for resource in resources {
            let delta = resource.delta.as_str().unwrap_or_default();
            if !delta.is_empty() {
                // Chef writes the ends of lines as they are written in Ruby.
                let delta = delta.replace("\\n", "\n");
                parts.extend([String::new(), cleaned(&declared(resource)), lines(&delta)]);
            }
        }
    }
    if let Some(error) = run.exception() {
        let message = if error.class.is_empty() {
            error.message
        } else {
            format!("{}: {}", error.class, error.message)
        };
        parts.push(String::new());
        parts.extend(error.title.as_deref().map(cleaned));
        parts.push(lines(&message));
        let shown = if all { error.backtrace.len() } else { BACKTRACE };
        parts.extend(error.backtrace.iter().take(shown).map(|at| format!("  {}", cleaned(at))));
        let left = error.backtrace.len().saturating_sub(shown);
        if left > 0 {
            parts.push(format!("  and {left} more: `--all`"));
        }
    }
    parts
}

fn fields(run: &RunView) -> String {
    let policy = match (&run.policy_name, &run.policy_group) {
        (Some(name), Some(group)) => Some(format!("{name} (group {group})")),
        (name, group) => name.clone().or_else(|| group.clone()),
    };
    let run_list: Vec<String> =
        run.run_list.as_deref().and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default();
    let joined = |words: &[String]| (!words.is_empty()).then(|| words.join(" "));
    let cookbooks: Vec<String> =
        run.cookbooks.iter().map(|(name, version)| format!("{name} {version}")).collect();
    let cookbooks = (!cookbooks.is_empty()).then(|| cookbooks.join(", "));
    let when = run.started_at().map(|at| match took(run) {
        Some(took) => format!("{}, took {took}", time::date_and_time(at)),
        None => time::date_and_time(at),
    });
    let told = run.source.as_deref().map(|source| match source {
        "pantry" => "a job of Pantry's",
        "data-collector" => "the machine's Chef client, as to a data collector",
        "reporting" => "the machine's Chef client, by the reporting protocol",
        other => other,
    });
    let fields = [
        ("run", Some(run.run_id.clone())),
        ("node", Some(run.node_name.clone())),
        ("outcome", Some(outcome(run))),
        ("failed", run.failed_resource.clone()),
        ("when", when),
        ("changed", Some(changed(run))),
        ("job", run.job.clone()),
        ("mode", run.mode.clone()),
        ("exit status", run.exit_code.map(|code| code.to_string())),
        ("run list", joined(&run_list)),
        ("recipes", joined(&run.recipes)),
        ("policy", policy),
        ("cookbooks", cookbooks),
        ("Chef", run.chef_version.clone()),
        ("told by", told.map(ToOwned::to_owned)),
    ];
    let line = |(name, value): (&str, Option<String>)| {
        Some(format!("{name:<12} {}", cleaned(&value?)).trim_end().to_owned())
    };
    fields.into_iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

fn declared(resource: &RunViewResource) -> String {
    format!("{}[{}]", resource.kind, resource.name)
}

fn row(resource: &RunViewResource) -> [String; 5] {
    let recipe = match (&resource.cookbook_name, &resource.recipe_name) {
        (Some(cookbook), Some(recipe)) => format!("{cookbook}::{recipe}"),
        (cookbook, recipe) => cookbook.clone().or_else(|| recipe.clone()).unwrap_or_default(),
    };
    let took = resource.took().map(time::duration).unwrap_or_default();
    let failed = resource.status.as_deref() == Some("failed");
    let failed = if failed { "failed" } else { "" }.to_owned();
    [resource.result.clone(), declared(resource), recipe, took, failed]
}

fn cleaned(text: &str) -> String {
    clean(text, Colours::Removed)
}

/// A text of several lines, each made harmless.
fn lines(text: &str) -> String {
    text.lines().map(cleaned).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOWN: &str = r#"{
        "run_detail": {
            "run_id": "5dd2", "node_name": "web1", "status": "failure", "duration_ms": 30000,
            "total_res_count": 7, "updated_res_count": 1, "failed_resource": "execute[x]",
            "run_list": "[\"recipe[web]\",\"role[a]\"]", "cookbooks": {"b": "2.0.0", "web": "1.2.0"},
            "chef_version": "18.11.21", "source": "pantry", "job": "0123456789abcdef", "mode": "zero",
            "exit_code": 1, "resources_left_out": 2,
            "data": {"exception": {"class": "RuntimeError", "message": "no\u001b[2J\nway",
                "title": "Error on resource 'execute[x]'", "backtrace": ["a","b","c","d","e","f","g"]}}},
        "resources": [
            {"type": "file", "name": "/etc/motd", "result": "create", "status": "updated",
                "duration": "12", "delta": "-a\\n+b", "cookbook_name": "web", "recipe_name": "default"},
            {"type": "execute", "name": "x", "result": "run", "status": "failed", "delta": ""}]}"#;

    #[test]
    fn a_run_is_shown_with_what_it_changed_and_what_failed() {
        let shown = serde_json::from_str(SHOWN).unwrap();
        assert_eq!(
            describe(&shown, false).join("\n"),
            "run          5dd2\nnode         web1\noutcome      failed\nfailed       execute[x]\n\
             changed      1/7\njob          0123456789abcdef\nmode         zero\nexit status  1\n\
             run list     recipe[web] role[a]\ncookbooks    b 2.0.0, web 1.2.0\n\
             Chef         18.11.21\ntold by      a job of Pantry's\n\n\
             ACTION  RESOURCE         RECIPE        TOOK\n\
             create  file[/etc/motd]  web::default  0.0 s\n\
             run     execute[x]                            failed\n\
             and 2 more, which are not kept\n\n\
             Error on resource 'execute[x]'\nRuntimeError: no?[2J\nway\n  a\n  b\n  c\n  d\n  e\n  \
             and 2 more: `--all`"
        );
        let all = describe(&shown, true).join("\n");
        assert!(all.contains("\n\nfile[/etc/motd]\n-a\n+b\n") && all.ends_with("\n  g"), "{all}");
    }

    #[test]
    fn a_run_of_another_server_is_shown_as_far_as_it_says() {
        let theirs = r#"{"run_detail":{"run_id":"x","node_name":"a","status":"success","data":null,
            "start_time":"2026-11-21T13:05:09Z","run_list":"","total_res_count":2},"resources":null}"#;
        let shown = describe(&serde_json::from_str(theirs).unwrap(), true).join("\n");
        assert!(
            shown.starts_with("run          x\nnode         a\noutcome      ok\nwhen"),
            "{shown}"
        );
        assert!(shown.ends_with("\nchanged      2"), "{shown}");
    }
}
