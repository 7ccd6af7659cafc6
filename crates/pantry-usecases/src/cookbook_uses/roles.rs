//! The roles that lead to a cookbook, by one of their run lists or through other roles.

use std::collections::{BTreeMap, BTreeSet};

use pantry_model::{Error, RunListItem};
use pantry_store::{Kind, Scope};

use super::{Asked, Names};
use crate::UseCases;
use crate::roles::read_run_lists;

impl UseCases {
    /// The roles that lead to one of these cookbooks, in an environment or another.
    pub(super) async fn roles_with(
        &self,
        scope: &Scope,
        asked: &Asked,
        needing: &Names,
    ) -> Result<BTreeSet<String>, Error> {
        let mut leading = BTreeSet::new();
        if needing.is_empty() {
            return Ok(leading);
        }
        // By role, those in whose run lists it is.
        let mut within: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut left = Vec::new();
        self.each_document(scope, Kind::Role, |document| {
            for item in read_run_lists(document)?.all().flat_map(|list| list.items()) {
                if let Some(role) = item.role() {
                    within.entry(role.to_owned()).or_default().push(document.name.clone());
                } else if leads(asked, needing, item) && leading.insert(document.name.clone()) {
                    left.push(document.name.clone());
                }
            }
            Ok(())
        })
        .await?;
        while let Some(role) = left.pop() {
            for outer in within.get(&role).into_iter().flatten() {
                if leading.insert(outer.clone()) {
                    left.push(outer.clone());
                }
            }
        }
        Ok(leading)
    }
}

/// Whether a recipe is one of these cookbooks', and may be in a version that is asked about.
fn leads(asked: &Asked, needing: &Names, item: &RunListItem) -> bool {
    let Some(recipe) = item.recipe() else { return false };
    let (recipe, version) = match recipe.split_once('@') {
        Some((recipe, version)) => (recipe, version.parse().ok()),
        None => (recipe, None),
    };
    let cookbook = recipe.split_once("::").map_or(recipe, |(cookbook, _)| cookbook);
    let is_other = cookbook == asked.name.as_str() && version.is_some_and(|it| !asked.is_about(it));
    needing.contains(cookbook) && !is_other
}
