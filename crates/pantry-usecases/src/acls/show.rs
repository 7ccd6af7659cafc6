//! Showing who may do what to an object.

use std::collections::HashMap;

use pantry_model::{Error, ObjectId, Permission};
use pantry_store::Place;

use super::{AclOf, Secured};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::naming::Names;

/// Who holds each of the five permissions, in their order. Those that no longer exist are left out.
pub type AclView = [(Permission, Names); 5];

impl UseCases {
    /// An object's access control list.
    pub async fn show_acl(&self, caller: &Caller, of: AclOf<'_>) -> Result<AclView, Error> {
        let secured = self.grantable(caller, of, Permission::Read).await?;
        self.view_of_acl(&secured).await
    }

    pub(super) async fn view_of_acl(&self, secured: &Secured) -> Result<AclView, Error> {
        let all = Permission::ALL.map(|permission| secured.acl.holders(permission));
        let mut ids: Vec<ObjectId> = all.into_iter().flatten().copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let places = self.store.places(&ids).await.map_err(to_error)?;
        let places: HashMap<ObjectId, Place> =
            ids.into_iter().zip(places).filter_map(|(id, place)| Some((id, place?))).collect();
        Ok(Permission::ALL.map(|permission| {
            let holders = secured.acl.holders(permission).iter();
            (permission, Names::of(&secured.within, holders.filter_map(|id| places.get(id))))
        }))
    }
}
