//! Showing cookbook artifacts: one, or many at once.

use pantry_model::Error;
use pantry_model::chef::cookbook::ArtifactsWanted;
use pantry_model::refusals::cookbook_artifacts;

use super::{FoundArtifact, KIND};
use crate::UseCases;
use crate::callers::Caller;
use crate::cookbooks::CookbookView;
use crate::fault::to_error;

impl UseCases {
    /// A cookbook artifact, which needs *read* on all of its name, or on the container if it comes from a
    /// shelf.
    pub async fn show_cookbook_artifact(
        &self,
        caller: &Caller,
        of: (&str, &str),
    ) -> Result<CookbookView, Error> {
        let scope = self.scope_of(caller)?;
        let found = self.artifact(&scope, of).await?.ok_or_else(cookbook_artifacts::not_found)?;
        self.may_read_artifact(caller, &scope, &found).await?;
        self.artifact_view(caller, found).await
    }

    /// Many cookbook artifacts, in the order in which they are asked for. Those that are not there are
    /// named together, before that one may not be read.
    pub async fn show_cookbook_artifacts<'w>(
        &self,
        caller: &Caller,
        wanted: &'w ArtifactsWanted,
    ) -> Result<Vec<(&'w str, CookbookView)>, Error> {
        let scope = self.scope_of(caller)?;
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for of in wanted.iter() {
            match self.artifact(&scope, of).await? {
                Some(artifact) => found.push((of.0, artifact)),
                None => missing.push(of),
            }
        }
        if !missing.is_empty() {
            return Err(cookbook_artifacts::missing(&missing).into());
        }
        for (_, artifact) in &found {
            self.may_read_artifact(caller, &scope, artifact).await?;
        }
        let mut views = Vec::with_capacity(found.len());
        for (name, artifact) in found {
            views.push((name, self.artifact_view(caller, artifact).await?));
        }
        Ok(views)
    }

    async fn artifact_view(
        &self,
        caller: &Caller,
        FoundArtifact { scope, version, .. }: FoundArtifact,
    ) -> Result<CookbookView, Error> {
        let contents = self.store.contents_of(&scope, KIND, &version.name).await;
        self.cookbook_view(caller, version.body, &contents.map_err(to_error)?).await
    }
}
