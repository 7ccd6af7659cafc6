//! Deleting a version of a cookbook, and with its last one the cookbook.

use pantry_model::chef::cookbook::AskedVersion;
use pantry_model::refusals::cookbooks;
use pantry_model::{Error, Permission};
use pantry_store::{Change, Family, Kind};

use super::CookbookView;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

const KIND: Kind = Kind::CookbookVersion;

impl UseCases {
    /// Deletes a version of a cookbook, which needs *delete* on the cookbook; gives what it was. With
    /// the last version the cookbook goes, and who may do what to it.
    pub async fn delete_cookbook(
        &self,
        caller: &Caller,
        name: &str,
        (version, asked): (AskedVersion, &str),
    ) -> Result<CookbookView, Error> {
        let scope = self.scope_of(caller)?;
        let (scope, scopes) = (&scope, std::slice::from_ref(&scope));
        let deleted = self.decide_as(caller, |caller| async move {
            // Whether it is the last one depends on what others put and delete meanwhile.
            let stands = self.store.generations(scopes).await.map_err(to_error)?;
            let missing = || cookbooks::version_not_found(name, asked);
            let found = self.cookbook_version(scope, name, version).await?;
            let (cookbook, version) = found.ok_or_else(missing)?;
            caller.require(Permission::Delete, &cookbook)?;
            let is_last = self.versions_of(scope, name).await?.len() <= 1;
            let held = self.store.contents_of(scope, KIND, &version.name).await;
            let mut write = self.write_as(&caller);
            for stands in stands {
                write.generations.push((scope.clone(), Family::Cookbooks, stands));
            }
            write.delete(scope, KIND, &version.name, version.hash);
            let kind = Kind::CookbookSummary;
            write.changes.push(Change::Delete { scope: scope.clone(), kind, name: version.name });
            if is_last {
                write.delete(scope, Kind::Cookbook, name, cookbook.document.hash);
            }
            Ok((write, (version.body, held.map_err(to_error)?)))
        });
        let (body, held) = deleted.await?;
        self.cookbook_view(caller, body, &held).await
    }
}
