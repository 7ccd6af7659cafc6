//! Showing an application as the Chef API does.

use pantry_model::refusals::request;
use pantry_model::{ApplicationName, Error, ObjectId, Permission};
use pantry_store::{Kind, Object, Scope};

use super::ApplicationRecord;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::unreadable;

/// An application as the Chef API shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationView {
    /// Its name.
    pub name: ApplicationName,
    /// What people call it.
    pub full_name: String,
    /// What it is known by.
    pub id: ObjectId,
}

impl ApplicationView {
    pub(crate) fn of(name: &ApplicationName, object: &Object) -> Result<Self, Error> {
        let record: ApplicationRecord = serde_json::from_slice(&object.document.body)
            .map_err(|error| unreadable("application", &error))?;
        let full_name = record.full_name.unwrap_or_else(|| name.to_string());
        Ok(Self { name: name.clone(), full_name, id: object.id })
    }
}

impl UseCases {
    /// One application.
    pub async fn show_application(
        &self,
        caller: &Caller,
        name: &ApplicationName,
    ) -> Result<ApplicationView, Error> {
        let object = self.permitted_application(caller, Permission::Read, name).await?;
        ApplicationView::of(name, &object)
    }

    /// An application's object, on which the caller holds a permission. A superuser needs none, here
    /// as in the original: it must be able to end, or hand over, what nobody else can any more.
    pub(crate) async fn permitted_application(
        &self,
        caller: &Caller,
        permission: Permission,
        name: &ApplicationName,
    ) -> Result<Object, Error> {
        self.application_for(caller, permission, permission, name).await
    }

    /// The same where what is needed and what is said to be lacking differ: the original names the
    /// permission that the request's method needs elsewhere.
    pub(crate) async fn application_for(
        &self,
        caller: &Caller,
        needed: Permission,
        lacking: Permission,
        name: &ApplicationName,
    ) -> Result<Object, Error> {
        let object = self.find(&Scope::Global, Kind::Application, name.as_str()).await?;
        let object = object.ok_or_else(|| Error::UnknownApplication(name.clone()))?;
        // Over HTTP nobody else comes this far; other transports leave that to be asked here.
        if caller.is_superuser() || (caller.belongs() && caller.holds(needed, &object.acl)) {
            return Ok(object);
        }
        Err(request::missing_permission(lacking).into())
    }
}
