//! Taking files: kept where all contents are, and then held, many in one write.

use std::time::Duration;

use bytes::Bytes;
use pantry_blobs::{Received, Spool};
use pantry_model::commands::ClientCommand as _;
use pantry_model::commands::file::FilePull;
use pantry_model::protocol::files::Place;
use pantry_model::{Error, JobId, MachineId, Principal, Sha256};
use pantry_store::{Change, Kind, Write};

use super::{HeldFiles, HeldRecord, SCOPE, content, of_delivery};
use crate::UseCases;
use crate::contents::to_error as blob_error;
use crate::fault::{to_error, to_json};

/// How long it is kept what nobody has started a job with, and what a job has brought.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Where files go that are being stored.
#[derive(Clone, Debug)]
pub struct Storing {
    kind: Kind,
    name: String,
    /// What is there already.
    pub held: HeldFiles,
}

impl Storing {
    /// What tells it from every other place.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// A file that is arriving. Dropped before it is finished, it leaves nothing.
#[derive(Debug)]
pub struct FileUpload(Spool);

/// A file that is on disk, and to be held.
#[derive(Debug)]
pub struct ArrivedFile(Received);

impl FileUpload {
    /// Takes the next bytes.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.0.write(bytes).await.map_err(blob_error)
    }
}

impl UseCases {
    /// Says where files go that somebody wants to store, and what is there of them.
    pub async fn begin_storing(&self, who: &Principal, to: &Place) -> Result<Storing, Error> {
        let (kind, name) = match (who, to) {
            (Principal::User(user), Place::Staged(number)) => {
                if self.applications_to_ask(who, None).await?.is_empty() {
                    let reason = "files can be stored by who may start jobs in an application";
                    return Err(Error::Invalid(reason.to_owned()));
                }
                (Kind::StagedFiles, staged(user.as_str(), *number))
            }
            (Principal::Machine(machine), Place::Delivery(job)) => {
                (Kind::JobFiles, self.brings(machine, *job).await?)
            }
            _ => return Err(Error::Invalid("files cannot be stored there".to_owned())),
        };
        let held = self.held_files(kind, &name).await?;
        Ok(Storing { kind, name, held })
    }

    /// The name under which what this job brings from a machine is held.
    async fn brings(&self, machine: &MachineId, job: JobId) -> Result<String, Error> {
        let (found, _) = self.open_delivery(machine, job).await?;
        if found.order.command == FilePull::NAME {
            return Ok(of_delivery(&machine.application, job, &machine.identity));
        }
        Err(Error::Invalid(format!("the job {job} brings no files")))
    }

    /// Begins to take a file.
    pub fn begin_file(&self) -> FileUpload {
        FileUpload(self.files.blobs.spool())
    }

    /// Keeps a file that has arrived, if it is what it is called. It is to be held at once.
    pub async fn keep_file(
        &self,
        upload: FileUpload,
        called: &Sha256,
    ) -> Result<ArrivedFile, Error> {
        let received = upload.0.finish().await.map_err(blob_error)?;
        let sha256 = &received.content().sha256;
        if sha256 != called {
            return Err(Error::Invalid(format!(
                "what was sent as {called} has the SHA-256 {sha256}"
            )));
        }
        self.files.blobs.put(&received).await.map_err(blob_error)?;
        Ok(ArrivedFile(received))
    }

    /// Holds files that have arrived.
    pub async fn hold_files(&self, storing: &Storing, files: &[ArrivedFile]) -> Result<(), Error> {
        let contents: Vec<_> = files
            .iter()
            .map(|file| content(file.0.content().sha256, file.0.content().size))
            .collect();
        let Storing { kind, name, .. } = storing;
        let held = self.decide(|| {
            let contents = contents.clone();
            async move {
                let there = self.store.document(&SCOPE, *kind, name).await.map_err(to_error)?;
                let since = self.clock.now();
                let mut write = Write::new(None, since);
                write.expect(&SCOPE, *kind, name, there.as_ref().map(|there| there.hash));
                if there.is_none() {
                    let body = to_json(&HeldRecord { since, until: since.after(KEPT) });
                    let name = name.clone();
                    write.changes.push(Change::Put { scope: SCOPE, kind: *kind, name, body });
                }
                let (name, taken_from) = (name.clone(), None);
                let hold = Change::Hold { scope: SCOPE, kind: *kind, name, contents, taken_from };
                write.changes.push(hold);
                Ok((write, ()))
            }
        });
        if let Err(error) = held.await {
            self.collect(contents.iter().map(|content| content.sha256).collect());
            return Err(error);
        }
        for file in files {
            self.see_that_it_is_there(&file.0).await?;
        }
        Ok(())
    }
}

/// The name under which what a user has stored under a number is held.
pub(super) fn staged(user: &str, number: u64) -> String {
    format!("{user}/{number}")
}
