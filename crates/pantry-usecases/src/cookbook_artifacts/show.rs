//! Showing cookbook artifacts: one, or many at once.

use pantry_model::chef::cookbook::ArtifactsWanted;
use pantry_model::refusals::cookbook_artifacts;
use pantry_model::{Error, Permission};

use super::{KIND, OBJECT};
use crate::UseCases;
use crate::callers::Caller;
use crate::cookbooks::CookbookView;
use crate::fault::to_error;

impl UseCases {
    /// A cookbook artifact, which needs *read* on all of its name.
    pub async fn show_cookbook_artifact(
        &self,
        caller: &Caller,
        of: (&str, &str),
    ) -> Result<CookbookView, Error> {
        let scope = self.scope_of(caller)?;
        let (object, version) = self.artifact(&scope, of, cookbook_artifacts::not_found).await?;
        caller.require(Permission::Read, &object)?;
        let contents = self.store.contents_of(&scope, KIND, &version.name).await;
        self.cookbook_view(caller, version.body, &contents.map_err(to_error)?).await
    }

    /// Many cookbook artifacts, in the order in which they are asked for. Those that are not there are
    /// named together, before that one may not be read.
    pub async fn show_cookbook_artifacts<'w>(
        &self,
        caller: &Caller,
        wanted: &'w ArtifactsWanted,
    ) -> Result<Vec<(&'w str, CookbookView)>, Error> {
        let scope = self.scope_of(caller)?;
        let names: Vec<_> = wanted.iter().map(|(name, _)| name.to_owned()).collect();
        let stored: Vec<_> = wanted.iter().map(|(name, of)| format!("{name}/{of}")).collect();
        let objects = self.store.objects(&scope, OBJECT, &names).await.map_err(to_error)?;
        let versions = self.store.documents_with_contents(&scope, KIND, &stored).await;
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for (of, pair) in wanted.iter().zip(objects.into_iter().zip(versions.map_err(to_error)?)) {
            match pair {
                (Some(object), Some(version)) => found.push((of.0, object, version)),
                _ => missing.push(of),
            }
        }
        if !missing.is_empty() {
            return Err(cookbook_artifacts::missing(&missing).into());
        }
        for (_, object, _) in &found {
            caller.require(Permission::Read, object)?;
        }
        let mut views = Vec::with_capacity(found.len());
        for (name, _, (version, contents)) in found {
            views.push((name, self.cookbook_view(caller, version.body, &contents).await?));
        }
        Ok(views)
    }
}
