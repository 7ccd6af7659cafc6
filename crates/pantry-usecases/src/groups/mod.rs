//! Groups: users, API clients and other groups, to whom access control lists give permissions.
//!
//! What an application's users, validators and access control rest on are five groups that it has
//! from its first moment; four of them may be neither deleted nor renamed. A user's belonging to an
//! application ([`Kind::Association`]) is shown as a group too, since it is a member of `users`, but
//! is not changed as one. Circles of groups do no harm.

mod create;
mod delete;
mod list;
mod show;
mod update;

pub use show::GroupView;

use pantry_model::refusals::groups;
use pantry_model::{Error, Permission};
use pantry_store::{Kind, Object, Scope};

use crate::UseCases;
use crate::applications::furnish::{ADMINS, KEY_READERS};
use crate::callers::Caller;

/// Groups that the server itself relies on: whoever is associated joins `users`, every API client
/// joins `clients`, and the other two are asked by name.
const NEEDED: [&str; 4] = [ADMINS, "clients", KEY_READERS, "users"];

/// A group that the caller may see.
struct Seen {
    scope: Scope,
    kind: Kind,
    object: Object,
}

impl Seen {
    fn name(&self) -> &str {
        &self.object.document.name
    }
}

impl UseCases {
    /// A group of the application that the request is about, if the caller may see it, which
    /// changing and deleting it need as well.
    async fn seen_group(&self, caller: &Caller, name: &str) -> Result<Seen, Error> {
        let scope = self.scope_of(caller)?;
        let found = self.find_group(&scope, name).await?;
        let (kind, object) = found.ok_or_else(|| groups::not_found(name))?;
        if !caller.holds(Permission::Read, &object.acl) {
            return Err(groups::not_readable(name).into());
        }
        Ok(Seen { scope, kind, object })
    }

    /// The same, if the caller may do this to it.
    async fn permitted_group(
        &self,
        caller: &Caller,
        permission: Permission,
        name: &str,
    ) -> Result<Seen, Error> {
        let seen = self.seen_group(caller, name).await?;
        caller.require(permission, &seen.object)?;
        Ok(seen)
    }
}
