//! Showing a version of a cookbook.

use pantry_model::chef::cookbook::AskedVersion;
use pantry_model::refusals::cookbooks;
use pantry_model::{Error, Permission, Version};
use pantry_store::{Document, Kind, Object, Scope};

use super::{CookbookView, stored_name};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

const KIND: Kind = Kind::CookbookVersion;

/// A version of a cookbook, where it was found.
pub(super) struct FoundVersion {
    /// Whose it is: the application's own, or a shelf's.
    pub(super) scope: Scope,
    pub(super) document: Document,
    /// The cookbook, if it is the application's own.
    pub(super) cookbook: Option<Object>,
}

impl UseCases {
    /// A version of a cookbook, which needs *read* on the cookbook, or on the container of cookbooks if
    /// it comes from a shelf; `asked` is how it was asked for.
    pub async fn show_cookbook(
        &self,
        caller: &Caller,
        name: &str,
        (version, asked): (AskedVersion, &str),
    ) -> Result<CookbookView, Error> {
        let scope = self.scope_of(caller)?;
        let missing = || cookbooks::version_not_found(name, asked);
        let found = self.visible_version(&scope, name, version).await?;
        let FoundVersion { scope: whose, document, cookbook } = found.ok_or_else(missing)?;
        match cookbook {
            Some(cookbook) => caller.require(Permission::Read, &cookbook)?,
            None => self.may_read_shelves(caller, &scope).await?,
        }
        let contents = self.store.contents_of(&whose, KIND, &document.name).await;
        self.cookbook_view(caller, document.body, &contents.map_err(to_error)?).await
    }

    /// Nothing if the caller may read what an application has on its shelves.
    pub(crate) async fn may_read_shelves(
        &self,
        caller: &Caller,
        scope: &Scope,
    ) -> Result<(), Error> {
        self.container(caller, Permission::Read, scope, super::CONTAINER).await?;
        Ok(())
    }

    /// One of an application's own versions of a cookbook, if there is such a one.
    async fn own_version(
        &self,
        scope: &Scope,
        name: &str,
        version: AskedVersion,
    ) -> Result<Option<FoundVersion>, Error> {
        let Some(cookbook) = self.find(scope, Kind::Cookbook, name).await? else {
            return Ok(None);
        };
        let version = match version {
            AskedVersion::Exactly(version) => Some(version),
            AskedVersion::Latest => self.newest_of(scope, name).await?,
        };
        let Some(version) = version else { return Ok(None) };
        let document = self.cookbook_document(scope, name, version).await?;
        let scope = scope.clone();
        Ok(document.map(|document| FoundVersion { scope, document, cookbook: Some(cookbook) }))
    }

    /// The version of a cookbook that an application sees: of its own and those of its shelves the
    /// first that is what was asked for.
    pub(super) async fn visible_version(
        &self,
        scope: &Scope,
        name: &str,
        version: AskedVersion,
    ) -> Result<Option<FoundVersion>, Error> {
        let mut found = self.own_version(scope, name, version).await?;
        if found.is_some() && version != AskedVersion::Latest {
            // No shelf can have what would count more.
            return Ok(found);
        }
        for shelf in self.used_shelves(scope).await? {
            let version = match version {
                AskedVersion::Exactly(version) => Some(version),
                AskedVersion::Latest => self.newest_of(&shelf.scope, name).await?,
            };
            let before = found.as_ref().and_then(|found| number(&found.document));
            let Some(version) = version.filter(|version| before.is_none_or(|it| it < *version))
            else {
                continue;
            };
            if let Some(document) = self.cookbook_document(&shelf.scope, name, version).await? {
                found = Some(FoundVersion { scope: shelf.scope, document, cookbook: None });
            }
        }
        Ok(found)
    }

    async fn newest_of(&self, scope: &Scope, name: &str) -> Result<Option<Version>, Error> {
        let names = self.store.names_under(scope, KIND, name).await.map_err(to_error)?;
        Ok(names.iter().filter_map(|version| version.parse().ok()).max())
    }

    async fn cookbook_document(
        &self,
        scope: &Scope,
        name: &str,
        version: Version,
    ) -> Result<Option<Document>, Error> {
        let stored = stored_name(name, version);
        self.store.document(scope, KIND, &stored).await.map_err(to_error)
    }
}

/// Which version a document is of.
fn number(of: &Document) -> Option<Version> {
    of.name.split_once('/')?.1.parse().ok()
}
