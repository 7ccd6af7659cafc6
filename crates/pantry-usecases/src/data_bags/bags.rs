//! Data bags as a whole: made, listed, deleted.

use pantry_model::chef::NewDataBag;
use pantry_model::{Error, Permission};
use pantry_store::{Change, Kind};

use super::{DATA_BAGS, DataBagRecord};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_json;
use crate::search;

impl UseCases {
    /// The names of an application's data bags, in byte order.
    pub async fn list_data_bags(&self, caller: &Caller) -> Result<Vec<String>, Error> {
        self.list_all(caller, &DATA_BAGS).await
    }

    /// Makes a data bag.
    pub async fn create_data_bag(&self, caller: &Caller, new: &NewDataBag) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            let mut write = self.write_as(&caller);
            let record = DataBagRecord { created_at: write.at };
            let bag = (new.name.as_str(), to_json(&record));
            self.add_to(&mut write, &caller, &DATA_BAGS, bag).await?;
            Ok((write, ()))
        })
        .await
    }

    /// Deletes a data bag with all its items. The ledger names the bag alone.
    pub async fn delete_data_bag(&self, caller: &Caller, name: &str) -> Result<(), Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let there = self.one_of(&caller, Permission::Delete, &DATA_BAGS, name).await?;
                let mut write = self.write_as(&caller);
                write.delete(scope, Kind::DataBag, name, there.document.hash);
                search::forget(&mut write, scope, name);
                let (scope, parent) = (scope.clone(), name.to_owned());
                write.changes.push(Change::DeleteUnder { scope, kind: Kind::DataBagItem, parent });
                Ok((write, ()))
            }
        })
        .await
    }
}
