//! Data bags and their items. An item has no access control list: its bag's counts.

mod bags;
mod item;
mod items;

use pantry_model::refusals::data_bags;
use pantry_model::{Error, Permission, Refusal, Timestamp};
use pantry_store::{Document, Kind, Object, Scope};
use serde::{Deserialize, Serialize};

use crate::UseCases;
use crate::callers::Caller;
use crate::collection::Collection;
use crate::fault::to_error;

pub(crate) const DATA_BAGS: Collection = Collection {
    kind: Kind::DataBag,
    container: "data",
    missing: data_bags::bag_not_found,
    taken: data_bags::bag_taken,
};

/// What is stored of a data bag. Whoever changes an item rests on it: a bag that was made anew under
/// the same name is another.
#[derive(Serialize, Deserialize)]
struct DataBagRecord {
    created_at: Timestamp,
}

/// An item's stored name.
fn stored_name(bag: &str, item: &str) -> String {
    format!("{bag}/{item}")
}

impl UseCases {
    /// A data bag on which the caller holds a permission, for something done with an item.
    async fn bag_for(
        &self,
        caller: &Caller,
        permission: Permission,
        (scope, bag): (&Scope, &str),
        missing: impl FnOnce() -> Refusal,
    ) -> Result<Object, Error> {
        self.permitted(caller, permission, (scope, Kind::DataBag, bag), missing).await
    }

    /// An item of a bag that is there.
    async fn item(&self, scope: &Scope, bag: &str, item: &str) -> Result<Option<Document>, Error> {
        let name = stored_name(bag, item);
        self.store.document(scope, Kind::DataBagItem, &name).await.map_err(to_error)
    }
}
