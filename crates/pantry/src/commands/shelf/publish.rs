//! `pantry shelf publish SHELF [--off]`.

use pantry_http_client::{ChefClient, segment};
use pantry_model::ApplicationName;
use serde_json::json;

use super::document;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `shelf publish`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A published shelf is a Supermarket that anybody can read who can reach the server, without a key:
`source` in a Berksfile, `default_source :supermarket` in a Policyfile. Others are read with a key.

Examples:
  pantry shelf publish base
  pantry shelf publish base --off            only with a key again")]
pub(super) struct Options {
    /// The shelf
    #[arg(value_name = "SHELF")]
    shelf: ApplicationName,
    /// Let nobody read it without a key any more
    #[arg(long)]
    off: bool,
}

/// Asks for it.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let (shelf, published) = (&options.shelf, !options.off);
    document::put(client, shelf, &json!({"published": published})).await?;
    let url = client.url().join(&format!("/shelves/{}", segment(shelf.as_str())));
    if context.print.is_json() {
        let said = json!({"name": shelf, "published": published, "url": url.to_string()});
        context.print.json(&said)?;
    } else if published {
        context.print.note(&format!(
            "anybody can read {shelf} now, as a Supermarket at {url}; `pantry shelf publish {shelf} \
             --off` ends that"
        ));
    } else {
        context.print.note(&format!("{shelf} is read only with a key from now on"));
    }
    Ok(exit::DONE)
}
