//! What is said of a shelf as a whole: whether anybody may read it as a Supermarket, and whether every
//! application may use it.

use pantry_model::chef::ShelfUpdate;
use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::Verb;

use super::{ShelfRecord, put};
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// Says of a shelf what is said. It needs *grant* on the application.
    pub async fn update_shelf(
        &self,
        caller: &Caller,
        name: &ApplicationName,
        update: &ShelfUpdate,
    ) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            self.permitted_application(&caller, Permission::Grant, name).await?;
            let (before, stored) = self.must_be_shelf(name).await?;
            let after = ShelfRecord {
                is_published: update.published.unwrap_or(before.is_published),
                is_for_all: update.granted_to_all.unwrap_or(before.is_for_all),
                ..before
            };
            let mut write = self.write_as(&caller);
            if after != before {
                put(&mut write, (name, Verb::Update), Some(stored.hash), &after);
            }
            Ok((write, ()))
        })
        .await
    }
}
