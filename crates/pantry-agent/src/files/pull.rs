//! Sends files of this machine's.

use std::path::Path;

use pantry_files::{
    FilesError, FilesSupply, Limits, Named, Places, Stop, Strictness, Supplied, resolve, scan, work,
};
use pantry_model::commands::file::{FilePull, Pulled};
use pantry_model::protocol::files::Place;
use pantry_model::tree::{MAX_ENTRIES, MAX_TREE_BYTES, What};
use pantry_model::{OutputStream, Sha256};
use sha2::Digest as _;

use crate::commands::Context;
use crate::output::Output;

/// As many things that are left out are named.
const NAMED: usize = 100;

/// Reads the files, sends what the server lacks, and prints a line. An error is a sentence.
pub(crate) async fn pull(
    pull: FilePull,
    context: Context,
    output: &mut Output,
) -> Result<(), String> {
    let Context { files, file_rules, job, .. } = context;
    let stop = Stop::default();
    let (places, go_on) = (file_rules.places(), stop.clone());
    let limits = Limits { entries: MAX_ENTRIES, bytes: file_rules.pull_limit };
    let scanned = work(&stop, move || {
        let named: Result<Vec<_>, _> =
            pull.paths.iter().map(|path| named(Path::new(path), &places)).collect();
        scan(&named?, limits, Strictness::LeftOut, &go_on, &|_| {})
    });
    let scanned = scanned.await.map_err(|error| match error {
        FilesError::TooLarge(limit) => format!(
            "there are more than {limit} bytes, the most that are sent (client.pull_limit in its client.yml)"
        ),
        error => error.to_string(),
    })?;
    for note in scanned.notes.iter().take(NAMED) {
        output.write(OutputStream::Stderr, format!("{note}\n").as_bytes()).await;
    }
    if let Some(more) = scanned.notes.len().checked_sub(NAMED + 1) {
        let line = format!("and {} more are left out\n", more + 1);
        output.write(OutputStream::Stderr, line.as_bytes()).await;
    }
    let document = scanned.tree.to_json();
    if document.len() > MAX_TREE_BYTES {
        return Err(FilesError::TooMany(scanned.tree.entries.len()).to_string());
    }
    let is_file = |what: &What| matches!(what, What::File { .. });
    let pulled = Pulled {
        tree: Sha256(sha2::Sha256::digest(&document).into()),
        tree_size: document.len() as u64,
        files: scanned.tree.entries.iter().filter(|entry| is_file(&entry.what)).count() as u64,
        bytes: scanned.tree.contents().map(|(_, size)| size).sum(),
    };
    let mut contents = scanned.contents;
    let of_files = scanned.origins.into_iter().zip(&contents);
    let mut supplied: Vec<_> =
        of_files.map(|(origin, (_, size))| Supplied::File(origin, *size)).collect();
    if !contents.iter().any(|(sha256, _)| *sha256 == pulled.tree) {
        contents.push((pulled.tree, pulled.tree_size));
        supplied.push(Supplied::Bytes(document));
    }
    let mut supply = FilesSupply::start(supplied, &|_| {}).map_err(|error| error.to_string())?;
    let client = files.open()?;
    client
        .store(Place::Delivery(job), &contents, &mut supply)
        .await
        .map_err(|error| error.to_string())?;
    let mut line = serde_json::to_vec(&pulled).unwrap_or_default();
    line.push(b'\n');
    output.write(OutputStream::Stdout, &line).await;
    Ok(())
}

/// What is at a path, under the name by which it was asked for.
fn named(path: &Path, places: &Places) -> Result<Named, FilesError> {
    let real = resolve(path)?;
    if !places.hold(&real) {
        return Err(FilesError::Outside(path.to_owned()));
    }
    let name = path.file_name().or(real.file_name());
    let name = name.ok_or_else(|| FilesError::NoName(path.to_owned()))?;
    let reason = "its name is no UTF-8".to_owned();
    let unnameable = || FilesError::Unnameable { path: path.to_owned(), reason };
    let name = name.to_str().ok_or_else(unnameable)?.to_owned();
    Ok(Named { name, path: real })
}
