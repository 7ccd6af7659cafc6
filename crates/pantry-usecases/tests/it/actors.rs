//! Callers and actors for the tests of users, API clients and their keys.

use pantry_model::chef::clients::NewApiClient;
use pantry_model::chef::email::EmailAddress;
use pantry_model::chef::keys::KeySource;
use pantry_model::chef::users::{NewUser, Password, UserUpdate};
use pantry_model::{Error, Principal};
use pantry_usecases::Caller;
use serde_json::{Map, Value, json};

use crate::house::{House, app, machine};

impl House {
    /// The user of this name, asking about the application `shop` or about none.
    pub(crate) async fn acting(&self, name: &str, within: Option<&str>) -> Caller {
        let principal = Principal::User(name.parse().unwrap());
        let within = within.map(app);
        self.usecases.caller(&principal, within.as_ref()).await.unwrap()
    }

    /// The API client of this name of the application `shop`.
    pub(crate) async fn acting_client(&self, name: &str) -> Caller {
        let principal = Principal::Machine(machine("shop", name));
        self.usecases.caller(&principal, None).await.unwrap()
    }

    /// The same caller, as one whose request was signed with this key.
    pub(crate) async fn signed_with(&self, caller: &Caller, key: &str) -> Caller {
        let within = caller.within().cloned();
        let known = self.usecases.known(within.as_ref(), caller.name()).await.unwrap();
        Caller::new(known, 0, within, Some(key.to_owned())).unwrap()
    }

    /// Makes a user, as the superuser does.
    pub(crate) async fn make_user(&self, name: &str) -> Result<(), Error> {
        let pivotal = self.acting("pivotal", None).await;
        self.usecases.create_user(&pivotal, &new_user(name)).await.map(drop)
    }

    /// Makes an API client of the application `shop`, as the superuser does.
    pub(crate) async fn make_client(&self, name: &str) -> Result<(), Error> {
        let pivotal = self.acting("pivotal", Some("shop")).await;
        self.usecases.create_api_client(&pivotal, &new_client(name)).await.map(drop)
    }
}

/// A text that stands for a key; no test signs with it.
pub(crate) fn key(text: &str) -> KeySource {
    KeySource::Given(format!("KEY {text}"))
}

fn profile(name: &str) -> Map<String, Value> {
    json!({"display_name": name}).as_object().cloned().unwrap()
}

pub(crate) fn new_user(name: &str) -> NewUser {
    NewUser {
        name: name.parse().unwrap(),
        profile: profile(name),
        email: Some(EmailAddress::read(&format!("{name}@example.com")).unwrap()),
        password: Some(Password::read("foobar").unwrap()),
        external_authentication_uid: None,
        recovery_authentication_enabled: false,
        key: Some(key(name)),
    }
}

/// An update that leaves a user of [`new_user`] as it is.
pub(crate) fn same_user(name: &str) -> UserUpdate {
    let NewUser { name, profile, email, .. } = new_user(name);
    UserUpdate {
        name,
        profile,
        email,
        password: None,
        external_authentication_uid: None,
        recovery_authentication_enabled: None,
        key: None,
    }
}

pub(crate) fn new_client(name: &str) -> NewApiClient {
    NewApiClient { name: name.parse().unwrap(), validator: false, key: Some(key(name)) }
}

/// The sentence of a refusal.
pub(crate) fn sentence<T: std::fmt::Debug>(answer: Result<T, Error>) -> String {
    match answer.unwrap_err() {
        Error::Refused(refusal) => refusal.sentence,
        other => panic!("{other:?} is no refusal"),
    }
}
