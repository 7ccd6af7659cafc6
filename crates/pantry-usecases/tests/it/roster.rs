//! Users and API clients for tests of what they may do, put into the store as it keeps them: how
//! they are made is tested elsewhere.

use pantry_model::{Acl, Error, ObjectId, Permission, Refusal};
use pantry_store::{Change, Kind, Place, Scope, Store, Verb, Write};
use pantry_usecases::Caller;

use crate::house::{House, app};

pub(crate) fn of(application: &str) -> Scope {
    Scope::Application(app(application))
}

impl House {
    fn store(&self) -> &dyn Store {
        self.usecases.store().as_ref()
    }

    fn new_write(&self) -> Write {
        Write::new(None, self.usecases.clock().now())
    }

    pub(crate) async fn id(&self, scope: &Scope, kind: Kind, name: &str) -> ObjectId {
        let place = Place { scope: scope.clone(), kind, name: name.to_owned() };
        let ids = self.store().ids(&[place]).await.unwrap();
        ids[0].unwrap_or_else(|| panic!("there is no {kind:?} {name}"))
    }

    pub(crate) async fn acl(&self, scope: &Scope, kind: Kind, name: &str) -> Acl {
        self.store().object(scope, kind, name).await.unwrap().unwrap().acl
    }

    async fn add(&self, scope: &Scope, kind: Kind, name: &str, body: &str) -> ObjectId {
        let id = ObjectId(bytes_of(name, kind));
        let mut acl = Acl::of_creator(id);
        acl.add_to_all(self.id(&Scope::Global, Kind::User, "pivotal").await);
        let mut write = self.new_write();
        write.create_object(scope, kind, name, id, body.as_bytes().to_vec(), acl);
        self.store().commit(write).await.unwrap();
        id
    }

    /// A user who belongs to no application.
    pub(crate) async fn add_user(&self, name: &str) -> ObjectId {
        self.add(&Scope::Global, Kind::User, name, r#"{"created_at":0}"#).await
    }

    /// An API client of an application, in its group `clients`.
    pub(crate) async fn add_client(&self, application: &str, name: &str) -> ObjectId {
        let scope = of(application);
        let id = self.add(&scope, Kind::ApiClient, name, r#"{"validator":false}"#).await;
        self.join(&scope, "clients", &Scope::Global, id).await;
        id
    }

    /// Makes a member of a group, and moves the generation of the member's scope.
    pub(crate) async fn join(&self, scope: &Scope, group: &str, from: &Scope, member: ObjectId) {
        let of = self.id(scope, Kind::Group, group).await;
        let mut write = self.new_write();
        write.changes.push(Change::AddMember { of, member });
        write.enter(scope, Verb::Update, Kind::Group, group, None);
        write.enter(from, Verb::Update, Kind::User, "somebody", None);
        self.store().commit(write).await.unwrap();
    }

    /// A user who belongs to an application; gives the name of the group that stands for it.
    pub(crate) async fn add_member(&self, application: &str, name: &str) -> String {
        let user = self.add_user(name).await;
        let (scope, hex) = (of(application), user.to_string());
        let mut write = self.new_write();
        let container = self.acl(&scope, Kind::Container, "groups").await;
        let id = ObjectId(bytes_of(&hex, Kind::Association));
        write.create_object(&scope, Kind::Association, &hex, id, b"{}".to_vec(), container);
        write.changes.push(Change::AddMember { of: id, member: user });
        let users = self.id(&scope, Kind::Group, "users").await;
        write.changes.push(Change::AddMember { of: users, member: id });
        let readers = format!("{application}_read_access_group");
        let readers = self.id(&Scope::Global, Kind::Group, &readers).await;
        let mut acl = self.acl(&Scope::Global, Kind::User, name).await;
        acl.add(Permission::Read, readers);
        write.changes.push(Change::SetAcl { object: user, acl });
        write.enter(&Scope::Global, Verb::Update, Kind::User, name, None);
        self.store().commit(write).await.unwrap();
        hex
    }

    /// Someone of this name who asks within an application: the user, or else the API client.
    pub(crate) async fn within(&self, application: &str, name: &str) -> Caller {
        let within = app(application);
        let known = self.usecases.known(Some(&within), name).await.unwrap();
        Caller::new(known, 0, Some(within), None).unwrap()
    }

    /// A user who asks within no application.
    pub(crate) async fn asks(&self, name: &str) -> Caller {
        let known = self.usecases.known(None, name).await.unwrap();
        Caller::new(known, 0, None, None).unwrap()
    }
}

/// Bytes that differ for different names, as ids must.
fn bytes_of(name: &str, kind: Kind) -> [u8; 16] {
    let hash = pantry_store::ContentHash::of(format!("{kind:?} {name}").as_bytes());
    *hash.0.first_chunk().unwrap()
}

/// The refusal that something ended with.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result.unwrap_err() {
        Error::Refused(refusal) => refusal,
        other => panic!("{other:?} is no refusal"),
    }
}
