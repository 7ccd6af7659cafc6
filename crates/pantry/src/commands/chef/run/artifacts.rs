//! The file of `--artifacts`: which artifact of which cookbook, as RFC 22 of Chef writes it.

use std::collections::BTreeMap;
use std::path::Path;

use pantry_model::{CookbookArtifactIdentifier, CookbookName};

use super::super::files;
use crate::commands::Context;
use crate::errors::CliError;

/// Artifacts by the name of their cookbook.
type Artifacts = BTreeMap<CookbookName, CookbookArtifactIdentifier>;

/// Reads a file.
pub(super) fn read(path: &Path, context: &Context) -> Result<Artifacts, CliError> {
    let bytes = files::bytes(path, &context.environment)?;
    parse(&bytes).map_err(|reason| CliError::BadObject { path: path.to_owned(), reason })
}

fn parse(bytes: &[u8]) -> Result<Artifacts, String> {
    serde_json::from_slice(bytes).map_err(|error| {
        format!("it is no JSON object of cookbooks' names and identifiers: {error}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_identifiers_are_read() {
        let read = parse(br#"{"nginx":"64b3e6","apt":"ab4ad2"}"#).unwrap();
        let name: CookbookName = "nginx".parse().unwrap();
        assert_eq!((read.len(), read[&name].as_str()), (2, "64b3e6"));
        for bad in ["", "[]", r#"{"a b":"1"}"#, r#"{"a":1}"#, r#"{"a":"b c"}"#] {
            assert!(
                parse(bad.as_bytes()).unwrap_err().starts_with("it is no JSON object"),
                "{bad}"
            );
        }
    }
}
