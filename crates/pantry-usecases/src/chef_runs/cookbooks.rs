//! The cookbooks of a run: those that the solver chooses, or artifacts that were said.

use std::collections::BTreeMap;
use std::sync::Arc;

use pantry_model::refusals::{Class, chef_runs};
use pantry_model::tree::TreePath;
use pantry_model::{Detail, Error, Permission, Refusal};
use pantry_solver::Item;
use pantry_store::{Kind, Object, Scope};

use super::trees::{CookbookTree, TreesOfRun};
use crate::UseCases;
use crate::callers::Caller;
use crate::cookbooks::CONTAINER;
use crate::fault::to_error;
use crate::solving::{ChosenCookbooks, ROUNDS};
use crate::usecases::kept_changing;

/// A cookbook's folder, and its files.
pub(super) type InFolder = (TreePath, Arc<CookbookTree>);

impl UseCases {
    /// The cookbooks that the solver chooses for these recipes in an environment, which the caller may
    /// read.
    pub(super) async fn solved_trees(
        &self,
        caller: &Caller,
        (scope, environment): (&Scope, &Object),
        items: &[Item],
    ) -> Result<TreesOfRun, Error> {
        self.needed(caller, (scope, Kind::Container, CONTAINER), "container").await?;
        if items.is_empty() {
            return Ok(Arc::new([]));
        }
        for _ in 0..ROUNDS {
            let chosen = self.choose_cookbooks(caller, (scope, environment), items, false).await;
            let chosen = chosen.map_err(|error| naming(caller, error))?;
            let Some(chosen) = chosen else { continue };
            let choice = (chosen.visible.at(), chosen.versions.clone());
            if let Some(trees) = self.runs.trees.chosen(&choice) {
                return Ok(trees);
            }
            if let Some(trees) = self.trees_of(&chosen).await? {
                self.runs.trees.keep_chosen(choice, &trees);
                return Ok(trees);
            }
        }
        Err(kept_changing())
    }

    /// The trees of versions that were chosen; `None` if one is not there any more.
    async fn trees_of(&self, chosen: &ChosenCookbooks) -> Result<Option<TreesOfRun>, Error> {
        let Some(stored) = self.chosen_versions(chosen).await? else { return Ok(None) };
        let pairs = chosen.versions.iter().zip(&stored);
        let trees = pairs.map(|((name, _), stored)| {
            self.runs.trees.of(name, stored).map(|tree| (Arc::clone(name), tree))
        });
        trees.collect::<Result<TreesOfRun, Error>>().map(Some)
    }

    /// Cookbook artifacts by name and identifier, all of which the caller may read.
    pub(super) async fn artifact_trees(
        &self,
        caller: &Caller,
        scope: &Scope,
        wanted: &[(&str, &str)],
    ) -> Result<Vec<Arc<CookbookTree>>, Error> {
        let stored = match self.readable_artifacts(caller, wanted).await {
            Err(Error::Refused(refusal)) if refusal.class == Class::Forbidden => {
                return Err(self.unreadable_artifacts(caller, scope, wanted).await?.into());
            }
            stored => stored?,
        };
        let pairs = wanted.iter().zip(&stored);
        pairs.map(|((name, _), stored)| self.runs.trees.of(&Arc::from(*name), stored)).collect()
    }

    /// The refusal that says which artifacts may not be read.
    async fn unreadable_artifacts(
        &self,
        caller: &Caller,
        scope: &Scope,
        wanted: &[(&str, &str)],
    ) -> Result<Refusal, Error> {
        let names: Vec<String> = wanted.iter().map(|(name, _)| (*name).to_owned()).collect();
        let kind = Kind::CookbookArtifact;
        let found = self.store.objects(scope, kind, &names).await.map_err(to_error)?;
        let may_not = |object: &Option<Object>| {
            object.as_ref().is_some_and(|object| !caller.holds(Permission::Read, &object.acl))
        };
        let unreadable = names.into_iter().zip(found).filter(|(_, object)| may_not(object));
        let unreadable: Vec<_> = unreadable.map(|(name, _)| name).collect();
        if unreadable.is_empty() {
            let container = ["cookbook_artifacts".to_owned()];
            return Ok(chef_runs::not_readable(caller.name(), "container", &container));
        }
        Ok(chef_runs::not_readable(caller.name(), "cookbook artifacts", &unreadable))
    }
}

/// The refusal with the cookbooks in its sentence that may not be read, if it is about such.
fn naming(caller: &Caller, error: Error) -> Error {
    let Error::Refused(refusal) = &error else { return error };
    let names = refusal.details.iter().find_map(|(what, detail)| match detail {
        Detail::List(names) if *what == "unauthorized_cookbooks" => Some(names),
        _ => None,
    });
    match names {
        Some(names) => chef_runs::not_readable(caller.name(), "cookbooks", names).into(),
        None => error,
    }
}

/// Cookbooks in `cookbooks/NAME`.
pub(super) fn in_cookbooks<'t>(
    trees: impl IntoIterator<Item = (&'t str, &'t Arc<CookbookTree>)>,
) -> Result<Vec<InFolder>, Error> {
    let folder = |(name, tree): (&str, &Arc<CookbookTree>)| {
        Ok((path(&format!("cookbooks/{name}"))?, Arc::clone(tree)))
    };
    // In the order of their names, so that the same cookbooks are the same run.
    let by_name: BTreeMap<&str, &Arc<CookbookTree>> = trees.into_iter().collect();
    by_name.into_iter().map(folder).collect()
}

/// Where a run cannot do without a file.
pub(super) fn path(text: &str) -> Result<TreePath, Refusal> {
    text.parse().map_err(|_| chef_runs::no_path_for_document(text))
}
