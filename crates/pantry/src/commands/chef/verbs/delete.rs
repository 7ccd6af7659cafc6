//! Objects that are to be gone.

use pantry_http_client::ChefClient;
use serde_json::json;

use super::super::kind::Kind;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// What is common to the options of every deletion.
#[derive(Debug, clap::Args)]
pub(in crate::commands::chef) struct Sure {
    /// Do not ask
    #[arg(short, long)]
    pub(in crate::commands::chef) yes: bool,
}

/// Asks the user, then the server, for each of them; goes on after one that cannot be deleted.
pub(in crate::commands::chef) async fn delete(
    kind: Kind<'_>,
    names: &[String],
    sure: &Sure,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let titles: Vec<_> = names.iter().map(|name| kind.title(name)).collect();
    let question =
        format!("Delete the {} of {}? There is no way back.", titles.join(", the "), client.url());
    context.confirm_deletion(sure.yes, &question)?;
    let mut ended = exit::DONE;
    for (name, title) in names.iter().zip(&titles) {
        match client.delete(&kind.path(name)).await {
            Ok(_) if context.print.is_json() => {
                let done = json!({ "kind": kind.word(), "name": name, "result": "deleted" });
                context.print.json(&done)?;
            }
            Ok(_) => context.print.note(&format!("deleted the {title}")),
            Err(error) if names.len() == 1 => return Err(error.into()),
            Err(error) => ended = context.failed(ended, &error.into()),
        }
    }
    Ok(ended)
}
