//! Deleting a cookbook artifact.

use pantry_model::refusals::{cookbook_artifacts, shelves};
use pantry_model::{Error, Permission};

use super::{FoundArtifact, KIND, OBJECT};
use crate::UseCases;
use crate::callers::Caller;
use crate::cookbooks::{CookbookView, versioned};
use crate::fault::to_error;

impl UseCases {
    /// Deletes a cookbook artifact, which needs *delete* on all of its name; gives what it was. With the
    /// last of its name goes who may do what to them.
    pub async fn delete_cookbook_artifact(
        &self,
        caller: &Caller,
        of: (&str, &str),
    ) -> Result<CookbookView, Error> {
        let scope = &self.scope_of(caller)?;
        let deleted = self.decide_as(caller, |caller| async move {
            let found =
                self.artifact(scope, of).await?.ok_or_else(cookbook_artifacts::not_found)?;
            let FoundArtifact { version, object: Some(object), .. } = found else {
                self.may_read_artifact(&caller, scope, None).await?;
                return Err(shelves::artifact_only_on_a_shelf().into());
            };
            caller.require(Permission::Delete, &object)?;
            let held = self.store.contents_of(scope, KIND, &version.name).await;
            let mut write = self.write_as(&caller);
            write.delete(scope, KIND, &version.name, version.hash);
            versioned::one_less(&mut write, (scope, OBJECT), &object)?;
            Ok((write, (version.body, held.map_err(to_error)?)))
        });
        let (body, held) = deleted.await?;
        self.collect(held.iter().map(|content| content.sha256).collect());
        self.cookbook_view(caller, body, &held).await
    }
}
