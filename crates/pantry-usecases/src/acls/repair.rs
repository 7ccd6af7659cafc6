//! Putting back what an application has from its first moment and has lost: containers, groups, and
//! default permissions on them and on the application.
//!
//! Nothing is taken away. Who is in a group that is there is its admins' decision and stays as it
//! is; only a group that had to be made again gets those who belong in it without anybody's asking.

use std::collections::BTreeMap;

use pantry_model::chef::Environment;
use pantry_model::{Acl, ApplicationName, EnvironmentName, Error, Permission};
use pantry_store::{Change, Kind, Object, Place, Scope, Verb};

use super::put_back::{Found, Repair};
use crate::UseCases;
use crate::applications::furnish::{
    ADMINS, CONTAINERS, Groups, JOBS, KEY_READERS, container_acl, empty, group_acl,
    organization_acl, read_access_group,
};
use crate::callers::Caller;
use crate::fault::to_error;
use crate::first_start::SUPERUSER;
use crate::objects::Named;

impl UseCases {
    /// Puts back what the application that the caller asks about has lost, and says what that was,
    /// a phrase each. For superusers only.
    pub async fn repair_acls(&self, caller: &Caller) -> Result<Vec<String>, Error> {
        self.decide_as(caller, |caller| async move {
            caller.require_superuser(Permission::Grant)?;
            let scope = self.scope_of(&caller)?;
            let Scope::Application(application) = &scope else {
                return Err(Error::Internal("a repair of no application".to_owned()));
            };
            self.application(application).await?;
            let superuser = self.superuser().await?;
            let write = self.write_as(&caller);
            let called = BTreeMap::from([(superuser, format!("user:{SUPERUSER}"))]);
            let mut repair = Repair { write, superuser, called, said: Vec::new() };
            self.repair_application(&mut repair, application, &scope).await?;
            Ok((repair.write, repair.said))
        })
        .await
    }

    async fn repair_application(
        &self,
        repair: &mut Repair,
        application: &ApplicationName,
        scope: &Scope,
    ) -> Result<(), Error> {
        let admins = self.first_group(repair, scope, ADMINS).await?;
        let billing_admins = self.first_group(repair, scope, "billing-admins").await?;
        let clients = self.first_group(repair, scope, "clients").await?;
        let users = self.first_group(repair, scope, "users").await?;
        let key_readers = self.first_group(repair, scope, KEY_READERS).await?;
        let groups = Groups {
            admins: admins.named.id,
            billing_admins: billing_admins.named.id,
            clients: clients.named.id,
            users: users.named.id,
        };
        for group in [&admins, &billing_admins, &clients, &users, &key_readers] {
            let default = repair.with_superuser(group_acl(&group.named.place.name, groups));
            repair.put_back_or_make("groups", group, empty(), default);
        }
        for name in CONTAINERS.into_iter().chain([JOBS]) {
            let container = self.found(scope, Kind::Container, name).await?;
            let default = repair.with_superuser(container_acl(name, groups));
            repair.put_back_or_make("containers", &container, empty(), default);
        }
        let default = repair.with_superuser(container_acl("environments", groups));
        let environment = self.found(scope, Kind::Environment, EnvironmentName::DEFAULT).await?;
        if environment.is_new() {
            let body = Environment::default_document();
            repair.put_back_or_make("environments", &environment, body, default);
        }
        self.repair_organization(repair, application, groups).await?;

        for member in [&users, &clients] {
            if key_readers.is_new() || member.is_new() {
                repair.put_in(&key_readers.named, &member.named);
            }
        }
        if clients.is_new() {
            self.put_all_in(repair, scope, Kind::ApiClient, &clients.named).await?;
        }
        if users.is_new() {
            self.put_all_in(repair, scope, Kind::Association, &users.named).await?;
        }
        self.repair_readers(repair, application, &[&admins, &users]).await
    }

    /// The object of this name, or the place and id of the one that is to be made.
    async fn found(&self, scope: &Scope, kind: Kind, name: &str) -> Result<Found, Error> {
        let found = self.find(scope, kind, name).await?;
        let id = found.as_ref().map_or_else(|| self.new_id(), |object| object.id);
        let named = Named::new(scope, kind, name, id);
        Ok(Found { named, acl: found.map(|object| object.acl) })
    }

    async fn first_group(
        &self,
        repair: &mut Repair,
        scope: &Scope,
        name: &str,
    ) -> Result<Found, Error> {
        let found = self.found(scope, Kind::Group, name).await?;
        repair.called.insert(found.named.id, format!("group:{name}"));
        Ok(found)
    }

    /// The list of the application itself. One from before there were such lists gets its first.
    async fn repair_organization(
        &self,
        repair: &mut Repair,
        application: &ApplicationName,
        groups: Groups,
    ) -> Result<(), Error> {
        let default = repair.with_superuser(organization_acl(groups));
        let (scope, kind, name) = (Scope::Global, Kind::Application, application.as_str());
        let Found { named, acl } = self.found(&scope, kind, name).await?;
        if let Some(acl) = acl {
            repair.put_back("organization", &named, &acl, &default);
        } else {
            let (write, name) = (&mut repair.write, name.to_owned());
            write.enter(
                &scope,
                Verb::Update,
                Kind::Acl,
                &format!("{}/{name}", kind.as_str()),
                None,
            );
            write.changes.push(Change::Secure { scope, kind, name, id: named.id, acl: default });
            repair.said.push("organization has its permissions again".to_owned());
        }
        Ok(())
    }

    /// Puts all objects of a kind into a group.
    async fn put_all_in(
        &self,
        repair: &mut Repair,
        scope: &Scope,
        kind: Kind,
        group: &Named,
    ) -> Result<(), Error> {
        for member in self.all_of_kind(scope, kind).await? {
            repair.put_in(group, &member);
        }
        Ok(())
    }

    async fn all_of_kind(&self, scope: &Scope, kind: Kind) -> Result<Vec<Named>, Error> {
        let names = self.store.names(scope, kind).await.map_err(to_error)?;
        let place = |name| Place { scope: scope.clone(), kind, name };
        let found = self.named(names.into_iter().map(place).collect()).await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// The global group by which an application's members may read each other.
    async fn repair_readers(
        &self,
        repair: &mut Repair,
        application: &ApplicationName,
        members: &[&Found],
    ) -> Result<(), Error> {
        let name = read_access_group(application);
        let readers = self.found(&Scope::Global, Kind::Group, &name).await?;
        repair.called.insert(readers.named.id, format!("group:::{name}"));
        if readers.is_new() {
            let acl = repair.with_superuser(Acl::default());
            repair.make(&format!("groups/::{name}"), &readers.named, empty(), acl);
            let scope = Scope::Application(application.clone());
            for association in self.all_of_kind(&scope, Kind::Association).await? {
                self.let_read(repair, &readers.named, &association).await?;
            }
        }
        for member in members {
            if readers.is_new() || member.is_new() {
                repair.put_in(&readers.named, &member.named);
            }
        }
        Ok(())
    }

    /// Lets an application's members read one of them again.
    async fn let_read(
        &self,
        repair: &mut Repair,
        readers: &Named,
        association: &Named,
    ) -> Result<(), Error> {
        let members = self.store.members(association.id).await.map_err(to_error)?;
        for (_, place) in members.into_iter().filter(|(_, place)| place.kind == Kind::User) {
            let user = self.find(&place.scope, place.kind, &place.name).await?;
            if let Some(Object { id, acl, .. }) = user {
                let object = format!("users/{}", place.name);
                let mut default = acl.clone();
                default.add(Permission::Read, readers.id);
                repair.put_back(&object, &Named { place, id }, &acl, &default);
            }
        }
        Ok(())
    }
}
