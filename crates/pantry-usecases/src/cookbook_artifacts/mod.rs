//! Cookbook artifacts: cookbooks that are known by an identifier, and never change.
//!
//! They stand beside cookbooks, which know nothing of them: no list, no universe and no solution names
//! one. All that have a name share an access control list, which is there as long as they are.

mod delete;
mod list;
mod put;
mod show;

use pantry_model::{Error, Permission};
use pantry_store::{Document, Kind, Object, Scope};

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::shelves::Layer;

pub use list::{ArtifactVersion, ListedArtifact};

/// The container of all cookbook artifacts.
const CONTAINER: &str = "cookbook_artifacts";

const OBJECT: Kind = Kind::CookbookArtifact;
const KIND: Kind = Kind::CookbookArtifactVersion;

/// A cookbook artifact, where it was found.
struct FoundArtifact {
    /// Whose it is: the application's own, or a shelf's.
    scope: Scope,
    version: Document,
    /// What all of its name share, if it is the application's own.
    object: Option<Object>,
}

impl UseCases {
    /// What has a name and an identifier: the application's own, or that of the first shelf that has it.
    async fn artifact(
        &self,
        scope: &Scope,
        (name, identifier): (&str, &str),
    ) -> Result<Option<FoundArtifact>, Error> {
        let stored = format!("{name}/{identifier}");
        if let Some(object) = self.find(scope, OBJECT, name).await?
            && let Some(version) = self.artifact_document(scope, &stored).await?
        {
            return Ok(Some(FoundArtifact { scope: scope.clone(), version, object: Some(object) }));
        }
        for Layer { scope, .. } in self.used_shelves(scope).await? {
            if let Some(version) = self.artifact_document(&scope, &stored).await? {
                return Ok(Some(FoundArtifact { scope, version, object: None }));
            }
        }
        Ok(None)
    }

    async fn artifact_document(
        &self,
        scope: &Scope,
        stored: &str,
    ) -> Result<Option<Document>, Error> {
        self.store.document(scope, KIND, stored).await.map_err(to_error)
    }

    /// Nothing if the caller may read an artifact: it needs *read* on what all of its name share, or on
    /// the container if that is `None`, since it comes from a shelf.
    async fn may_read_artifact(
        &self,
        caller: &Caller,
        scope: &Scope,
        object: Option<&Object>,
    ) -> Result<(), Error> {
        match object {
            Some(object) => caller.require(Permission::Read, object),
            None => self.container(caller, Permission::Read, scope, CONTAINER).await.map(drop),
        }
    }
}
