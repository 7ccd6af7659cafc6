//! Showing a user as a member of an application.

use pantry_model::refusals::associations;
use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::Object;
use serde_json::{Map, Value};

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::{to_error, unreadable};
use crate::users::UserRecord;

/// The key that is a user's only one in the first version of the API.
const DEFAULT_KEY: &str = "default";

/// A user, as an application's members see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberView {
    /// Its name.
    pub username: String,
    /// What else the Chef API shows of it: `display_name`, `email` and the like.
    pub profile: Map<String, Value>,
    /// Its key `default`, PEM, if it has one.
    pub public_key: Option<String>,
}

impl UseCases {
    /// One user that belongs to an application.
    pub async fn show_member(
        &self,
        caller: &Caller,
        application: &ApplicationName,
        user: &str,
    ) -> Result<MemberView, Error> {
        let (user, _) = self.known_member(application, user).await?;
        self.permitted_application(caller, Permission::Read, application).await?;
        caller.require(Permission::Read, &user)?;
        self.member_view(&user).await
    }

    /// A user and what says that it belongs to an application. A user that does not is not found.
    pub(crate) async fn known_member(
        &self,
        application: &ApplicationName,
        name: &str,
    ) -> Result<(Object, Object), Error> {
        let user = self.known_user(name).await?;
        let association = self.association(application, &user).await?;
        let association =
            association.ok_or_else(|| associations::no_such_member(name, application))?;
        Ok((user, association))
    }

    pub(crate) async fn member_view(&self, user: &Object) -> Result<MemberView, Error> {
        let record: UserRecord = serde_json::from_slice(&user.document.body)
            .map_err(|error| unreadable("user", &error))?;
        let keys = self.store.actor_keys(user.id).await.map_err(to_error)?;
        let default = keys.into_iter().find(|key| key.name == DEFAULT_KEY);
        Ok(MemberView {
            username: user.document.name.clone(),
            profile: record.profile,
            public_key: default.map(|key| key.public_key),
        })
    }
}
