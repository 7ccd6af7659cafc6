//! By what a user is found besides its name, and what no two users share: the e-mail address, and
//! who it is elsewhere.
//!
//! Each is a document that is named by it and holds the user's id, so that it is unique because
//! names are, and finding a user by it looks at nobody else.

use pantry_model::{Error, ObjectId};
use pantry_store::{Kind, Scope, Write};

use super::UserRecord;
use crate::UseCases;
use crate::fault::{to_error, to_json, unreadable};

/// The identities that a record holds. An empty one identifies nobody.
pub(super) fn of(record: &UserRecord) -> Vec<(Kind, String)> {
    let held = [
        (Kind::Email, record.email()),
        (Kind::ExternalIdentity, record.external_authentication_uid.as_deref()),
    ];
    let held = held.into_iter().filter_map(|(kind, name)| Some((kind, name?.to_owned())));
    held.filter(|(_, name)| !name.is_empty()).collect()
}

/// Makes all identities of a new user its own; that they are nobody else's is expected.
pub(crate) fn claim(write: &mut Write, record: &UserRecord, user: ObjectId) {
    for (kind, name) in of(record) {
        write.create(&Scope::Global, kind, &name, to_json(&user));
    }
}

impl UseCases {
    /// Whose identity this is.
    pub(super) async fn identified(
        &self,
        kind: Kind,
        name: &str,
    ) -> Result<Option<ObjectId>, Error> {
        let found = self.store.document(&Scope::Global, kind, name).await.map_err(to_error)?;
        let read = |document: pantry_store::Document| {
            serde_json::from_slice(&document.body).map_err(|error| unreadable("identity", &error))
        };
        found.map(read).transpose()
    }

    /// Whether one of the record's identities is that of someone else than `user`.
    pub(super) async fn is_identity_taken(
        &self,
        record: &UserRecord,
        user: Option<ObjectId>,
    ) -> Result<bool, Error> {
        for (kind, name) in of(record) {
            let owner = self.identified(kind, &name).await?;
            if owner.is_some() && owner != user {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Gives up the identities that a user had and has no more, and makes those its own that it had
    /// not; those that it keeps are not touched.
    pub(super) async fn change_identities(
        &self,
        write: &mut Write,
        user: ObjectId,
        before: &UserRecord,
        after: &UserRecord,
    ) -> Result<(), Error> {
        let (before, after) = (of(before), of(after));
        for (kind, name) in before.iter().filter(|held| !after.contains(held)) {
            self.release(write, *kind, name).await?;
        }
        for (kind, name) in after.iter().filter(|held| !before.contains(held)) {
            write.create(&Scope::Global, *kind, name, to_json(&user));
        }
        Ok(())
    }

    /// Gives up an identity, if it is there.
    pub(super) async fn release(
        &self,
        write: &mut Write,
        kind: Kind,
        name: &str,
    ) -> Result<(), Error> {
        let found = self.store.document(&Scope::Global, kind, name).await.map_err(to_error)?;
        if let Some(document) = found {
            write.delete(&Scope::Global, kind, name, document.hash);
        }
        Ok(())
    }
}
