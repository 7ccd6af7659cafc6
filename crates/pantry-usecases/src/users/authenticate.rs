//! Letting users in by password, on behalf of a web front end that asks as a superuser.
//!
//! The superusers themselves have no passwords, and nobody is let in as one.

use pantry_model::chef::users::Credentials;
use pantry_model::refusals::{request, users};
use pantry_model::{Error, Permission};
use pantry_store::{Kind, Object, Scope};

use super::{UserRecord, UserView, belongs_to_the_server};
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// The user whose name and password these are.
    pub async fn authenticate_user(
        &self,
        caller: &Caller,
        credentials: &Credentials,
    ) -> Result<UserView, Error> {
        require_front_end(caller, credentials)?;
        let user = self.find(&Scope::Global, Kind::User, &credentials.name).await?;
        // That there is no such user is not told.
        let user = user.ok_or_else(users::wrong_password)?;
        let record = UserRecord::read(&user.document)?;
        self.let_in(&user, record, credentials).await
    }

    /// The user whose name and password these are, if it may be let in so although its identity is
    /// elsewhere.
    pub async fn recover_system(
        &self,
        caller: &Caller,
        credentials: &Credentials,
    ) -> Result<UserView, Error> {
        require_front_end(caller, credentials)?;
        let user = self.find(&Scope::Global, Kind::User, &credentials.name).await?;
        let user = user.ok_or_else(users::recovery_disabled)?;
        let record = UserRecord::read(&user.document)?;
        if !record.recovery_authentication_enabled {
            return Err(users::recovery_disabled().into());
        }
        self.let_in(&user, record, credentials).await
    }

    async fn let_in(
        &self,
        user: &Object,
        record: UserRecord,
        credentials: &Credentials,
    ) -> Result<UserView, Error> {
        let hash = record.password.ok_or_else(users::wrong_password)?;
        if self.workshop.verify(credentials.password.clone(), hash).await? {
            UserView::of(&user.document, None)
        } else {
            Err(users::wrong_password().into())
        }
    }
}

fn require_front_end(caller: &Caller, credentials: &Credentials) -> Result<(), Error> {
    if belongs_to_the_server(&credentials.name) {
        return Err(request::missing_permission(Permission::Create).into());
    }
    caller.require_superuser(Permission::Create)
}
