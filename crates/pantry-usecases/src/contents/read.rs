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

/// What holds contents that can be read.
const READABLE: [Kind; 2] = [Kind::CookbookVersion, Kind::CookbookArtifactVersion];

/// A file that its reader may have.
#[derive(Clone, Debug)]
pub struct StoredFile {
    scope: Scope,
    /// What it is kept under.
    pub sha256: Sha256,
    /// Its length in bytes.
    pub size: u64,
}

impl UseCases {
    /// Finds a file for whoever has a link to it. A cookbook of the application must hold it now.
    pub async fn find_file(
        &self,
        application: &ApplicationName,
        content: &str,
        ticket: &Ticket,
    ) -> Result<StoredFile, Error> {
        let sha256: Sha256 = content.parse().map_err(|_| files::forged())?;
        let grant = Grant::Read(application, &sha256);
        self.files.links.check(&grant, ticket, self.clock.now())?;
        let scope = Scope::Application(application.clone());
        let size = self.store.content_size(&scope, &sha256, READABLE).await;
        let size = size.map_err(fault::to_error)?.ok_or_else(|| files::not_found(content))?;
        Ok(StoredFile { scope, sha256, size })
    }

    /// Reads these bytes of a file, which must be within it.
    pub async fn read_file(&self, file: &StoredFile, bytes: Range<u64>) -> Result<Reading, Error> {
        let StoredFile { scope, sha256, .. } = file;
        if let Some(reading) = self.files.blobs.get(sha256, bytes).await.map_err(to_error)? {
            return Ok(reading);
        }
        let held = self.store.content_size(scope, sha256, READABLE).await;
        if held.map_err(fault::to_error)?.is_none() {
            // Its cookbook was deleted just now.
            return Err(files::not_found(&sha256.to_string()).into());
        }
        tracing::error!(%sha256, %scope, "a content that a cookbook holds is gone");
        Err(Error::Internal(format!("the content {sha256} is gone")))
    }
}
