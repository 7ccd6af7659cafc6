//! Listing users, and finding one by its e-mail address or by who it is elsewhere.

use pantry_model::{Error, Permission};
use pantry_store::{Kind, Scope};

use super::UserView;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

/// Which users are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserFilter {
    /// All of them.
    All,
    /// The one with this e-mail address, whatever its case.
    Email(String),
    /// The one who is this elsewhere, to the letter.
    ExternalIdentity(String),
}

impl UseCases {
    /// The names of users, in byte order.
    pub async fn list_users(
        &self,
        caller: &Caller,
        filter: &UserFilter,
    ) -> Result<Vec<String>, Error> {
        self.container(caller, Permission::Read, &Scope::Global, "users").await?;
        match filter {
            UserFilter::All => self.store.names(&Scope::Global, Kind::User).await.map_err(to_error),
            UserFilter::Email(email) => {
                self.user_identified(Kind::Email, &email.to_ascii_lowercase()).await
            }
            UserFilter::ExternalIdentity(uid) => {
                self.user_identified(Kind::ExternalIdentity, uid).await
            }
        }
    }

    /// All users with what people call them, without keys.
    pub async fn list_user_profiles(&self, caller: &Caller) -> Result<Vec<UserView>, Error> {
        self.container(caller, Permission::Read, &Scope::Global, "users").await?;
        let users = self.store.documents(&Scope::Global, Kind::User).await.map_err(to_error)?;
        users.iter().map(|user| UserView::of(user, None)).collect()
    }

    async fn user_identified(&self, kind: Kind, name: &str) -> Result<Vec<String>, Error> {
        let Some(id) = self.identified(kind, name).await? else { return Ok(Vec::new()) };
        let places = self.store.places(&[id]).await.map_err(to_error)?;
        Ok(places.into_iter().flatten().map(|place| place.name).collect())
    }
}
