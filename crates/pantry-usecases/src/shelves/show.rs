//! Showing a shelf, and listing those that somebody may see.

use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::{Kind, Scope};

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

/// A shelf, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfView {
    /// Its name, which is its application's.
    pub name: ApplicationName,
    /// Whether anybody may read it, unsigned, as a Supermarket.
    pub is_published: bool,
    /// Whether every application may use it.
    pub is_for_all: bool,
    /// The names that it is granted to; only for those who may grant it.
    pub grants: Option<Vec<String>>,
}

impl UseCases {
    /// A shelf, which needs *read* on its application; whom it is granted to is told to those who hold
    /// *grant* there.
    pub async fn show_shelf(
        &self,
        caller: &Caller,
        name: &ApplicationName,
    ) -> Result<ShelfView, Error> {
        let object = self.permitted_application(caller, Permission::Read, name).await?;
        let (record, _) = self.must_be_shelf(name).await?;
        let may_grant = caller.is_superuser() || caller.holds(Permission::Grant, &object.acl);
        let grants = if may_grant {
            let scope = Scope::Application(name.clone());
            Some(self.store.names(&scope, Kind::ShelfGrant).await.map_err(to_error)?)
        } else {
            None
        };
        let (is_published, is_for_all) = (record.is_published, record.is_for_all);
        Ok(ShelfView { name: name.clone(), is_published, is_for_all, grants })
    }

    /// The shelves whose applications the caller may read, by name; a superuser may read all.
    pub async fn list_shelves(&self, caller: &Caller) -> Result<Vec<ShelfView>, Error> {
        let principal = caller.actor()?.principal.clone();
        let mut shown = Vec::new();
        for name in self.store.names(&Scope::Global, Kind::Shelf).await.map_err(to_error)? {
            let Ok(name) = name.parse::<ApplicationName>() else { continue };
            let within = match self.caller(&principal, Some(&name)).await {
                Ok(within) => within,
                Err(Error::Refused(_) | Error::UnknownApplication(_)) => continue,
                Err(error) => return Err(error),
            };
            match self.show_shelf(&within, &name).await {
                Ok(shelf) => shown.push(shelf),
                Err(Error::Refused(_) | Error::UnknownApplication(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(shown)
    }
}
