//! An access control list as Pantry's own command line shows it.

use pantry_model::commands::acl::{AclLine, AclObject, Holder};
use pantry_model::{Error, Permission};

use crate::UseCases;
use crate::callers::Caller;
use crate::naming::Names;

impl UseCases {
    /// Who holds each permission on an object of the application: for those who hold *grant* on it,
    /// and for superusers.
    pub async fn acl_lines(
        &self,
        caller: &Caller,
        object: &AclObject,
    ) -> Result<Vec<AclLine>, Error> {
        let secured = self.commanded(caller, object, Permission::Read).await?;
        let view = self.view_of_acl(&secured).await?;
        let line = |(permission, names)| AclLine { permission, holders: holders(names) };
        Ok(view.into_iter().map(line).collect())
    }
}

fn holders(names: Names) -> Vec<Holder> {
    let users = names.users.into_iter().map(Holder::User);
    let clients = names.clients.into_iter().map(Holder::Client);
    users.chain(clients).chain(names.groups.into_iter().map(Holder::Group)).collect()
}
