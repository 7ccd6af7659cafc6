//! Making an object on a server what it is to be.
//!
//! It is read first: what is as it is to be already is not written again, so that neither the ledger
//! nor anyone who waits for changes hears of it. Who may write and not read still can.

use pantry_http_client::{ChefClient, ChefError};

use super::document::Document;
use super::kind::Kind;
use crate::errors::CliError;

/// How often somebody else may be quicker: make it, or delete it.
const ROUNDS: usize = 3;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Saved {
    /// It was not there.
    Created,
    /// It was something else.
    Updated,
    /// It was that already.
    Unchanged,
}

impl Saved {
    /// As it is printed.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Whether an error is a refusal with this status.
pub(super) fn is_status(error: &ChefError, status: u16) -> bool {
    matches!(error, ChefError::Refused(refused) if refused.status.as_u16() == status)
}

/// Sees to it that the object of this name is this.
pub(super) async fn save(
    client: &ChefClient,
    kind: Kind<'_>,
    name: &str,
    document: &Document,
) -> Result<Saved, CliError> {
    let body = || document.compact().into_bytes();
    let mut round = 0;
    loop {
        round += 1;
        let is_there = match client.get(&kind.path(name)).await {
            Ok(found) => {
                let found = Document::read(&found);
                if found.is_ok_and(|found| kind.is_same(&found, document)) {
                    return Ok(Saved::Unchanged);
                }
                true
            }
            Err(error) if is_status(&error, 404) => false,
            Err(error) if is_status(&error, 403) => true,
            Err(error) => return Err(error.into()),
        };
        if is_there {
            match client.put(&kind.path(name), body()).await {
                Ok(_) => return Ok(Saved::Updated),
                Err(error) if is_status(&error, 404) => {}
                Err(error) => return Err(error.into()),
            }
        }
        match client.post(&kind.collection(), body()).await {
            Ok(_) => return Ok(Saved::Created),
            Err(error) if is_status(&error, 409) && round < ROUNDS => {}
            Err(error) => return Err(error.into()),
        }
    }
}
