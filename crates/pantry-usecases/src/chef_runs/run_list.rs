//! The recipes that a run list comes to: those of its roles in the place of the roles, as Chef does it.
//!
//! Each role counts where it is come upon first, and never again, so that roles may name each other in
//! any way. They are read level by level, all of one level at once.

use std::collections::{BTreeMap, HashMap, HashSet};

use pantry_model::refusals::chef_runs;
use pantry_model::{EnvironmentName, Error, Permission, RunList, RunListItem};
use pantry_solver::Item;
use pantry_store::{Document, Kind, Scope};

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::roles::read_run_lists;

/// The most roles that a run list may come to.
const MOST_ROLES: usize = 2000;

/// What a run list comes to.
pub(super) struct Expanded {
    /// Its recipes, in order, as the solver takes them.
    pub(super) items: Vec<Item>,
    /// Its roles, by name.
    pub(super) roles: BTreeMap<String, Document>,
}

impl UseCases {
    /// What a run list comes to in an environment, with roles that the caller may read.
    pub(super) async fn expanded(
        &self,
        caller: &Caller,
        scope: &Scope,
        (run_list, environment): (&RunList, &EnvironmentName),
    ) -> Result<Expanded, Error> {
        let mut roles = BTreeMap::new();
        let mut lists: HashMap<String, RunList> = HashMap::new();
        let mut next: Vec<(String, Option<String>)> = roles_of(run_list, None);
        while !next.is_empty() {
            let mut seen = HashSet::new();
            next.retain(|(role, _)| !lists.contains_key(role) && seen.insert(role.clone()));
            if lists.len() + next.len() > MOST_ROLES {
                return Err(chef_runs::too_many_roles(MOST_ROLES).into());
            }
            let names: Vec<String> = next.iter().map(|(role, _)| role.clone()).collect();
            let found = self.store.objects(scope, Kind::Role, &names).await.map_err(to_error)?;
            let (mut unreadable, mut following) = (Vec::new(), Vec::new());
            for ((name, within), role) in next.into_iter().zip(found) {
                let none = || chef_runs::no_such_role(&name, within.as_deref());
                let role = role.ok_or_else(none)?;
                if !caller.holds(Permission::Read, &role.acl) {
                    unreadable.push(name);
                    continue;
                }
                let list = read_run_lists(&role.document)?.in_run(environment).clone();
                following.extend(roles_of(&list, Some(&name)));
                lists.insert(name.clone(), list);
                roles.insert(name, role.document);
            }
            if !unreadable.is_empty() {
                return Err(chef_runs::not_readable(caller.name(), "roles", &unreadable).into());
            }
            next = following;
        }
        Ok(Expanded { items: recipes(run_list, &lists)?, roles })
    }
}

/// The roles of a run list, each with the role whose it is.
fn roles_of(list: &RunList, within: Option<&str>) -> Vec<(String, Option<String>)> {
    let roles = list.items().iter().filter_map(RunListItem::role);
    roles.map(|role| (role.to_owned(), within.map(str::to_owned))).collect()
}

/// The recipes of a run list, given those of its roles.
fn recipes(run_list: &RunList, lists: &HashMap<String, RunList>) -> Result<Vec<Item>, Error> {
    let (mut items, mut applied) = (Vec::new(), HashSet::new());
    let mut within = vec![run_list.items().iter()];
    while let Some(list) = within.last_mut() {
        let Some(item) = list.next() else {
            within.pop();
            continue;
        };
        if let Some(role) = item.role() {
            if applied.insert(role)
                && let Some(list) = lists.get(role)
            {
                within.push(list.items().iter());
            }
        } else {
            let recipe = item.recipe().and_then(|recipe| recipe.parse().ok());
            items.push(recipe.ok_or_else(|| chef_runs::no_recipe(item.as_str()))?);
        }
    }
    Ok(items)
}
