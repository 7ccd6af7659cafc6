//! Reading a file of a cookbook, by a link.

use std::ops::Range;

use pantry_blobs::Reading;
use pantry_model::refusals::files;
use pantry_model::{ApplicationName, Error, Sha256};
use pantry_store::{Kind, Scope};

use super::to_error;
use crate::UseCases;
use crate::fault;
use crate::links::{Grant, Ticket};
use crate::shelves::Layer;

/// What holds contents that can be read.
const READABLE: [Kind; 2] = [Kind::CookbookVersion, Kind::CookbookArtifactVersion];

/// A file that its reader may have.
#[derive(Clone, Debug)]
pub struct StoredFile {
    /// Of the application whose cookbook holds it.
    scope: Scope,
    /// What it is kept under.
    pub sha256: Sha256,
    /// Its length in bytes.
    pub size: u64,
    /// Something of one of these kinds holds it.
    held_by: [Kind; 2],
}

impl StoredFile {
    /// A content that something of one of these kinds holds.
    pub(crate) fn of(scope: &Scope, sha256: Sha256, size: u64, held_by: [Kind; 2]) -> Self {
        Self { scope: scope.clone(), sha256, size, held_by }
    }
}

impl UseCases {
    /// Finds a file for whoever has a link to it. A cookbook that the application uses must hold it now:
    /// one of its own, or of a shelf.
    pub async fn find_file(
        &self,
        application: &ApplicationName,
        content: &str,
        ticket: &Ticket,
    ) -> Result<StoredFile, Error> {
        let sha256: Sha256 = content.parse().map_err(|_| files::forged())?;
        let grant = Grant::Read(application, &sha256);
        self.files.links.check(&grant, ticket, self.clock.now())?;
        let own = Scope::Application(application.clone());
        if let Some(size) = self.readable_size(&own, &sha256, READABLE).await? {
            return Ok(StoredFile::of(&own, sha256, size, READABLE));
        }
        for Layer { scope, .. } in self.used_shelves(&own).await? {
            if let Some(size) = self.readable_size(&scope, &sha256, READABLE).await? {
                return Ok(StoredFile::of(&scope, sha256, size, READABLE));
            }
        }
        Err(files::not_found(content).into())
    }

    /// The length of a content that something of these kinds holds in an application.
    async fn readable_size(
        &self,
        scope: &Scope,
        sha256: &Sha256,
        held_by: [Kind; 2],
    ) -> Result<Option<u64>, Error> {
        let size = self.store.content_size(scope, sha256, held_by).await;
        size.map_err(fault::to_error)
    }

    /// Reads these bytes of a file, which must be within it.
    pub async fn read_file(&self, file: &StoredFile, bytes: Range<u64>) -> Result<Reading, Error> {
        let StoredFile { scope, sha256, held_by, .. } = file;
        if let Some(reading) = self.files.blobs.get(sha256, bytes).await.map_err(to_error)? {
            return Ok(reading);
        }
        if self.readable_size(scope, sha256, *held_by).await?.is_none() {
            // Its cookbook was deleted just now.
            return Err(files::not_found(&sha256.to_string()).into());
        }
        tracing::error!(%sha256, %scope, "a content that a cookbook holds is gone");
        Err(Error::Internal(format!("the content {sha256} is gone")))
    }
}
