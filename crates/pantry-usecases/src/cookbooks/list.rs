//! What is told of all cookbooks together: their versions and recipes, of all that there are or of
//! those that an environment's nodes may use.

use std::collections::BTreeMap;
use std::sync::Arc;

use pantry_model::chef::Environment;
use pantry_model::chef::cookbook::NumVersions;
use pantry_model::refusals::{cookbooks, environments};
use pantry_model::{Constraint, Error, Permission, Version};
use pantry_store::{Kind, Object, Scope};

use super::catalogue::CatalogueCookbook;
use super::{CONTAINER, VisibleCookbooks};
use crate::UseCases;
use crate::callers::Caller;

/// A cookbook with versions of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCookbook {
    /// Its name.
    pub name: Arc<str>,
    /// Some of its versions, the newest first.
    pub versions: Vec<Version>,
}

/// An environment's constraints, by the cookbook's name.
type Constraints = BTreeMap<String, Constraint>;

impl UseCases {
    /// All cookbooks, for those who may list them.
    pub async fn cookbooks(&self, caller: &Caller) -> Result<VisibleCookbooks, Error> {
        let scope = self.scope_of(caller)?;
        self.container(caller, Permission::Read, &scope, CONTAINER).await?;
        self.visible_cookbooks(&scope).await
    }

    /// All cookbooks by name, with as many versions of each.
    pub async fn list_cookbooks(
        &self,
        caller: &Caller,
        number: NumVersions,
    ) -> Result<Vec<ListedCookbook>, Error> {
        let visible = self.cookbooks(caller).await?;
        Ok(visible.cookbooks().map(|one| listed(&one, None, number)).collect())
    }

    /// All versions of a cookbook.
    pub async fn list_cookbook_versions(
        &self,
        caller: &Caller,
        name: &str,
    ) -> Result<ListedCookbook, Error> {
        let visible = self.cookbooks(caller).await?;
        let cookbook = visible.cookbook(name).ok_or_else(|| cookbooks::not_found(name))?;
        Ok(listed(&cookbook, None, NumVersions::All))
    }

    /// The recipes of the newest version of each cookbook, in byte order.
    pub async fn list_recipes(&self, caller: &Caller) -> Result<Vec<String>, Error> {
        let visible = self.cookbooks(caller).await?;
        Ok(recipes(&visible, &Constraints::new()))
    }

    /// The cookbooks that an environment's nodes may use, with as many of the versions that they may.
    /// A cookbook without any is left out; if all are, each is named.
    pub async fn list_cookbooks_in_environment(
        &self,
        caller: &Caller,
        environment: &str,
        number: NumVersions,
    ) -> Result<Vec<ListedCookbook>, Error> {
        let (scope, found) = self.environment(caller, environment).await?;
        caller.require(Permission::Read, &found)?;
        let (constraints, visible) = (constraints(&found)?, self.visible_cookbooks(&scope).await?);
        let constraint = |one: &CatalogueCookbook| constraints.get(one.name.as_ref()).copied();
        let usable = visible.cookbooks().filter(|one| one.newest(constraint(one)).is_some());
        let usable: Vec<_> = usable.map(|one| listed(&one, constraint(&one), number)).collect();
        if usable.is_empty() {
            let all = visible.cookbooks();
            return Ok(all.map(|one| listed(&one, None, NumVersions::UpTo(0))).collect());
        }
        Ok(usable)
    }

    /// The versions of a cookbook that an environment's nodes may use. That there is no such environment
    /// or cookbook is told before that the caller may not know.
    pub async fn list_cookbook_versions_in_environment(
        &self,
        caller: &Caller,
        (environment, name): (&str, &str),
        number: NumVersions,
    ) -> Result<ListedCookbook, Error> {
        let (scope, found) = self.environment(caller, environment).await?;
        let visible = self.visible_cookbooks(&scope).await?;
        let cookbook = visible.cookbook(name).ok_or_else(|| cookbooks::not_found(name))?;
        caller.require(Permission::Read, &found)?;
        Ok(listed(&cookbook, constraints(&found)?.get(name).copied(), number))
    }

    /// The recipes of the newest version of each cookbook that an environment's nodes may use.
    pub async fn list_recipes_in_environment(
        &self,
        caller: &Caller,
        environment: &str,
    ) -> Result<Vec<String>, Error> {
        let (scope, found) = self.environment(caller, environment).await?;
        caller.require(Permission::Read, &found)?;
        let (constraints, visible) = (constraints(&found)?, self.visible_cookbooks(&scope).await?);
        Ok(recipes(&visible, &constraints))
    }

    async fn environment(&self, caller: &Caller, name: &str) -> Result<(Scope, Object), Error> {
        let scope = self.scope_of(caller)?;
        let found = self.find(&scope, Kind::Environment, name).await?;
        Ok((scope, found.ok_or_else(|| environments::not_found(name))?))
    }
}

/// The constraints of a stored environment.
pub(crate) fn constraints(of: &Object) -> Result<Constraints, Error> {
    let unreadable = || Error::Internal(format!("the environment `{}`", of.document.name));
    Environment::constraints(&of.document.body).ok_or_else(unreadable)
}

fn listed(of: &CatalogueCookbook, by: Option<Constraint>, number: NumVersions) -> ListedCookbook {
    let versions = of.allowed(by).take(number.limit()).map(|one| one.version).collect();
    ListedCookbook { name: Arc::clone(&of.name), versions }
}

/// The recipes of the newest version of each cookbook that the constraints allow, as they stand in run
/// lists: the default one is named as its cookbook is.
fn recipes(visible: &VisibleCookbooks, constraints: &Constraints) -> Vec<String> {
    let mut recipes = Vec::new();
    for cookbook in visible.cookbooks() {
        let newest = cookbook.newest(constraints.get(cookbook.name.as_ref()).copied());
        for recipe in newest.into_iter().flat_map(|version| version.recipes.iter()) {
            recipes.push(match recipe.as_ref() {
                "default" => cookbook.name.to_string(),
                recipe => format!("{}::{recipe}", cookbook.name),
            });
        }
    }
    recipes.sort_unstable();
    recipes
}
