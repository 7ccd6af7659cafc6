//! Who may read a shelf as a Supermarket.

use pantry_model::refusals::supermarket;
use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::{Kind, Scope};

use crate::UseCases;
use crate::callers::Caller;
use crate::cookbooks::{CONTAINER, VisibleCookbooks};

/// A shelf that somebody may read.
#[derive(Clone, Debug)]
pub struct OpenShelf {
    pub(super) scope: Scope,
    /// Its name.
    pub name: ApplicationName,
}

impl UseCases {
    /// A shelf, for a reader who has signed the request, or for anybody. If it is not published, it is
    /// there for those alone who may read its application's container of cookbooks.
    pub async fn open_shelf(
        &self,
        reader: Option<&Caller>,
        name: &str,
    ) -> Result<OpenShelf, Error> {
        let name: ApplicationName = name.parse().map_err(|_| supermarket::not_found())?;
        let (shelf, _) = self.shelf(&name).await?.ok_or_else(supermarket::not_found)?;
        let scope = Scope::Application(name.clone());
        let may_read = match reader {
            _ if shelf.is_published => true,
            Some(reader) => self.may_read_cookbooks(reader, &scope).await?,
            None => false,
        };
        if may_read { Ok(OpenShelf { scope, name }) } else { Err(supermarket::not_found().into()) }
    }

    async fn may_read_cookbooks(&self, reader: &Caller, scope: &Scope) -> Result<bool, Error> {
        let container = self.find(scope, Kind::Container, CONTAINER).await?;
        let may = |permission, container: &pantry_store::Object| {
            reader.belongs() && reader.holds(permission, &container.acl)
        };
        Ok(container.is_some_and(|container| may(Permission::Read, &container)))
    }

    /// A shelf's own cookbooks.
    pub async fn cookbooks_on(&self, shelf: &OpenShelf) -> Result<VisibleCookbooks, Error> {
        let own = self.own_cookbooks(&shelf.scope).await?.ok_or_else(supermarket::not_found)?;
        Ok(VisibleCookbooks::new(vec![(shelf.scope.clone(), own)]))
    }
}
