//! Making a container.

use pantry_model::chef::NewContainer;
use pantry_model::refusals::containers;
use pantry_model::{Acl, Error, Permission};
use pantry_store::Kind;

use crate::UseCases;
use crate::applications::furnish::empty;
use crate::callers::Caller;

impl UseCases {
    /// Makes a container. It is its creator's alone, unlike what is made in containers.
    pub async fn create_container(&self, caller: &Caller, new: &NewContainer) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            let scope = self.scope_of(&caller)?;
            self.container(&caller, Permission::Create, &scope, "containers").await?;
            let name = new.name.as_str();
            if self.find(&scope, Kind::Container, name).await?.is_some() {
                return Err(containers::taken().into());
            }
            let mut write = self.write_as(&caller);
            let acl = caller.id().map(Acl::of_creator).unwrap_or_default();
            write.create_object(&scope, Kind::Container, name, self.new_id(), empty(), acl);
            Ok((write, ()))
        })
        .await
    }
}
