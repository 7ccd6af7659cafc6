//! Which applications may use a shelf.
//!
//! A grant is to a name. Whether there is an application of that name is neither asked nor told: a
//! shelf's admins need not know, and must not find out, which applications there are. An application
//! that is deleted leaves no grants to its name.

use pantry_model::refusals::shelves;
use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::{Kind, Scope, Write};
use serde_json::json;

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

const KIND: Kind = Kind::ShelfGrant;

impl UseCases {
    /// Lets an application use a shelf, which needs *grant* on the shelf's application.
    pub async fn grant_shelf(
        &self,
        caller: &Caller,
        shelf: &ApplicationName,
        to: &ApplicationName,
    ) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            self.permitted_application(&caller, Permission::Grant, shelf).await?;
            let (_, stored) = self.must_be_shelf(shelf).await?;
            let mut write = self.write_as(&caller);
            let scope = Scope::Application(shelf.clone());
            let before = self.store.document(&scope, KIND, to.as_str()).await.map_err(to_error)?;
            if before.is_none() {
                write.expect(&Scope::Global, Kind::Shelf, shelf.as_str(), Some(stored.hash));
                let body = json!({"granted_at": write.at}).to_string().into_bytes();
                write.create(&scope, KIND, to.as_str(), body);
            }
            Ok((write, ()))
        })
        .await
    }

    /// Ends that an application may use a shelf, from its next request on. Its own list of shelves
    /// stays as it is.
    pub async fn revoke_shelf(
        &self,
        caller: &Caller,
        shelf: &ApplicationName,
        from: &ApplicationName,
    ) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            self.permitted_application(&caller, Permission::Grant, shelf).await?;
            self.must_be_shelf(shelf).await?;
            let scope = Scope::Application(shelf.clone());
            let before =
                self.store.document(&scope, KIND, from.as_str()).await.map_err(to_error)?;
            let before = before.ok_or_else(|| shelves::no_grant(shelf, from.as_str()))?;
            let mut write = self.write_as(&caller);
            write.delete(&scope, KIND, from.as_str(), before.hash);
            Ok((write, ()))
        })
        .await
    }

    /// Adds to a write, which deletes an application, that no shelf is granted to its name any more.
    pub(crate) async fn end_grants(
        &self,
        write: &mut Write,
        to: &ApplicationName,
    ) -> Result<(), Error> {
        for shelf in self.store.names(&Scope::Global, Kind::Shelf).await.map_err(to_error)? {
            let Ok(shelf) = shelf.parse::<ApplicationName>() else { continue };
            if shelf == *to {
                continue;
            }
            let scope = Scope::Application(shelf);
            let found = self.store.document(&scope, KIND, to.as_str()).await.map_err(to_error)?;
            if let Some(found) = found {
                write.delete(&scope, KIND, to.as_str(), found.hash);
            }
        }
        Ok(())
    }
}
