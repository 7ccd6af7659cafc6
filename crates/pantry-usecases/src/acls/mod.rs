//! Access control lists: who may do what to one object.
//!
//! They are the same for all kinds of objects, so a kind that is to have them is one line in
//! [`AclKind`]. Seeing and changing one needs *grant* on the object, for a superuser too where the
//! Chef API asks; Pantry's own commands let a superuser do both, so that nobody is locked out of
//! anything for good.

mod change;
mod holders;
mod lines;
mod put_back;
mod repair;
mod show;
mod update;

pub use show::AclView;

use pantry_model::commands::acl::AclObject;
use pantry_model::refusals::{
    acls, clients, containers, cookbooks, data_bags, environments, nodes, policies, request, roles,
    shelves, users,
};
use pantry_model::{Acl, Error, ObjectId, Permission, Refusal};
use pantry_store::{Kind, Scope};

use crate::UseCases;
use crate::applications::furnish::ADMINS;
use crate::callers::Caller;
use crate::objects::Named;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $segment:literal is $kind:ident or $missing:path;)*) => {
        /// A kind of an application's objects that have access control lists.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum AclKind { $($(#[$doc])* $name,)* }

        impl AclKind {
            /// The kind that the Chef API's paths write so.
            pub fn from_segment(segment: &str) -> Option<Self> {
                match segment { $($segment => Some(Self::$name),)* _ => None }
            }

            /// The container of its objects.
            fn container(self) -> &'static str {
                match self { $(Self::$name => $segment,)* }
            }

            /// How its objects are stored.
            fn stored(self) -> Kind {
                match self { $(Self::$name => Kind::$kind,)* }
            }

            /// That there is none of this name.
            fn missing(self, name: &str) -> Refusal {
                match self { $(Self::$name => $missing(name),)* }
            }
        }
    };
}

// In paths; in the store; the refusal that says that there is none of a name.
kinds! {
    /// API clients.
    Client = "clients" is ApiClient or clients::not_found;
    /// Containers.
    Container = "containers" is Container or containers::not_found;
    /// Cookbooks, whose versions have no lists of their own.
    Cookbook = "cookbooks" is Cookbook or cookbooks::not_found;
    /// Cookbook artifacts, likewise.
    CookbookArtifact = "cookbook_artifacts" is CookbookArtifact or acls::no_such_cookbook_artifact;
    /// Data bags, whose items have no lists of their own.
    DataBag = "data" is DataBag or data_bags::bag_not_found;
    /// Environments.
    Environment = "environments" is Environment or environments::not_found;
    /// Groups.
    Group = "groups" is Group or acls::no_such_group;
    /// Nodes.
    Node = "nodes" is Node or nodes::not_found;
    /// Policies, whose revisions have no lists of their own.
    Policy = "policies" is Policy or policies::policy_not_found;
    /// Policy groups.
    PolicyGroup = "policy_groups" is PolicyGroup or policies::group_not_found;
    /// Roles.
    Role = "roles" is Role or roles::not_found;
}

/// The object whose access control list is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AclOf<'a> {
    /// A user, in a request about no application.
    User(&'a str),
    /// The application that the request is about.
    Organization,
    /// An object of that application.
    Object(AclKind, &'a str),
}

impl<'a> AclOf<'a> {
    /// The object that a command means.
    pub(crate) fn command(object: &'a AclObject) -> Result<Self, Refusal> {
        match object {
            AclObject::Organization => Ok(Self::Organization),
            AclObject::Named { kind, name } => AclKind::from_segment(kind)
                .map(|kind| Self::Object(kind, name))
                .ok_or_else(|| acls::no_such_kind(kind)),
        }
    }
}

/// An object with its access control list.
struct Secured {
    /// Within what its holders are named: the object of an application within that, a user within
    /// `_global`.
    within: Scope,
    named: Named,
    acl: Acl,
    /// Whether the object is only on a shelf, and the list that of the application's container.
    is_of_shelf: bool,
}

impl Secured {
    /// Nothing if the list can be changed.
    fn may_change(&self, of: AclOf<'_>) -> Result<(), Refusal> {
        match of {
            AclOf::Object(_, name) if self.is_of_shelf => {
                Err(shelves::permissions_only_on_a_shelf(name))
            }
            _ => Ok(()),
        }
    }
}

impl UseCases {
    /// The object whose list is meant.
    async fn secured(&self, caller: &Caller, of: AclOf<'_>) -> Result<Secured, Error> {
        let (within, scope, kind, name, found) = match of {
            AclOf::User(name) => {
                let user = self.find(&Scope::Global, Kind::User, name).await?;
                let user = user.ok_or_else(|| users::not_found(name))?;
                (Scope::Global, Scope::Global, Kind::User, name, user)
            }
            AclOf::Organization => {
                let within = self.scope_of(caller)?;
                let name = caller.within().map_or("", |name| name.as_str());
                let found = self.find(&Scope::Global, Kind::Application, name).await?;
                let found = found.ok_or_else(|| request::no_such_organization(name))?;
                (within, Scope::Global, Kind::Application, name, found)
            }
            AclOf::Object(kind, name) => {
                let scope = self.scope_of(caller)?;
                let found = match kind {
                    AclKind::Group => self.find_group(&scope, name).await?,
                    _ => {
                        self.find(&scope, kind.stored(), name).await?.map(|it| (kind.stored(), it))
                    }
                };
                let Some((stored, found)) = found else {
                    return self.on_a_shelf(scope, kind, name).await;
                };
                (scope.clone(), scope, stored, name, found)
            }
        };
        let named = Named::new(&scope, kind, name, found.id);
        Ok(Secured { within, named, acl: found.acl, is_of_shelf: false })
    }

    /// What the application has only on a shelf, with the list of its own container.
    async fn on_a_shelf(&self, scope: Scope, kind: AclKind, name: &str) -> Result<Secured, Error> {
        if !matches!(kind, AclKind::Cookbook | AclKind::CookbookArtifact) {
            return Err(kind.missing(name).into());
        }
        for shelf in self.used_shelves(&scope).await? {
            if self.find(&shelf.scope, kind.stored(), name).await?.is_none() {
                continue;
            }
            let (stored, container) = (Kind::Container, kind.container());
            let found = self.find(&scope, stored, container).await?;
            let found = found.ok_or_else(|| request::missing_permission(Permission::Grant))?;
            let named = Named::new(&scope, stored, container, found.id);
            return Ok(Secured { within: scope, named, acl: found.acl, is_of_shelf: true });
        }
        Err(kind.missing(name).into())
    }

    /// The same, if the caller holds *grant* on it; else it lacks what the request would have done.
    async fn grantable(
        &self,
        caller: &Caller,
        of: AclOf<'_>,
        lacking: Permission,
    ) -> Result<Secured, Error> {
        let secured = self.secured(caller, of).await?;
        if caller.holds(Permission::Grant, &secured.acl) {
            Ok(secured)
        } else {
            Err(request::missing_permission(lacking).into())
        }
    }

    /// The same for a command of Pantry's own, which a superuser may always give.
    async fn commanded(
        &self,
        caller: &Caller,
        object: &AclObject,
        lacking: Permission,
    ) -> Result<Secured, Error> {
        let of = AclOf::command(object)?;
        if caller.is_superuser() {
            self.secured(caller, of).await
        } else {
            self.grantable(caller, of, lacking).await
        }
    }

    /// Nothing if the caller may leave *grant* on an object to those for whom `keeps` is true. Only
    /// a superuser may take it from the group `admins`, so that no application is left without
    /// those who manage it.
    async fn admins_keep_grant(
        &self,
        caller: &Caller,
        secured: &Secured,
        keeps: impl Fn(ObjectId) -> bool,
    ) -> Result<(), Error> {
        if caller.is_superuser() {
            return Ok(());
        }
        let Some(admins) = self.find(&secured.within, Kind::Group, ADMINS).await? else {
            return Ok(());
        };
        if secured.acl.holders(Permission::Grant).contains(&admins.id) && !keeps(admins.id) {
            return Err(acls::admins_keep_grant().into());
        }
        Ok(())
    }
}
