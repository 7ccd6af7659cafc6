//! Showing a version of a cookbook.

use pantry_model::chef::cookbook::AskedVersion;
use pantry_model::refusals::cookbooks;
use pantry_model::{Error, Permission};
use pantry_store::{Document, Kind, Object, Scope};

use super::{CookbookView, stored_name};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

const KIND: Kind = Kind::CookbookVersion;

impl UseCases {
    /// A version of a cookbook, which needs *read* on the cookbook; `asked` is how it was asked for.
    pub async fn show_cookbook(
        &self,
        caller: &Caller,
        name: &str,
        (version, asked): (AskedVersion, &str),
    ) -> Result<CookbookView, Error> {
        let scope = self.scope_of(caller)?;
        let missing = || cookbooks::version_not_found(name, asked);
        let found = self.cookbook_version(&scope, name, version).await?;
        let (cookbook, version) = found.ok_or_else(missing)?;
        caller.require(Permission::Read, &cookbook)?;
        let contents = self.store.contents_of(&scope, KIND, &version.name).await;
        self.cookbook_view(caller, version.body, &contents.map_err(to_error)?).await
    }

    /// A cookbook and one of its versions, if there is such a one.
    pub(super) async fn cookbook_version(
        &self,
        scope: &Scope,
        name: &str,
        version: AskedVersion,
    ) -> Result<Option<(Object, Document)>, Error> {
        let Some(cookbook) = self.find(scope, Kind::Cookbook, name).await? else {
            return Ok(None);
        };
        let version = match version {
            AskedVersion::Exactly(version) => Some(version),
            AskedVersion::Latest => {
                let names = self.store.names_under(scope, KIND, name).await.map_err(to_error)?;
                names.iter().filter_map(|version| version.parse().ok()).max()
            }
        };
        let Some(version) = version else { return Ok(None) };
        let stored = stored_name(name, version);
        let document = self.store.document(scope, KIND, &stored).await.map_err(to_error)?;
        Ok(document.map(|document| (cookbook, document)))
    }
}
