//! Members as whoever runs the server manages them: in and out, admin or not, in one step.

use pantry_model::commands::member::Member;
use pantry_model::refusals::associations;
use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::{Kind, Object, Scope};

use super::associate::named_user;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::objects::{Named, join, leave};

/// The group of those who manage an application.
const ADMINS: &str = "admins";

impl UseCases {
    /// Lets a user into an application, if it is not in yet, and among its admins if it is to be
    /// one. Only a superuser may do it without an invitation.
    pub async fn admit(
        &self,
        caller: &Caller,
        application: &ApplicationName,
        user: &str,
        admin: bool,
    ) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            caller.require_superuser(Permission::Create)?;
            self.application(application).await?;
            let user = self.known_user(user).await?;
            let mut write = self.write_as(&caller);
            if self.association(application, &user).await?.is_none() {
                self.associate(&mut write, application, &user).await?;
            }
            let admins = self.admins(application).await?;
            if let (true, Some(admins)) = (admin, admins) {
                join(&mut write, &admins, &named_user(&user));
            }
            Ok((write, ()))
        })
        .await
    }

    /// Takes a user out of an application, and out of its admins. Needs *update* on the
    /// application, and on the group `admins` if the user is in it.
    pub async fn expel(
        &self,
        caller: &Caller,
        application: &ApplicationName,
        user: &str,
    ) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            if !caller.is_superuser() {
                self.permitted_application(&caller, Permission::Update, application).await?;
            }
            let user = self.known_user(user).await?;
            let association = self.association(application, &user).await?;
            let association = association
                .ok_or_else(|| associations::no_such_member(&user.document.name, application))?;
            let mut write = self.write_as(&caller);
            if let Some(admins) = self.admins(application).await?
                && self.is_in(&admins, &user).await?
            {
                leave(&mut write, &admins, &named_user(&user));
            }
            self.dissociate(&mut write, application, &user, &association).await?;
            Ok((write, ()))
        })
        .await
    }

    /// Who belongs to an application, and who of them is one of its admins, by name.
    pub async fn list_members_and_admins(
        &self,
        caller: &Caller,
        application: &ApplicationName,
    ) -> Result<Vec<Member>, Error> {
        let names = self.list_members(caller, application).await?;
        let admins = match self.admins(application).await? {
            Some(admins) => self.store.members(admins.id).await.map_err(to_error)?,
            None => Vec::new(),
        };
        let is_admin = |name: &str| {
            admins.iter().any(|(_, place)| place.kind == Kind::User && place.name == name)
        };
        let member = |name: String| {
            let user = name.parse().map_err(|e| Error::Internal(format!("a stored user: {e}")))?;
            Ok(Member { admin: is_admin(&name), user })
        };
        names.into_iter().map(member).collect()
    }

    pub(super) async fn admins(
        &self,
        application: &ApplicationName,
    ) -> Result<Option<Named>, Error> {
        let scope = Scope::Application(application.clone());
        let found = self.find(&scope, Kind::Group, ADMINS).await?;
        Ok(found.map(|admins| Named::new(&scope, Kind::Group, ADMINS, admins.id)))
    }

    pub(super) async fn is_in(&self, group: &Named, user: &Object) -> Result<bool, Error> {
        // What one user is in, and not all who are in the group.
        let member_of = self.store.member_of(user.id).await.map_err(to_error)?;
        Ok(member_of.iter().any(|(id, _)| *id == group.id))
    }
}
