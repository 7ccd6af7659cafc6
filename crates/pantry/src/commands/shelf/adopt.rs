//! `pantry shelf adopt APP… --to SHELF`.

use std::collections::BTreeMap;

use pantry_http_client::ChefClient;
use pantry_model::ApplicationName;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::document;
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;

/// Options of `shelf adopt`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Two versions are the same if their metadata and the contents of their files are, whoever has
uploaded them. The applications' own copies stay, and count before the shelf's: nothing changes for
anybody until they are deleted, with `pantry -a APP chef cookbook delete NAME VERSION`. It needs
that you may read the cookbooks of all of these applications, and upload to the shelf.

Examples:
  pantry shelf adopt shop bank mill --to base --dry-run     what they have in common
  pantry shelf adopt shop bank mill --to base
  pantry shelf adopt shop bank --to base --freeze --yes")]
pub(super) struct Options {
    /// The applications
    #[arg(value_name = "APP", required = true, num_args = 2..)]
    applications: Vec<ApplicationName>,
    /// The shelf that gets one copy of each
    #[arg(long, value_name = "SHELF")]
    to: ApplicationName,
    /// Nobody may replace the copies
    #[arg(long)]
    freeze: bool,
    /// Only show what they have in common
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// What a server says of it.
#[derive(Debug, Deserialize)]
struct Adoption {
    cookbooks: Vec<Shared>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Shared {
    name: String,
    version: String,
    applications: Vec<String>,
    files: u64,
    bytes: u64,
    result: String,
}

/// Has it shown, asks, and has it done.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let Options { applications, to, .. } = options;
    let body = json!({ "applications": applications, "dry_run": true });
    let (said, found) = ask(options, client, &body).await?;
    let adoptable = found.iter().filter(|one| one.result == "adoptable").count();
    if context.print.is_json() && (options.dry_run || adoptable == 0) {
        context.print.json(&said)?;
        return Ok(exit::DONE);
    }
    if !context.print.is_json() {
        show(&found, to, context)?;
    }
    if options.dry_run || adoptable == 0 {
        return Ok(exit::DONE);
    }
    let question = format!("Copy {adoptable} to {to}?");
    context.confirm("what is copied", options.yes, &question)?;
    // What was shown, and nothing that has come since.
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for one in found.iter().filter(|one| one.result == "adoptable") {
        versions.entry(&one.name).or_default().push(&one.version);
    }
    let body = json!({
        "applications": applications, "cookbooks": versions, "freeze": options.freeze,
    });
    let (said, done) = ask(options, client, &body).await?;
    if context.print.is_json() {
        context.print.json(&said)?;
        return Ok(exit::DONE);
    }
    let adopted = done.iter().filter(|one| one.result == "adopted");
    let count = adopted.clone().count();
    for Shared { name, version, .. } in adopted {
        context.print.line(&format!("adopted  cookbook {name} {version}"))?;
    }
    let an_app = applications.first().map_or("APP", ApplicationName::as_str);
    let example = done.first().map_or(("NAME", "VERSION"), |one| (&one.name, &one.version));
    context.print.note(&format!(
        "{count} copied to {to}. The applications' own copies stay, and count before the shelf's: \
         `pantry -a {an_app} chef cookbook delete {} {}` deletes one",
        example.0, example.1
    ));
    Ok(exit::DONE)
}

async fn ask(
    options: &Options,
    client: &ChefClient,
    body: &Value,
) -> Result<(Value, Vec<Shared>), CliError> {
    let path = format!("{}/adoptions", document::path(&options.to));
    let said: Value = client.query(&path, body.to_string().into_bytes()).await?;
    let read = Adoption::deserialize(&said);
    let Adoption { cookbooks } = read.map_err(|error| CliError::Nonsense(error.to_string()))?;
    Ok((said, cookbooks))
}

fn show(found: &[Shared], to: &ApplicationName, context: &mut Context) -> Result<(), CliError> {
    if found.is_empty() {
        context.print.note("they have no version of a cookbook with the same contents");
        return Ok(());
    }
    let row = |one: &Shared| {
        let there = match one.result.as_str() {
            "present" => "the same",
            "other" => "another content",
            _ => "nothing",
        };
        let (files, bytes) = (one.files.to_string(), one.bytes.to_string());
        let who = one.applications.join(", ");
        [one.name.clone(), one.version.clone(), who, files, bytes, there.to_owned()]
    };
    let there = format!("{to} has");
    let columns = ["cookbook", "version", "of", "files", "bytes", &there];
    context.print.line(&table(columns, found.iter().map(row)))
}
