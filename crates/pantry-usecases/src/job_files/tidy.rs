//! What jobs have held goes when nobody can need it any more.

use pantry_model::{ApplicationName, Error};
use pantry_store::{Change, Document, Kind, Write};

use super::{HeldRecord, SCOPE};
use crate::UseCases;
use crate::fault::to_error;

impl UseCases {
    /// Lets go of all whose time is over, or whose application is gone; answers of how many.
    pub(crate) async fn end_old_job_files(&self) -> Result<u64, Error> {
        let now = self.clock.now();
        let mut ended = 0;
        for kind in [Kind::StagedFiles, Kind::JobFiles] {
            for document in self.store.documents(&SCOPE, kind).await.map_err(to_error)? {
                let record = serde_json::from_slice::<HeldRecord>(&document.body);
                let is_old = record.is_ok_and(|record| record.until < now);
                if is_old || (kind == Kind::JobFiles && !self.has_application(&document).await?) {
                    ended += u64::from(self.end_held(kind, &document).await?);
                }
            }
        }
        Ok(ended)
    }

    /// Whether the application of a job that holds files is there.
    async fn has_application(&self, of: &Document) -> Result<bool, Error> {
        let name = of.name.split('/').next().unwrap_or_default();
        let Ok(name) = name.parse::<ApplicationName>() else { return Ok(false) };
        let there = self.store.document(&SCOPE, Kind::Application, name.as_str()).await;
        Ok(there.map_err(to_error)?.is_some())
    }

    /// Lets go of what a document holds; answers whether nobody else did.
    pub(super) async fn end_held(&self, kind: Kind, document: &Document) -> Result<bool, Error> {
        let held = self.store.contents_of(&SCOPE, kind, &document.name).await.map_err(to_error)?;
        let mut write = Write::new(None, self.clock.now());
        write.expect(&SCOPE, kind, &document.name, Some(document.hash));
        write.changes.push(Change::Delete { scope: SCOPE, kind, name: document.name.clone() });
        match self.store.commit(write).await {
            Ok(()) => {
                self.collect(held.into_iter().map(|content| content.sha256).collect());
                Ok(true)
            }
            Err(error) if error.is_stale() => Ok(false),
            Err(error) => Err(to_error(error)),
        }
    }
}
