//! Deleting a version of a cookbook, and with its last one the cookbook.

use pantry_model::chef::cookbook::AskedVersion;
use pantry_model::refusals::{cookbooks, shelves};
use pantry_model::{Error, Permission};
use pantry_store::{Change, Kind};

use super::{CookbookView, versioned};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::supermarket::discard;

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
        let scope = &self.scope_of(caller)?;
        let deleted = self.decide_as(caller, |caller| async move {
            let missing = || cookbooks::version_not_found(name, asked);
            let found = self.visible_version(scope, name, version).await?.ok_or_else(missing)?;
            let Some(cookbook) = found.cookbook else {
                self.may_read_shelves(&caller, scope).await?;
                return Err(shelves::only_on_a_shelf(name).into());
            };
            let version = found.document;
            caller.require(Permission::Delete, &cookbook)?;
            let held = self.store.contents_of(scope, KIND, &version.name).await;
            let mut write = self.write_as(&caller);
            write.delete(scope, KIND, &version.name, version.hash);
            discard(&mut write, scope, &version.name);
            let archived = self.archived(scope, &version.name).await?;
            let kind = Kind::CookbookSummary;
            write.changes.push(Change::Delete { scope: scope.clone(), kind, name: version.name });
            versioned::one_less(&mut write, (scope, Kind::Cookbook), &cookbook)?;
            Ok((write, (version.body, held.map_err(to_error)?, archived)))
        });
        let (body, held, mut released) = deleted.await?;
        released.extend(held.iter().map(|content| content.sha256));
        self.collect(released);
        self.cookbook_view(caller, body, &held).await
    }
}
