//! The names of all objects of a collection.

use std::collections::BTreeMap;

use pantry_http_client::ChefClient;
use serde::Serialize;

use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::clean::{Colours, clean};

/// With `--json`.
#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    url: &'a str,
}

/// Prints them, one a line. `none` is what is said if there are none.
pub(in crate::commands::chef) async fn list(
    path: &str,
    none: &str,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let all: BTreeMap<String, String> = client.get_json(path).await?;
    if context.print.is_json() {
        let lines: Vec<_> = all.iter().map(|(name, url)| Line { name, url }).collect();
        context.print.json(&lines)?;
    } else if all.is_empty() {
        context.print.note(none);
    } else {
        for name in all.keys() {
            context.print.line(&clean(name, Colours::Removed))?;
        }
    }
    Ok(exit::DONE)
}
