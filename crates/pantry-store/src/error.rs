//! What can go wrong in storage.

use crate::document::{Kind, Scope};
use pantry_model::{ApplicationName, ObjectId};

/// What can go wrong in storage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Something that the write relied on is no longer so. Read again and decide again.
    #[error("{kind:?} `{name}` of {scope} has changed meanwhile")]
    Moved {
        /// Where.
        scope: Scope,
        /// Which kind.
        kind: Kind,
        /// Which one.
        name: String,
    },
    /// The CURVE key has an owner already.
    #[error("the CURVE key has an owner already")]
    KeyTaken,
    /// The write is for an application that is not there.
    #[error("there is no application `{0}`")]
    NoSuchApplication(ApplicationName),
    /// The write names an object that is not there: it went while the write was being decided.
    #[error("there is no object {0}")]
    NoSuchObject(ObjectId),
    /// A generation that the write relied on has moved. Read again and decide again.
    #[error("what a decision in {0} rests on has changed meanwhile")]
    GenerationMoved(Scope),
    /// Nothing in the scope holds a content any more that the write relied on. Read again and decide
    /// again.
    #[error("a file's content that {0} had has gone meanwhile")]
    ContentGone(Scope),
    /// It cannot be done now (the disk is full, the database is away); nothing was changed.
    #[error("{0}")]
    Unavailable(String),
    /// The connection to the database was lost while it was writing: it has done all of the write or
    /// nothing, and which of both is not known.
    #[error("{0}")]
    Interrupted(String),
    /// Nothing is written now, on purpose; nothing was changed.
    #[error("{0}")]
    ReadOnly(String),
    /// The database was made by a newer Pantry.
    #[error("the database has schema {found}, and this version of Pantry knows up to {known}")]
    NewerSchema {
        /// The schema's number in the database.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// The database says something that it never should.
    #[error("{0}")]
    Broken(String),
}

impl StoreError {
    /// Whether what the write relied on is no longer so: read again and decide again.
    pub fn is_stale(&self) -> bool {
        matches!(
            self,
            Self::Moved { .. }
                | Self::GenerationMoved(_)
                | Self::NoSuchObject(_)
                | Self::ContentGone(_)
        )
    }

    /// What it is to hold a content that is condemned: [`crate::Store::condemn_contents`].
    pub fn being_deleted() -> Self {
        let text = "a file's content is just being deleted, since nothing held it: send it again";
        Self::Unavailable(text.to_owned())
    }
}
