//! A role's run lists, environment by environment.

use pantry_model::chef::RoleRunLists;
use pantry_model::refusals::{environments, roles};
use pantry_model::{EnvironmentName, Error, Permission, RunList};
use pantry_store::{Document, Kind};

use super::ROLES;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::unreadable;

pub(crate) fn read(role: &Document) -> Result<RoleRunLists, Error> {
    serde_json::from_slice(&role.body).map_err(|error| unreadable("role", &error))
}

impl UseCases {
    /// The environments for which a role has a run list, in order; they need not exist.
    pub async fn list_environments_of_role(
        &self,
        caller: &Caller,
        role: &str,
    ) -> Result<Vec<EnvironmentName>, Error> {
        let role = self.one_of(caller, Permission::Read, &ROLES, role).await?;
        Ok(read(&role.document)?.environments())
    }

    /// The run list that a role has for an environment, if it has one for it. That there is no such
    /// role is told first, then that there is no such environment, then that the caller may not read
    /// the role.
    pub async fn show_run_list_of_role(
        &self,
        caller: &Caller,
        role: &str,
        environment: &str,
    ) -> Result<Option<RunList>, Error> {
        let scope = self.scope_of(caller)?;
        let found = self.find(&scope, Kind::Role, role).await?;
        let found = found.ok_or_else(|| roles::not_found(role))?;
        if self.find(&scope, Kind::Environment, environment).await?.is_none() {
            return Err(environments::not_found(environment).into());
        }
        caller.require(Permission::Read, &found)?;
        Ok(read(&found.document)?.of(environment).cloned())
    }
}
