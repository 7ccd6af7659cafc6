//! Says which files there are.

use std::path::Path;

use pantry_files::{FilesError, Owners, Stop, resolve, work};
use pantry_model::OutputStream;
use pantry_model::commands::file::FileList;
use pantry_model::tree::MAX_ENTRIES;

use crate::commands::Context;
use crate::output::Output;

/// Prints a line for each thing at each path. An error is a sentence; what there is at other paths was
/// printed all the same.
pub(crate) async fn list(
    list: FileList,
    context: Context,
    output: &mut Output,
) -> Result<(), String> {
    let mut failed: Option<String> = None;
    let count = list.paths.len();
    for path in list.paths {
        let places = context.file_rules.places();
        let stop = Stop::default();
        let found = work(&stop, move || {
            let path = Path::new(&path);
            let real = resolve(path)?;
            if !places.hold(&real) {
                return Err(FilesError::Outside(path.to_owned()));
            }
            pantry_files::list(path, &real, MAX_ENTRIES, &mut Owners::default())
        });
        match found.await {
            Ok(found) => {
                for listed in found {
                    let mut line = serde_json::to_vec(&listed).unwrap_or_default();
                    line.push(b'\n');
                    output.write(OutputStream::Stdout, &line).await;
                }
            }
            Err(error) => {
                let error = error.to_string();
                if count > 1 {
                    output.write(OutputStream::Stderr, format!("{error}\n").as_bytes()).await;
                }
                failed.get_or_insert(error);
            }
        }
    }
    failed.map_or(Ok(()), Err)
}
