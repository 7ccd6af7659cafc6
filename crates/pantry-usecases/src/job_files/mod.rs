//! The files that jobs carry to machines, and bring from them.
//!
//! A user stores contents first, under a number of the user's choice ([`Kind::StagedFiles`]); a job
//! that is started with that number holds them from then on ([`Kind::JobFiles`]), and its machines may
//! have them. What a job brings from a machine is held for its delivery, and whoever may see the job may
//! have it. All of it goes by itself when nobody can need it any more.
//!
//! The documents are in `_global`, so that no application's checksums are affected: nobody calls these
//! files by their MD5. In the place of one stands the beginning of their SHA-256, which means one
//! content only, as it must.

mod give;
mod hold;
mod ready;
mod tidy;

use std::collections::HashMap;

pub use hold::{ArrivedFile, FileUpload, Storing};
use pantry_model::{ApplicationName, Content, Error, Identity, JobId, Md5, Sha256, Timestamp};
use pantry_store::{Kind, Scope};
pub(crate) use ready::Staged;
use serde::{Deserialize, Serialize};

use crate::UseCases;
use crate::fault::to_error;

/// Contents, each with its length in bytes.
pub type HeldFiles = HashMap<Sha256, u64>;

/// Where all of it is.
const SCOPE: Scope = Scope::Global;

/// What is stored of contents that are held.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct HeldRecord {
    /// Since when.
    since: Timestamp,
    /// When nobody needs them any more.
    until: Timestamp,
}

/// The name under which what a job carries is held.
fn of_job(application: &ApplicationName, job: JobId) -> String {
    format!("{application}/{job}")
}

/// The name under which what a job has brought from a machine is held.
fn of_delivery(application: &ApplicationName, job: JobId, identity: &Identity) -> String {
    format!("{application}/{job}/{identity}")
}

/// As what a file is held.
fn content(sha256: Sha256, size: u64) -> Content {
    let mut half = [0; 16];
    half.iter_mut().zip(sha256.0).for_each(|(to, from)| *to = from);
    Content { md5: Md5(half), sha256, size }
}

impl UseCases {
    async fn held_files(&self, kind: Kind, name: &str) -> Result<HeldFiles, Error> {
        let held = self.store.contents_of(&SCOPE, kind, name).await.map_err(to_error)?;
        Ok(held.into_iter().map(|content| (content.sha256, content.size)).collect())
    }
}
