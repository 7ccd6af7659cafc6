//! Making a user.

use pantry_model::chef::users::NewUser;
use pantry_model::refusals::users;
use pantry_model::{Error, Permission, UserName};
use pantry_store::{Kind, Scope, Verb};
use serde_json::json;

use super::{EMAIL, UserRecord, claim};
use crate::UseCases;
use crate::actor_keys::{MadeKey, put_key};
use crate::callers::Caller;
use crate::fault::to_json;
use crate::objects::{Named, inherited};

/// A user that was made.
#[derive(Clone, Debug)]
pub struct CreatedUser {
    /// Its name.
    pub name: UserName,
    /// Its first key, named `default`, if it has one.
    pub key: Option<MadeKey>,
}

impl UseCases {
    /// Makes a user. It may do everything to itself, and so may the superuser and whoever made it.
    pub async fn create_user(&self, caller: &Caller, new: &NewUser) -> Result<CreatedUser, Error> {
        // Before anything is computed for someone who may not.
        self.container(caller, Permission::Create, &Scope::Global, "users").await?;
        let password = match &new.password {
            Some(password) => Some(self.workshop.hash(password.expose().to_owned()).await?),
            None => None,
        };
        let made = self.make_key_if(new.key.as_ref()).await?;
        self.decide_as(caller, |caller| {
            let (password, made) = (password.clone(), made.as_ref());
            async move {
                let permission = Permission::Create;
                let container =
                    self.container(&caller, permission, &Scope::Global, "users").await?;
                let mut write = self.write_as(&caller);
                let record = record(new, password, write.at);
                let name = new.name.as_str();
                let is_there = self.find(&Scope::Global, Kind::User, name).await?.is_some();
                if is_there || self.is_identity_taken(&record, None).await? {
                    return Err(users::taken().into());
                }
                let id = self.new_id();
                let mut acl = inherited(&container, &caller);
                acl.add_to_all(self.superuser().await?);
                acl.add_to_all(id);
                write.create_object(&Scope::Global, Kind::User, name, id, to_json(&record), acl);
                claim(&mut write, &record, id);
                if let Some(made) = made {
                    let user = Named::new(&Scope::Global, Kind::User, name, id);
                    put_key(&mut write, &user, Verb::Create, made.as_default());
                }
                Ok((write, ()))
            }
        })
        .await?;
        Ok(CreatedUser { name: new.name.clone(), key: made })
    }
}

fn record(
    new: &NewUser,
    password: Option<String>,
    created_at: pantry_model::Timestamp,
) -> UserRecord {
    let mut profile = new.profile.clone();
    if let Some(email) = &new.email {
        profile.insert(EMAIL.to_owned(), json!(email));
    }
    UserRecord {
        profile,
        password,
        external_authentication_uid: new.external_authentication_uid.clone(),
        recovery_authentication_enabled: new.recovery_authentication_enabled,
        created_at,
    }
}
