//! Showing a group with its members.

use pantry_model::Error;

use super::Seen;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::naming::Names;

/// A group as the Chef API shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupView {
    /// Its name.
    pub name: String,
    /// Its direct members.
    pub members: Names,
}

impl UseCases {
    /// One group of the application.
    pub async fn show_group(&self, caller: &Caller, name: &str) -> Result<GroupView, Error> {
        let seen = self.seen_group(caller, name).await?;
        self.view_of(&seen).await
    }

    pub(super) async fn view_of(&self, seen: &Seen) -> Result<GroupView, Error> {
        let members = self.store.members(seen.object.id).await.map_err(to_error)?;
        let members = Names::of(&seen.scope, members.iter().map(|(_, place)| place));
        Ok(GroupView { name: seen.name().to_owned(), members })
    }
}
