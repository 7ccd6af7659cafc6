//! Letting anybody read a shelf as a Supermarket, and ending that.

use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::Verb;

use super::{ShelfRecord, put};
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// Says whether anybody may read a shelf, unsigned. It needs *grant* on the application.
    pub async fn publish_shelf(
        &self,
        caller: &Caller,
        name: &ApplicationName,
        is_published: bool,
    ) -> Result<(), Error> {
        self.change_shelf(caller, name, |record| record.is_published = is_published).await
    }

    /// Changes what is stored of a shelf, which needs *grant* on the application.
    pub(super) async fn change_shelf(
        &self,
        caller: &Caller,
        name: &ApplicationName,
        change: impl Fn(&mut ShelfRecord) + Send + Sync,
    ) -> Result<(), Error> {
        let change = &change;
        self.decide_as(caller, |caller| async move {
            self.permitted_application(&caller, Permission::Grant, name).await?;
            let (mut record, stored) = self.must_be_shelf(name).await?;
            let mut write = self.write_as(&caller);
            change(&mut record);
            put(&mut write, (name, Verb::Update), Some(stored.hash), &record);
            Ok((write, ()))
        })
        .await
    }
}
