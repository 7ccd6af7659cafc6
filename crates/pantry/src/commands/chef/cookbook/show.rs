//! `pantry chef cookbook show NAME [VERSION]`.

use pantry_berks::RemoteCookbook;
use pantry_http_client::{ChefClient, ChefError};

use super::super::document::Document;
use super::path;
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::clean::{Colours, clean};

/// Options of `chef cookbook show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry -a shop chef cookbook show nginx            the newest version
  pantry -a shop chef cookbook show nginx 1.2.3
  pantry -a shop chef cookbook show nginx --json     whole, as the server has it")]
pub(super) struct Options {
    /// Which
    #[arg(value_name = "NAME")]
    name: String,
    /// Which version of it [default: the newest]
    #[arg(value_name = "VERSION")]
    version: Option<String>,
}

/// Asks and prints.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let path = path(&options.name, options.version.as_deref());
    let body = client.get(&path).await?;
    let not_understood = |reason| {
        let url = client.url().join(&path).to_string();
        CliError::from(ChefError::NotUnderstood { method: "GET".to_owned(), url, reason })
    };
    if context.print.is_json() {
        let document = Document::read(&body).map_err(not_understood)?;
        context.print.line(&document.compact())?;
        return Ok(exit::DONE);
    }
    let cookbook = read(&body).map_err(not_understood)?;
    for line in describe(&cookbook) {
        context.print.line(&clean(&line, Colours::Removed))?;
    }
    Ok(exit::DONE)
}

/// Reads what a server says of a version.
pub(super) fn read(body: &[u8]) -> Result<RemoteCookbook, String> {
    RemoteCookbook::read(body).map_err(|error| error.to_string())
}

/// What matters of it, a line each.
fn describe(cookbook: &RemoteCookbook) -> Vec<String> {
    let metadata = &cookbook.metadata;
    let said = |key: &str| metadata.get(key).as_text().unwrap_or_default().to_owned();
    let names = |key: &str| {
        let members = metadata.get(key).as_map().unwrap_or_default();
        members.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ")
    };
    let needs: Vec<_> =
        metadata.dependencies().map(|(name, it)| format!("{name} ({it})")).collect();
    let fields = [
        ("cookbook", cookbook.name.clone()),
        ("version", cookbook.version.clone()),
        ("frozen", if cookbook.is_frozen { "yes" } else { "no" }.to_owned()),
        ("description", said("description")),
        ("maintainer", said("maintainer")),
        ("license", said("license")),
        ("depends on", needs.join(", ")),
        ("platforms", names("platforms")),
        ("recipes", names("recipes")),
        ("files", cookbook.files.len().to_string()),
    ];
    let fields = fields.into_iter().filter(|(_, value)| !value.is_empty());
    let lines = fields.map(|(name, value)| format!("{name:<12} {value}"));
    lines.chain(cookbook.files.iter().map(|file| format!("  {}", file.path))).collect()
}
