//! What every application has from its first moment: containers, groups, the environment `_default`,
//! and who may do what.
//!
//! It is the original's policy for a new organization, and beside its twelve containers ours for
//! jobs. The superuser may do everything everywhere, whoever the creator is: what backs up or moves
//! all applications speaks as it. The creator is one of the application's admins.

use pantry_model::chef::Environment;
use pantry_model::{Acl, ApplicationName, EnvironmentName, Error, ObjectId, Permission};
use pantry_store::{Kind, Scope, Write};
use serde_json::json;

use crate::UseCases;
use crate::callers::Caller;
use crate::objects::{Named, join};
use crate::search;

use Permission::{Create, Delete, Read, Update};

/// Containers that are listed, in the original's order.
pub(crate) const CONTAINERS: [&str; 12] = [
    "clients",
    "containers",
    "cookbooks",
    "data",
    "environments",
    "groups",
    "nodes",
    "roles",
    "sandboxes",
    "policies",
    "policy_groups",
    "cookbook_artifacts",
];

/// The container that says who may send jobs to the application's machines. It is ours and not
/// listed, since the original's clients expect exactly twelve.
pub(crate) const JOBS: &str = "jobs";

/// The group that manages an application.
pub(crate) const ADMINS: &str = "admins";

/// The group of those who may read public keys within an application.
pub(crate) const KEY_READERS: &str = "public_key_read_access";

/// The four groups that permissions name by default.
#[derive(Clone, Copy)]
pub(crate) struct Groups {
    pub(crate) admins: ObjectId,
    pub(crate) billing_admins: ObjectId,
    pub(crate) clients: ObjectId,
    pub(crate) users: ObjectId,
}

/// What furnishing an application leaves to be used by whoever made it.
pub(crate) struct Furniture {
    pub(crate) organization_acl: Acl,
    pub(crate) clients_acl: Acl,
    pub(crate) clients: Named,
}

/// The name of the global group by which an application's members may read each other.
pub(crate) fn read_access_group(application: &ApplicationName) -> String {
    format!("{application}_read_access_group")
}

/// The list of a container, which what is made in it inherits; without the superuser's entries.
pub(crate) fn container_acl(name: &str, groups: Groups) -> Acl {
    let Groups { admins, clients, users, .. } = groups;
    let mut acl = Acl::default();
    acl.add_to_all(admins);
    let mut give = |permissions: &[Permission], group: ObjectId| {
        permissions.iter().for_each(|permission| acl.add(*permission, group));
    };
    match name {
        "containers" | "groups" | JOBS => give(&[Read], users),
        "clients" => give(&[Read, Delete], users),
        "sandboxes" => give(&[Create], users),
        "nodes" => {
            give(&[Create, Read, Update, Delete], users);
            give(&[Create, Read], clients);
        }
        _ => {
            give(&[Create, Read, Update, Delete], users);
            give(&[Read], clients);
        }
    }
    acl
}

/// The list of one of the first groups, without the superuser's entries.
pub(crate) fn group_acl(name: &str, groups: Groups) -> Acl {
    let mut acl = Acl::default();
    match name {
        "billing-admins" => {
            acl.add(Read, groups.billing_admins);
            acl.add(Update, groups.billing_admins);
        }
        KEY_READERS => {
            acl.add(Read, groups.admins);
            acl.add(Update, groups.admins);
        }
        _ => acl.add_to_all(groups.admins),
    }
    acl
}

/// The list of the application itself, without the superuser's entries.
pub(crate) fn organization_acl(groups: Groups) -> Acl {
    let mut acl = Acl::default();
    acl.add_to_all(groups.admins);
    acl.add(Read, groups.users);
    acl
}

impl UseCases {
    /// Adds to a write, which opens the application's scope before, all that an application has.
    pub(crate) fn furnish(
        &self,
        write: &mut Write,
        application: &ApplicationName,
        superuser: ObjectId,
        creator: &Caller,
    ) -> Result<Furniture, Error> {
        let scope = Scope::Application(application.clone());
        let with_superuser = |mut acl: Acl| {
            acl.add_to_all(superuser);
            acl
        };
        let groups = Groups {
            admins: self.new_id(),
            billing_admins: self.new_id(),
            clients: self.new_id(),
            users: self.new_id(),
        };
        let key_readers = self.new_id();
        let first_groups = [
            (ADMINS, groups.admins),
            ("billing-admins", groups.billing_admins),
            ("clients", groups.clients),
            ("users", groups.users),
            (KEY_READERS, key_readers),
        ];
        for (name, id) in first_groups {
            let acl = with_superuser(group_acl(name, groups));
            write.create_object(&scope, Kind::Group, name, id, empty(), acl);
        }
        for name in CONTAINERS.into_iter().chain([JOBS]) {
            let acl = with_superuser(container_acl(name, groups));
            write.create_object(&scope, Kind::Container, name, self.new_id(), empty(), acl);
        }

        // Nobody made it, so nobody but those whom its container names may do anything to it.
        let acl = with_superuser(container_acl("environments", groups));
        let (kind, name) = (Kind::Environment, EnvironmentName::DEFAULT);
        let body = Environment::default_document();
        search::create_object(write, (&scope, kind, name), self.new_id(), body, acl)?;

        let named = |name: &str, id| Named::new(&scope, Kind::Group, name, id);
        let admins = named(ADMINS, groups.admins);
        let users = named("users", groups.users);
        let clients = named("clients", groups.clients);
        if let Some(id) = creator.id() {
            let creator = Named::new(&Scope::Global, Kind::User, creator.name(), id);
            join(write, &admins, &creator);
            join(write, &users, &creator);
        }
        let key_readers = named(KEY_READERS, key_readers);
        join(write, &key_readers, &users);
        join(write, &key_readers, &clients);

        let (name, id) = (read_access_group(application), self.new_id());
        let acl = with_superuser(Acl::default());
        write.create_object(&Scope::Global, Kind::Group, &name, id, empty(), acl);
        let readers = Named::new(&Scope::Global, Kind::Group, &name, id);
        join(write, &readers, &admins);
        join(write, &readers, &users);

        Ok(Furniture {
            organization_acl: with_superuser(organization_acl(groups)),
            clients_acl: with_superuser(container_acl("clients", groups)),
            clients,
        })
    }
}

/// The content of an object that has none beside its name.
pub(crate) fn empty() -> Vec<u8> {
    json!({}).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The groups that hold each permission, as the reference's table writes them.
    fn row(acl: &Acl) -> String {
        let names = [(1, "admins"), (2, "billing-admins"), (3, "clients"), (4, "users")];
        let holders = |permission| {
            let mut found: Vec<_> = names
                .iter()
                .filter(|(id, _)| acl.holders(permission).contains(&ObjectId([*id; 16])))
                .map(|(_, name)| *name)
                .collect();
            found.sort_unstable();
            if found.is_empty() { "-".to_owned() } else { found.join(" ") }
        };
        Permission::ALL.map(holders).join(" | ")
    }

    #[test]
    fn permissions_are_those_of_a_new_organization() {
        let groups = Groups {
            admins: ObjectId([1; 16]),
            billing_admins: ObjectId([2; 16]),
            clients: ObjectId([3; 16]),
            users: ObjectId([4; 16]),
        };
        for (container, expected) in [
            ("containers", "admins | admins users | admins | admins | admins"),
            ("groups", "admins | admins users | admins | admins | admins"),
            ("clients", "admins | admins users | admins | admins users | admins"),
            ("roles", "admins users | admins clients users | admins users | admins users | admins"),
            (
                "nodes",
                "admins clients users | admins clients users | admins users | admins users | admins",
            ),
            ("sandboxes", "admins users | admins | admins | admins | admins"),
            ("jobs", "admins | admins users | admins | admins | admins"),
        ] {
            assert_eq!(row(&container_acl(container, groups)), expected, "{container}");
        }
        for (group, expected) in [
            ("admins", "admins | admins | admins | admins | admins"),
            ("billing-admins", "- | billing-admins | billing-admins | - | -"),
            ("public_key_read_access", "- | admins | admins | - | -"),
        ] {
            assert_eq!(row(&group_acl(group, groups)), expected, "{group}");
        }
    }
}
