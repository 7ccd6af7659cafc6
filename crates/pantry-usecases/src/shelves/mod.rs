//! Shelves: applications whose cookbooks others may use, and which of them an application uses.
//!
//! Three kinds of documents say it. In `_global` there is one for each shelf; in the shelf's own scope
//! one for each application that may use it; and in the application's scope one with its shelves in
//! order. An application that is granted a shelf is known to the shelf's admins by the name that they
//! gave, and nothing tells them whether there is one. A shelf is attached by its id, so that no
//! namesake ever takes its place.

mod adopt;
mod attach;
mod attached;
mod copy;
mod create;
mod grants;
mod needs;
mod promote;
mod show;
mod update;

use pantry_model::refusals::shelves;
use pantry_model::{ApplicationName, Error, ObjectId, Timestamp};
use pantry_store::{Change, ContentHash, Document, Kind, Scope, Verb, Write};
use serde::{Deserialize, Serialize};

use crate::UseCases;
use crate::fault::{to_error, to_json, unreadable};

pub use adopt::{Adoption, MOST_ADOPTED_FROM, SharedVersion};
pub use attach::AttachedShelf;
pub(crate) use attach::Attachment;
pub(crate) use attached::{Attachments, Layer};
pub use needs::Need;
pub use promote::{MOST_PROMOTED, PromotedVersion};
pub use show::ShelfView;

/// How many shelves an application may have.
pub const MOST_SHELVES: usize = 32;

/// What is stored of a shelf.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ShelfRecord {
    /// The application's id.
    pub(crate) id: ObjectId,
    /// When it became one.
    pub(crate) created_at: Timestamp,
    /// Whether anybody may read it, unsigned, as a Supermarket.
    #[serde(default)]
    pub(crate) is_published: bool,
    /// Whether every application may use it.
    #[serde(default)]
    pub(crate) is_for_all: bool,
}

impl ShelfRecord {
    pub(crate) fn read(stored: &Document) -> Result<Self, Error> {
        serde_json::from_slice(&stored.body).map_err(|error| unreadable("shelf", &error))
    }
}

/// Adds to a write what is stored of a shelf from now on. Its own ledger says so: what others make of
/// it rests on that, and `_global` has nothing to do with it.
fn put(
    write: &mut Write,
    (shelf, verb): (&ApplicationName, Verb),
    read: Option<ContentHash>,
    record: &ShelfRecord,
) {
    let (name, body) = (shelf.to_string(), to_json(record));
    let own = Scope::Application(shelf.clone());
    write.expect(&Scope::Global, Kind::Shelf, &name, read);
    write.enter(&own, verb, Kind::Shelf, &name, Some(ContentHash::of(&body)));
    write.changes.push(Change::Put { scope: Scope::Global, kind: Kind::Shelf, name, body });
}

impl UseCases {
    /// What is stored of a shelf, and the document that says it; `None` if the application is none.
    pub(crate) async fn shelf(
        &self,
        name: &ApplicationName,
    ) -> Result<Option<(ShelfRecord, Document)>, Error> {
        let stored = self.store.document(&Scope::Global, Kind::Shelf, name.as_str()).await;
        let stored = stored.map_err(to_error)?;
        stored.map(|stored| Ok((ShelfRecord::read(&stored)?, stored))).transpose()
    }

    /// The same where the application must be one.
    pub(crate) async fn must_be_shelf(
        &self,
        name: &ApplicationName,
    ) -> Result<(ShelfRecord, Document), Error> {
        Ok(self.shelf(name).await?.ok_or_else(|| shelves::not_a_shelf(name))?)
    }
}
