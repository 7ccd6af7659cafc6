//! Writes the files of a job.

use std::path::PathBuf;

use pantry_files::{Order, Owners, Receiving, Stop, tree, work};
use pantry_model::OutputStream;
use pantry_model::commands::file::{FilePush, Pushed};
use pantry_model::protocol::files::Source;

use super::underway::Underway;
use crate::commands::Context;
use crate::output::Output;

/// Fetches the tree and what is lacked of it, writes it, and prints a line. An error is a sentence.
pub(crate) async fn push(
    push: FilePush,
    context: Context,
    output: &mut Output,
) -> Result<(), String> {
    let Context { files, file_rules, data_dir, job, .. } = context;
    let stop = Stop::default();
    let said = (push.owner, push.group);
    let owners = work(&stop, move || {
        let user = said.0.map(|name| Owners::user(&name)).transpose()?;
        Ok((user, said.1.map(|name| Owners::group(&name)).transpose()?))
    });
    let (owner, group) = owners.await.map_err(|error| error.to_string())?;
    let underway = Underway::begin(&data_dir, job)
        .map_err(|error| format!("cannot make a folder in {}: {error}", data_dir.display()))?;
    let random = getrandom::u32().map_err(|error| error.to_string())?;
    let client = files.open()?;
    let receiving = Receiving {
        client: &client,
        from: Source::Job(job),
        arriving: &underway.contents,
        cache: Some(files.contents()),
        note: Some(underway.note()),
        stop,
    };
    let tree = tree(&receiving, push.tree, push.tree_size).await;
    let order = Order {
        tree: tree.map_err(|error| error.to_string())?,
        to: PathBuf::from(push.to),
        into: push.into,
        owner,
        group,
        mode: push.mode,
        // Another client may write to the same folder for the same job, as where machines share a disk.
        tag: format!("{job}-{random:08x}"),
        places: file_rules.places(),
    };
    let written = receiving.write(order, &|_| {}).await.map_err(|error| error.to_string())?;
    let pushed = Pushed {
        files: written.files,
        changed: written.changed,
        folders: written.folders,
        bytes: written.bytes,
    };
    let mut line = serde_json::to_vec(&pushed).unwrap_or_default();
    line.push(b'\n');
    output.write(OutputStream::Stdout, &line).await;
    Ok(())
}
