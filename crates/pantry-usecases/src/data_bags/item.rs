//! One item of a data bag: shown, changed, deleted.

use pantry_model::chef::DataBagItem;
use pantry_model::refusals::data_bags;
use pantry_model::{Error, Permission};
use pantry_store::Kind;

use crate::UseCases;
use crate::callers::Caller;
use crate::search;

impl UseCases {
    /// An item, as it is stored.
    pub async fn show_data_bag_item(
        &self,
        caller: &Caller,
        bag: &str,
        item: &str,
    ) -> Result<Vec<u8>, Error> {
        let scope = self.scope_of(caller)?;
        let missing = || data_bags::item_not_found(bag, item);
        self.bag_for(caller, Permission::Read, (&scope, bag), missing).await?;
        let there = self.item(&scope, bag, item).await?.ok_or_else(missing)?;
        Ok(there.body)
    }

    /// Gives an item that is there another content.
    pub async fn update_data_bag_item(
        &self,
        caller: &Caller,
        bag: &str,
        item: &DataBagItem,
    ) -> Result<(), Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let id = item.id().as_str();
                let missing = || data_bags::item_not_found(bag, id);
                let of = self.bag_for(&caller, Permission::Update, (scope, bag), missing).await?;
                let there = self.item(scope, bag, id).await?.ok_or_else(missing)?;
                let mut write = self.write_as(&caller);
                write.expect(scope, Kind::DataBag, bag, Some(of.document.hash));
                let body = item.object().to_json();
                if there.body != body {
                    search::update(&mut write, (scope, Kind::DataBagItem), &there, body)?;
                }
                Ok((write, ()))
            }
        })
        .await
    }

    /// Deletes an item; gives what was stored of it.
    pub async fn delete_data_bag_item(
        &self,
        caller: &Caller,
        bag: &str,
        item: &str,
    ) -> Result<Vec<u8>, Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let missing = || data_bags::no_item_to_delete(bag, item);
                let of = self.bag_for(&caller, Permission::Delete, (scope, bag), missing).await?;
                let there = self.item(scope, bag, item).await?.ok_or_else(missing)?;
                let mut write = self.write_as(&caller);
                write.expect(scope, Kind::DataBag, bag, Some(of.document.hash));
                search::delete(&mut write, (scope, Kind::DataBagItem), &there)?;
                Ok((write, there.body))
            }
        })
        .await
    }
}
