//! Showing cookbook artifacts: one, or many at once.

use pantry_model::Error;
use pantry_model::chef::cookbook::ArtifactsWanted;
use pantry_model::refusals::cookbook_artifacts;
use pantry_store::{Holder, Scope};

use super::{FoundArtifact, KIND, OBJECT};
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
        self.may_read_artifact(caller, &scope, found.object.as_ref()).await?;
        self.artifact_view(caller, found).await
    }

    /// Many cookbook artifacts, in the order in which they are asked for. Those that are not there are
    /// named together, before that one may not be read.
    pub async fn show_cookbook_artifacts<'w>(
        &self,
        caller: &Caller,
        wanted: &'w ArtifactsWanted,
    ) -> Result<Vec<(&'w str, CookbookView)>, Error> {
        let wanted: Vec<_> = wanted.iter().collect();
        let found = self.readable_artifacts(caller, &wanted).await?;
        let mut views = Vec::with_capacity(found.len());
        for ((name, _), (version, contents)) in wanted.into_iter().zip(found) {
            views.push((name, self.cookbook_view(caller, version.body, &contents).await?));
        }
        Ok(views)
    }

    /// What is stored of many cookbook artifacts, names and identifiers, in their order, all of which
    /// the caller may read. Those that are not there are named together, before that one may not be read.
    pub(crate) async fn readable_artifacts(
        &self,
        caller: &Caller,
        wanted: &[(&str, &str)],
    ) -> Result<Vec<Holder>, Error> {
        let scope = self.scope_of(caller)?;
        let names: Vec<_> = wanted.iter().map(|(name, _)| (*name).to_owned()).collect();
        let stored: Vec<_> = wanted.iter().map(|(name, of)| format!("{name}/{of}")).collect();
        let objects = self.store.objects(&scope, OBJECT, &names).await.map_err(to_error)?;
        let versions = self.artifacts_with_contents(&scope, &stored).await?;
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for (of, pair) in wanted.iter().zip(objects.into_iter().zip(versions)) {
            match pair {
                (object, Some((is_own, version))) if object.is_some() || !is_own => {
                    found.push((object.filter(|_| is_own), version));
                }
                _ => missing.push(*of),
            }
        }
        if !missing.is_empty() {
            return Err(cookbook_artifacts::missing(&missing).into());
        }
        let mut may_read_shelves = false;
        for (object, _) in &found {
            // Of all that comes from shelves the container is asked once.
            if object.is_some() || !may_read_shelves {
                self.may_read_artifact(caller, &scope, object.as_ref()).await?;
            }
            may_read_shelves |= object.is_none();
        }
        Ok(found.into_iter().map(|(_, version)| version).collect())
    }

    /// What is stored under these names, each with whether it is the application's own, or else that of
    /// the first shelf that has it.
    async fn artifacts_with_contents(
        &self,
        scope: &Scope,
        stored: &[String],
    ) -> Result<Vec<Option<(bool, Holder)>>, Error> {
        let own = self.store.documents_with_contents(scope, KIND, stored).await;
        let own = own.map_err(to_error)?.into_iter();
        let mut found: Vec<_> = own.map(|found| found.map(|found| (true, found))).collect();
        if found.iter().all(Option::is_some) {
            return Ok(found);
        }
        for shelf in self.used_shelves(scope).await? {
            let open = found.iter().zip(stored).filter(|(found, _)| found.is_none());
            let names: Vec<String> = open.map(|(_, name)| name.clone()).collect();
            if names.is_empty() {
                break;
            }
            let there = self.store.documents_with_contents(&shelf.scope, KIND, &names).await;
            let places = found.iter_mut().filter(|found| found.is_none());
            for (place, there) in places.zip(there.map_err(to_error)?) {
                *place = there.map(|there| (false, there));
            }
        }
        Ok(found)
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
