//! Listing an application's members.

use std::collections::HashSet;

use pantry_model::commands::member::Member;
use pantry_model::{Error, Permission};
use pantry_store::{Kind, Scope};

use super::within;
use crate::UseCases;
use crate::applications::furnish::ADMINS;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// The users that belong to the application that the caller asks about, by name, and which of
    /// them are directly in its group `admins`.
    pub async fn list_members(&self, caller: &Caller) -> Result<Vec<Member>, Error> {
        let application = within(caller)?;
        self.permitted_application(caller, Permission::Read, application).await?;
        let scope = Scope::Application(application.clone());
        let admins = match self.find(&scope, Kind::Group, ADMINS).await? {
            Some(group) => self.store.members(group.id).await.map_err(to_error)?,
            None => Vec::new(),
        };
        let admins: HashSet<_> = admins.into_iter().map(|(id, _)| id).collect();
        let members = self.associated(application).await?.into_iter().map(|(id, name)| {
            let broken = |error| Error::Internal(format!("a stored user: {error}"));
            let user = name.parse().map_err(broken)?;
            Ok(Member { user, admin: admins.contains(&id) })
        });
        let mut members = members.collect::<Result<Vec<_>, Error>>()?;
        members.sort_unstable_by(|one, other| one.user.cmp(&other.user));
        Ok(members)
    }
}
