//! Making a group.

use pantry_model::chef::NewGroup;
use pantry_model::refusals::groups;
use pantry_model::{Error, Permission};
use pantry_store::Kind;

use crate::UseCases;
use crate::applications::furnish::empty;
use crate::callers::Caller;
use crate::objects::inherited;

impl UseCases {
    /// Makes a group without members, which its creator may do everything to.
    pub async fn create_group(&self, caller: &Caller, new: &NewGroup) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            let scope = self.scope_of(&caller)?;
            let container = self.container(&caller, Permission::Create, &scope, "groups").await?;
            let name = new.name.as_str();
            if self.find_group(&scope, name).await?.is_some() {
                return Err(groups::taken().into());
            }
            let mut write = self.write_as(&caller);
            let acl = inherited(&container, &caller);
            write.create_object(&scope, Kind::Group, name, self.new_id(), empty(), acl);
            Ok((write, ()))
        })
        .await
    }
}
