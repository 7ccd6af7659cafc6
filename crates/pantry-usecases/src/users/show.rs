//! Showing a user as the Chef API does.

use pantry_model::refusals::users;
use pantry_model::{Error, Permission};
use pantry_store::{Document, Kind, Object, Scope};
use serde_json::{Map, Value, json};

use super::{EMAIL, UserRecord};
use crate::UseCases;
use crate::callers::Caller;

/// A user as the Chef API shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserView {
    /// Its name.
    pub name: String,
    /// What people call it and the like, under the names that the API gives it. `display_name` and
    /// `email` are always there; who has no address has an empty one.
    pub profile: Map<String, Value>,
    /// The key named `default`, if it has one: version 0 of the API shows it.
    pub public_key: Option<String>,
}

impl UserView {
    pub(super) fn of(document: &Document, public_key: Option<String>) -> Result<Self, Error> {
        let mut profile = UserRecord::read(document)?.profile;
        profile.entry(EMAIL).or_insert_with(|| json!(""));
        Ok(Self { name: document.name.clone(), profile, public_key })
    }
}

impl UseCases {
    /// One user.
    pub async fn show_user(&self, caller: &Caller, name: &str) -> Result<UserView, Error> {
        let object = self.permitted_user(caller, Permission::Read, name).await?;
        self.user_view(&object).await
    }

    /// A user's object, on which the caller holds a permission.
    pub(crate) async fn permitted_user(
        &self,
        caller: &Caller,
        permission: Permission,
        name: &str,
    ) -> Result<Object, Error> {
        let place = (&Scope::Global, Kind::User, name);
        self.permitted(caller, permission, place, || users::not_found(name)).await
    }

    /// A user as it is shown, whoever asks.
    pub(crate) async fn user_view(&self, user: &Object) -> Result<UserView, Error> {
        UserView::of(&user.document, self.default_key(&Scope::Global, user).await?)
    }
}
