//! Objects that are there as long as they have versions: how many, and making and deleting them with
//! the first and the last.
//!
//! The number is stored with the object. So two who each delete one of two versions cannot both think
//! that the other one stays, and nobody deletes what another has just added to: one of them starts over.

use pantry_model::{Error, ObjectId, Timestamp};
use pantry_store::{Change, Document, Kind, Object, Scope, Write};
use serde::{Deserialize, Serialize};

use crate::callers::Caller;
use crate::fault::{to_json, unreadable};
use crate::objects::inherited;

/// What is stored of an object that has versions. One that was made anew under the same name is another.
#[derive(Serialize, Deserialize)]
struct VersionedRecord {
    created_at: Timestamp,
    versions: u64,
    /// When the last version was added, if it was not the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    updated_at: Option<Timestamp>,
}

/// Makes such an object, for its first versions, of which there are so many.
pub(crate) fn first(
    write: &mut Write,
    (scope, kind, name): (&Scope, Kind, &str),
    id: ObjectId,
    (container, creator): (&Object, &Caller),
    versions: u64,
) {
    let record = VersionedRecord { created_at: write.at, versions, updated_at: None };
    write.create_object(scope, kind, name, id, to_json(&record), inherited(container, creator));
}

/// Counts so many more versions.
pub(crate) fn more(
    write: &mut Write,
    of: (&Scope, Kind),
    object: &Object,
    versions: u64,
) -> Result<(), Error> {
    let mut record = read(object)?;
    record.versions += versions;
    record.updated_at = Some(write.at);
    count(write, of, object, &record);
    Ok(())
}

/// Counts one version less, and deletes the object with its last.
pub(crate) fn one_less(
    write: &mut Write,
    of: (&Scope, Kind),
    object: &Object,
) -> Result<(), Error> {
    let mut record = read(object)?;
    record.versions = record.versions.saturating_sub(1);
    if record.versions == 0 {
        let document = &object.document;
        write.delete(of.0, of.1, &document.name, document.hash);
    } else {
        count(write, of, object, &record);
    }
    Ok(())
}

/// When its first version was added, and its last; `None` if it cannot be read.
pub(crate) fn times(stored: &Document) -> Option<(Timestamp, Timestamp)> {
    let record: VersionedRecord = serde_json::from_slice(&stored.body).ok()?;
    Some((record.created_at, record.updated_at.unwrap_or(record.created_at)))
}

fn read(object: &Object) -> Result<VersionedRecord, Error> {
    let read = serde_json::from_slice(&object.document.body);
    read.map_err(|error| unreadable("cookbook", &error))
}

/// The ledger says what was done with the version.
fn count(write: &mut Write, of: (&Scope, Kind), object: &Object, record: &VersionedRecord) {
    let (scope, kind, document) = (of.0.clone(), of.1, &object.document);
    write.expect(of.0, kind, &document.name, Some(document.hash));
    let (name, body) = (document.name.clone(), to_json(record));
    write.changes.push(Change::Put { scope, kind, name, body });
}
