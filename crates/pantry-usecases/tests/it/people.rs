//! Users for a test, who belong to an application or to none.

use pantry_model::chef::users::NewUser;
use pantry_model::{ApplicationName, ObjectId, Principal};
use pantry_store::{Change, Kind, Scope, Verb, Write};
use pantry_usecases::Caller;
use serde_json::json;

use crate::actors::new_user;
use crate::house::{House, app};

impl House {
    /// Makes a user that belongs to nothing.
    pub(crate) async fn stranger(&self, name: &str) -> Principal {
        let profile = json!({ "display_name": name, "first_name": name.to_uppercase() });
        let profile = profile.as_object().cloned().unwrap();
        let pivotal = self.calls_globally("pivotal").await;
        let new = NewUser { profile, ..new_user(name) };
        self.usecases.create_user(&pivotal, &new).await.unwrap();
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

    /// Deletes a user.
    pub(crate) async fn forget(&self, user: &str) {
        let pivotal = self.calls_globally("pivotal").await;
        self.usecases.delete_user(&pivotal, user).await.unwrap();
    }

    /// Makes a user that belongs to an application at once.
    pub(crate) async fn member(&self, application: &str, user: &str) -> Principal {
        let principal = self.stranger(user).await;
        self.associate(application, user).await;
        principal
    }

    /// Has a user belong to an application.
    pub(crate) async fn associate(&self, application: &str, user: &str) {
        let superuser = self.calls("pivotal", application).await;
        self.usecases.create_association(&superuser, &app(application), user).await.unwrap();
    }

    /// Who belongs to an application.
    pub(crate) async fn members(&self, application: &str) -> Vec<String> {
        let superuser = self.calls("pivotal", application).await;
        self.usecases.list_associations(&superuser, &app(application)).await.unwrap()
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

/// An application's name beside its text.
pub(crate) fn shop() -> ApplicationName {
    app("shop")
}
