//! The two ways of an association: made and ended. Everything that lets a user into an application,
//! or out of it, comes through here, but for the deletion of the user or of the application.

use pantry_model::refusals::{associations, users};
use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::{Kind, Object, Scope, Write};

use crate::UseCases;
use crate::applications::furnish::{empty, read_access_group};
use crate::objects::{Named, join, leave, set_acl};

/// The group that every member of an application is in.
const USERS: &str = "users";

/// A user as groups and access control lists name it.
pub(crate) fn named_user(user: &Object) -> Named {
    Named::new(&Scope::Global, Kind::User, &user.document.name, user.id)
}

impl UseCases {
    /// The user of this name, or the refusal that says that there is none.
    pub(crate) async fn known_user(&self, name: &str) -> Result<Object, Error> {
        let user = self.find(&Scope::Global, Kind::User, name).await?;
        user.ok_or_else(|| users::not_found(name).into())
    }

    /// What says that a user belongs to an application, if it does.
    pub(crate) async fn association(
        &self,
        application: &ApplicationName,
        user: &Object,
    ) -> Result<Option<Object>, Error> {
        let scope = Scope::Application(application.clone());
        self.find(&scope, Kind::Association, &user.id.to_string()).await
    }

    /// Adds to a write that a user belongs to an application. That is refused if it does already.
    /// The write must rest on the generation of `_global`, since the user's list of rights is
    /// replaced as a whole; one that is decided for a caller does.
    pub(crate) async fn associate(
        &self,
        write: &mut Write,
        application: &ApplicationName,
        user: &Object,
    ) -> Result<(), Error> {
        if self.association(application, user).await?.is_some() {
            return Err(associations::exists().into());
        }
        let scope = Scope::Application(application.clone());
        // It is a group, so whoever may manage the application's groups may look into it. Nobody
        // holds more than that for having made it: an inviter's rights end with his own standing.
        let container = self.find(&scope, Kind::Container, "groups").await?;
        let acl = container.map(|container| container.acl).unwrap_or_default();
        let (kind, name, id) = (Kind::Association, user.id.to_string(), self.new_id());
        write.create_object(&scope, kind, &name, id, empty(), acl);
        let association = Named::new(&scope, kind, &name, id);
        join(write, &association, &named_user(user));
        if let Some(group) = self.find(&scope, Kind::Group, USERS).await? {
            join(write, &Named::new(&scope, Kind::Group, USERS, group.id), &association);
        }
        if let Some(readers) = self.readers(application).await? {
            let mut acl = user.acl.clone();
            acl.add(Permission::Read, readers.id);
            set_acl(write, &named_user(user), acl);
        }
        Ok(())
    }

    /// Adds to a write that a user no longer belongs to an application. Of groups that it is in
    /// itself it stays a member, as in the original, and has nothing of that while it is kept out.
    /// The write must rest on the generation of `_global`, as for [`UseCases::associate`].
    pub(crate) async fn dissociate(
        &self,
        write: &mut Write,
        application: &ApplicationName,
        user: &Object,
        association: &Object,
    ) -> Result<(), Error> {
        let scope = Scope::Application(application.clone());
        let (kind, name) = (Kind::Association, &association.document.name);
        // Its memberships would go with it; this way both ledgers say so.
        leave(write, &Named::new(&scope, kind, name, association.id), &named_user(user));
        write.delete(&scope, kind, name, association.document.hash);
        if let Some(readers) = self.readers(application).await? {
            let mut acl = user.acl.clone();
            acl.remove(Permission::Read, readers.id);
            set_acl(write, &named_user(user), acl);
        }
        Ok(())
    }

    /// The group by which an application's members may read each other.
    async fn readers(&self, application: &ApplicationName) -> Result<Option<Object>, Error> {
        self.find(&Scope::Global, Kind::Group, &read_access_group(application)).await
    }
}
