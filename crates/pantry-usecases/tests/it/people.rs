//! Users for a test: made in the store itself, each with what a new user may do.

use std::sync::atomic::{AtomicU64, Ordering};

use pantry_model::{Acl, ApplicationName, Error, ObjectId, Principal};
use pantry_store::{Change, Kind, Scope, Verb, Write};
use pantry_usecases::Caller;

use crate::house::{House, app};

impl House {
    /// Makes a user that belongs to nothing. It may do everything to itself; so may the superuser.
    pub(crate) async fn stranger(&self, name: &str) -> Principal {
        let superuser = self.id_of(Kind::User, "pivotal").await;
        let id = new_id();
        let mut acl = Acl::of_creator(superuser);
        acl.add_to_all(id);
        let profile = serde_json::json!({
            "display_name": name,
            "email": format!("{name}@example.org"),
            "first_name": name.to_uppercase(),
        });
        let body = serde_json::json!({ "profile": profile, "created_at": 0 });
        let body = serde_json::to_vec(&body).unwrap();
        let mut write = Write::new(None, self.usecases.clock().now());
        write.create_object(&Scope::Global, Kind::User, name, id, body, acl);
        self.usecases.store().commit(write).await.unwrap();
        Principal::User(name.parse().unwrap())
    }

    /// The user as it calls about an application.
    pub(crate) async fn calls(&self, user: &str, application: &str) -> Caller {
        let principal = Principal::User(user.parse().unwrap());
        self.usecases.caller(&principal, Some(&app(application))).await.unwrap()
    }

    /// The user as it calls about no application.
    pub(crate) async fn calls_globally(&self, user: &str) -> Caller {
        let principal = Principal::User(user.parse().unwrap());
        self.usecases.caller(&principal, None).await.unwrap()
    }

    /// The id of something that belongs to no application.
    pub(crate) async fn id_of(&self, kind: Kind, name: &str) -> ObjectId {
        let object = self.usecases.store().object(&Scope::Global, kind, name).await.unwrap();
        object.unwrap().id
    }

    /// Puts a user into a group of an application, or takes it out.
    pub(crate) async fn group(&self, application: &str, group: &str, user: &str, is_in: bool) {
        let scope = Scope::Application(app(application));
        let store = self.usecases.store();
        let of = store.object(&scope, Kind::Group, group).await.unwrap().unwrap().id;
        let member = self.id_of(Kind::User, user).await;
        let mut write = Write::new(None, self.usecases.clock().now());
        write.changes.push(match is_in {
            true => Change::AddMember { of, member },
            false => Change::RemoveMember { of, member },
        });
        write.enter(&scope, Verb::Update, Kind::Group, group, None);
        write.enter(&Scope::Global, Verb::Update, Kind::User, user, None);
        store.commit(write).await.unwrap();
    }

    /// Deletes a user, with nothing of what a real deletion takes along.
    pub(crate) async fn forget(&self, user: &str) {
        self.forget_object(&Scope::Global, Kind::User, user).await;
    }

    /// Deletes an object, and nothing else.
    pub(crate) async fn forget_object(&self, scope: &Scope, kind: Kind, name: &str) {
        let store = self.usecases.store();
        let read = store.document(scope, kind, name).await.unwrap().unwrap();
        let mut write = Write::new(None, self.usecases.clock().now());
        write.delete(scope, kind, name, read.hash);
        store.commit(write).await.unwrap();
    }

    /// Makes a user that belongs to an application at once.
    pub(crate) async fn member(&self, application: &str, user: &str) -> Principal {
        let principal = self.stranger(user).await;
        let superuser = self.calls("pivotal", application).await;
        self.usecases.add_member(&superuser, &app(application), user).await.unwrap();
        principal
    }

    /// Who belongs to an application.
    pub(crate) async fn members(&self, application: &str) -> Vec<String> {
        let superuser = self.calls("pivotal", application).await;
        self.usecases.list_members(&superuser, &app(application)).await.unwrap()
    }
}

/// A house with the application `shop`, whose admin is `ann` and whose user is `bob`; `eve` belongs
/// to nothing.
pub(crate) async fn staffed() -> House {
    let house = House::new().await;
    house.create_application("shop").await.unwrap();
    house.member("shop", "ann").await;
    house.member("shop", "bob").await;
    house.group("shop", "admins", "ann", true).await;
    house.stranger("eve").await;
    house
}

/// The sentence of a refusal.
pub(crate) fn sentence<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result.unwrap_err() {
        Error::Refused(refusal) => refusal.sentence,
        other => panic!("{other:?}"),
    }
}

/// An id that is never given twice, as real ones.
fn new_id() -> ObjectId {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::SeqCst);
    ObjectId((0xee_u128 << 120 | u128::from(number)).to_be_bytes())
}

/// An application's name beside its text.
pub(crate) fn shop() -> ApplicationName {
    app("shop")
}
