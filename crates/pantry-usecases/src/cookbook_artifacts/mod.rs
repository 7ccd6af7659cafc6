//! Cookbook artifacts: cookbooks that are known by an identifier, and never change.
//!
//! They stand beside cookbooks, which know nothing of them: no list, no universe and no solution names
//! one. All that have a name share an access control list, which is there as long as they are.

mod delete;
mod list;
mod put;
mod show;

use pantry_model::{Error, Refusal};
use pantry_store::{Document, Kind, Object, Scope};

use crate::UseCases;
use crate::fault::to_error;

pub use list::{ArtifactVersion, ListedArtifact};

/// The container of all cookbook artifacts.
const CONTAINER: &str = "cookbook_artifacts";

const OBJECT: Kind = Kind::CookbookArtifact;
const KIND: Kind = Kind::CookbookArtifactVersion;

impl UseCases {
    /// What has a name and an identifier, with what all of that name share.
    async fn artifact(
        &self,
        scope: &Scope,
        (name, identifier): (&str, &str),
        missing: impl FnOnce() -> Refusal,
    ) -> Result<(Object, Document), Error> {
        let found = match self.find(scope, OBJECT, name).await? {
            Some(object) => {
                let stored = format!("{name}/{identifier}");
                let version = self.store.document(scope, KIND, &stored).await.map_err(to_error)?;
                version.map(|version| (object, version))
            }
            None => None,
        };
        found.ok_or_else(|| missing().into())
    }
}
