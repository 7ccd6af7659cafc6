//! The items of a data bag: listed, and added to.

use pantry_model::chef::DataBagItem;
use pantry_model::refusals::data_bags;
use pantry_model::{Error, Permission};
use pantry_store::Kind;

use super::{DATA_BAGS, stored_name};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::search;

impl UseCases {
    /// The ids of a data bag's items, in byte order.
    pub async fn list_data_bag_items(
        &self,
        caller: &Caller,
        bag: &str,
    ) -> Result<Vec<String>, Error> {
        let scope = self.scope_of(caller)?;
        self.one_of(caller, Permission::Read, &DATA_BAGS, bag).await?;
        self.store.names_under(&scope, Kind::DataBagItem, bag).await.map_err(to_error)
    }

    /// Adds an item to a data bag, which needs *create* on the bag.
    pub async fn create_data_bag_item(
        &self,
        caller: &Caller,
        bag: &str,
        item: &DataBagItem,
    ) -> Result<(), Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let missing = || data_bags::no_bag_for_item(bag);
                let of = self.bag_for(&caller, Permission::Create, (scope, bag), missing).await?;
                let id = item.id().as_str();
                if self.item(scope, bag, id).await?.is_some() {
                    return Err(data_bags::item_taken(bag, id).into());
                }
                let mut write = self.write_as(&caller);
                write.expect(scope, Kind::DataBag, bag, Some(of.document.hash));
                let (name, body) = (stored_name(bag, id), item.object().to_json());
                search::create(&mut write, (scope, Kind::DataBagItem, &name), body)?;
                Ok((write, ()))
            }
        })
        .await
    }
}
