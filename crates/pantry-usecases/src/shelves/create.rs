//! Making an application a shelf.

use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::Verb;

use super::{ShelfRecord, put};
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// Makes an application a shelf, which needs *update* on it. Whether it was none before: one that
    /// is a shelf stays as it is.
    pub async fn create_shelf(
        &self,
        caller: &Caller,
        name: &ApplicationName,
    ) -> Result<bool, Error> {
        self.decide_as(caller, |caller| async move {
            let object = self.permitted_application(&caller, Permission::Update, name).await?;
            let mut write = self.write_as(&caller);
            if self.shelf(name).await?.is_some() {
                return Ok((write, false));
            }
            let (id, created_at) = (object.id, write.at);
            let record = ShelfRecord { id, created_at, is_published: false, is_for_all: false };
            put(&mut write, (name, Verb::Create), None, &record);
            Ok((write, true))
        })
        .await
    }
}
