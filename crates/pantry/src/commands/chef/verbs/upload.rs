//! Objects from files.
//!
//! One that fails does not keep the others from being uploaded; the exit code is then that of the
//! first failure.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use pantry_http_client::ChefClient;
use serde_json::json;

use super::super::files;
use super::super::kind::Kind;
use super::super::save::{Saved, save};
use crate::commands::Context;
use crate::errors::{CliError, describe, exit};
use crate::print::clean::{Colours, clean};

/// Uploads what is in these files and folders, and says what became of each.
pub(in crate::commands::chef) async fn upload(
    kind: Kind<'_>,
    paths: &[PathBuf],
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let files = files::find(paths, kind, &context.environment)?;
    let mut names = HashMap::new();
    let mut ended = exit::DONE;
    for path in &files {
        let uploaded = upload_one(kind, path, &mut names, client, context).await;
        match uploaded {
            Ok((name, saved)) => tell(kind, &name, path, saved, context)?,
            Err(error) => {
                if context.print.is_json() {
                    let (file, described) = (path.display().to_string(), describe(&error));
                    context.print.json(&json!({
                        "kind": kind.word(), "file": file, "result": "failed", "error": described,
                    }))?;
                }
                let error = of_file(error, path);
                ended = context.failed(ended, &error);
            }
        }
    }
    Ok(ended)
}

async fn upload_one(
    kind: Kind<'_>,
    path: &Path,
    names: &mut HashMap<String, PathBuf>,
    client: &ChefClient,
    context: &Context,
) -> Result<(String, Saved), CliError> {
    let (name, document) = files::read(path, kind, &context.environment)?;
    if let Some(other) = names.insert(name.clone(), path.to_owned()) {
        let (title, other) = (kind.title(&name), other.display());
        let reason = format!("the {title} stands in {other} as well");
        return Err(CliError::BadObject { path: path.to_owned(), reason });
    }
    Ok((name.clone(), save(client, kind, &name, &document).await?))
}

/// Says what was done.
pub(in crate::commands::chef) fn tell(
    kind: Kind<'_>,
    name: &str,
    path: &Path,
    saved: Saved,
    context: &mut Context,
) -> Result<(), CliError> {
    if context.print.is_json() {
        let file = path.display().to_string();
        let kind = kind.word();
        return context.print.json(&json!({
            "kind": kind, "name": name, "file": file, "result": saved,
        }));
    }
    let line = format!("{:<9} {}", saved.word(), kind.title(name));
    context.print.line(&clean(&line, Colours::Removed))
}

/// An error of a server's, with the file that it is about.
fn of_file(error: CliError, path: &Path) -> CliError {
    match error {
        CliError::Chef(_) => CliError::OfFile { path: path.to_owned(), source: Box::new(error) },
        error => error,
    }
}
