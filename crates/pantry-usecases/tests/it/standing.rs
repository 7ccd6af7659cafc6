//! What tests of permissions need beside users: API clients, ids, access control lists.

use pantry_model::{Acl, Error, ObjectId, Principal, Refusal};
use pantry_store::{Change, ContentHash, Kind, Place, Scope, Verb, Write};
use pantry_usecases::Caller;

use crate::house::{House, app, machine};

/// The scope of an application.
pub(crate) fn of(application: &str) -> Scope {
    Scope::Application(app(application))
}

impl House {
    /// What something is known by.
    pub(crate) async fn id(&self, scope: &Scope, kind: Kind, name: &str) -> ObjectId {
        let place = Place { scope: scope.clone(), kind, name: name.to_owned() };
        let ids = self.usecases.store().ids(&[place]).await.unwrap();
        ids[0].unwrap_or_else(|| panic!("there is no {kind:?} {name}"))
    }

    /// Who may do what to something.
    pub(crate) async fn acl(&self, scope: &Scope, kind: Kind, name: &str) -> Acl {
        self.usecases.store().object(scope, kind, name).await.unwrap().unwrap().acl
    }

    /// Replaces who may do what to something.
    pub(crate) async fn set_acl(&self, scope: &Scope, kind: Kind, name: &str, acl: Acl) {
        let object = self.id(scope, kind, name).await;
        let mut write = Write::new(None, self.usecases.clock().now());
        write.changes.push(Change::SetAcl { object, acl });
        write.enter(scope, Verb::Update, Kind::Acl, name, None);
        self.usecases.store().commit(write).await.unwrap();
    }

    /// Deletes an object, with nothing of what a real deletion takes along.
    pub(crate) async fn forget_object(&self, scope: &Scope, kind: Kind, name: &str) {
        let store = self.usecases.store();
        let read = store.document(scope, kind, name).await.unwrap().unwrap();
        let mut write = Write::new(None, self.usecases.clock().now());
        write.delete(scope, kind, name, read.hash);
        store.commit(write).await.unwrap();
    }

    /// Makes an API client, which is in the group `clients`.
    pub(crate) async fn api_client(&self, application: &str, name: &str) {
        let scope = of(application);
        let hash = ContentHash::of(format!("{application} {name}").as_bytes());
        let id = ObjectId(*hash.0.first_chunk().unwrap());
        let mut acl = self.acl(&scope, Kind::Container, "clients").await;
        acl.add_to_all(id);
        let clients = self.id(&scope, Kind::Group, "clients").await;
        let mut write = Write::new(None, self.usecases.clock().now());
        let body = br#"{"validator":false}"#.to_vec();
        write.create_object(&scope, Kind::ApiClient, name, id, body, acl);
        write.changes.push(Change::AddMember { of: clients, member: id });
        self.usecases.store().commit(write).await.unwrap();
    }

    /// The API client as it calls.
    pub(crate) async fn client_calls(&self, client: &str, application: &str) -> Caller {
        let principal = Principal::Machine(machine(application, client));
        self.usecases.caller(&principal, None).await.unwrap()
    }
}

/// The refusal that something ended with.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result.unwrap_err() {
        Error::Refused(refusal) => refusal,
        other => panic!("{other:?} is no refusal"),
    }
}
