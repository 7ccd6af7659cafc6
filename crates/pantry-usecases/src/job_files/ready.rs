//! A job takes over what its user has stored for it.

use std::time::Duration;

use pantry_model::{Content, Error, Job, Principal};
use pantry_store::{Change, Document, Kind, Write};

use super::hold::staged;
use super::{HeldRecord, SCOPE, of_job};
use crate::UseCases;
use crate::fault::{to_error, to_json};

/// How long a job holds its files when its time is over: an answer may still be on its way.
const AFTERWARDS: Duration = Duration::from_secs(60 * 60);

/// What a user has stored.
#[derive(Debug)]
pub(crate) struct Staged {
    document: Document,
    contents: Vec<Content>,
}

impl UseCases {
    /// What a user has stored under a number.
    pub(crate) async fn staged_files(
        &self,
        actor: &Principal,
        number: u64,
    ) -> Result<Staged, Error> {
        let none = || Error::Invalid(format!("nothing is stored under the number {number}"));
        let Principal::User(user) = actor else { return Err(none()) };
        let name = staged(user.as_str(), number);
        let document = self.store.document(&SCOPE, Kind::StagedFiles, &name).await;
        let document = document.map_err(to_error)?.ok_or_else(none)?;
        let contents = self.store.contents_of(&SCOPE, Kind::StagedFiles, &name).await;
        Ok(Staged { document, contents: contents.map_err(to_error)? })
    }

    /// Makes a job hold it, in the job's own write.
    pub(crate) fn carry(&self, write: &mut Write, job: &Job, staged: &Staged) {
        let Staged { document, contents } = staged;
        write.expect(&SCOPE, Kind::StagedFiles, &document.name, Some(document.hash));
        write.expect_held(&SCOPE, contents.clone());
        let until = job.expires_at.after(job.order.timeout).after(AFTERWARDS);
        let body = to_json(&HeldRecord { since: write.at, until });
        let (kind, name) = (Kind::JobFiles, of_job(&job.application, job.id));
        write.changes.push(Change::Put { scope: SCOPE, kind, name: name.clone(), body });
        let (contents, taken_from) = (contents.clone(), None);
        write.changes.push(Change::Hold { scope: SCOPE, kind, name, contents, taken_from });
    }

    /// The jobs that were to hold it do, so it need not be kept for a day.
    pub(crate) async fn end_staged(&self, staged: Staged) {
        let document = &staged.document;
        if let Err(error) = self.end_held(Kind::StagedFiles, document).await {
            tracing::debug!(%error, name = document.name, "stays for a day");
        }
    }
}
