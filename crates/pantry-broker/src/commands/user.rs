//! `user create|list|show|delete|password|keys|credentials`.

use async_trait::async_trait;
use pantry_model::chef::email::EmailAddress;
use pantry_model::chef::users::NewUser;
use pantry_model::commands::user::{
    UserCreate, UserCredentials, UserCredentialsAnswer, UserDelete, UserKey, UserKeys, UserList,
    UserPassword, UserShow, UserSummary, UserView,
};
use pantry_model::refusals::keys;
use pantry_model::{Error, Principal};
use pantry_sign::PublicKey;
use pantry_usecases::{KeyOwner, NewCredentials};
use serde_json::{Map, Value};

use super::{Answer, Context};

#[async_trait]
impl Answer for UserCreate {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<UserView, Error> {
        let caller = context.usecases.caller(actor, None).await?;
        let mut profile = Map::new();
        let display_name = self.display_name.unwrap_or_else(|| self.user.to_string());
        profile.insert("display_name".to_owned(), display_name.into());
        let new = NewUser {
            name: self.user,
            profile,
            email: Some(EmailAddress::read(&self.email)?),
            password: self.password,
            external_authentication_uid: None,
            recovery_authentication_enabled: false,
            key: None,
        };
        context.usecases.create_user(&caller, &new).await?;
        UserShow { user: new.name }.answer(context, actor, Vec::new()).await
    }
}

#[async_trait]
impl Answer for UserList {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Vec<UserSummary>, Error> {
        let caller = context.usecases.caller(actor, None).await?;
        let users = context.usecases.list_user_profiles(&caller).await?;
        let summary = |user: pantry_usecases::UserView| {
            Ok(UserSummary {
                user: stored_name(&user.name)?,
                display_name: text(&user.profile, "display_name"),
                email: text(&user.profile, "email"),
            })
        };
        users.into_iter().map(summary).collect()
    }
}

#[async_trait]
impl Answer for UserShow {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<UserView, Error> {
        let caller = context.usecases.caller(actor, None).await?;
        let user = context.usecases.show_user(&caller, self.user.as_str()).await?;
        let of = context.usecases.applications_of_user(&caller, self.user.as_str()).await?;
        Ok(UserView {
            user: self.user,
            display_name: text(&user.profile, "display_name"),
            email: text(&user.profile, "email"),
            applications: of.into_iter().map(|application| application.name).collect(),
        })
    }
}

#[async_trait]
impl Answer for UserDelete {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<(), Error> {
        let caller = context.usecases.caller(actor, None).await?;
        context.usecases.delete_user(&caller, self.user.as_str()).await.map(drop)
    }
}

#[async_trait]
impl Answer for UserPassword {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<(), Error> {
        let caller = context.usecases.caller(actor, None).await?;
        context.usecases.set_password(&caller, self.user.as_str(), &self.password).await
    }
}

#[async_trait]
impl Answer for UserKeys {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Vec<UserKey>, Error> {
        let caller = context.usecases.caller(actor, None).await?;
        let owner = KeyOwner::User(self.user.as_str());
        let listed = context.usecases.list_keys(&caller, owner).await?;
        let mut keys = Vec::with_capacity(listed.len());
        for one in listed {
            let owner = KeyOwner::User(self.user.as_str());
            let key = context.usecases.show_key(&caller, owner, &one.name).await?;
            let name = one.name.parse();
            keys.push(UserKey {
                name: name.map_err(|e| Error::Internal(format!("a stored key: {e}")))?,
                public_key: key.public_key,
                expires_at: key.expiry,
                is_expired: one.expired,
            });
        }
        Ok(keys)
    }
}

#[async_trait]
impl Answer for UserCredentials {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<UserCredentialsAnswer, Error> {
        let caller = context.usecases.caller(actor, None).await?;
        let rsa_key = PublicKey::from_pem(&self.rsa_key).map_err(|_| keys::invalid())?;
        let new = NewCredentials { curve_key: self.curve_key, rsa_key };
        context.usecases.give_credentials(&caller, &self.user, &new, self.replace).await?;
        Ok(UserCredentialsAnswer { http: context.about.http })
    }
}

fn stored_name<T: std::str::FromStr<Err: std::fmt::Display>>(name: &str) -> Result<T, Error> {
    name.parse().map_err(|error| Error::Internal(format!("a stored user: {error}")))
}

fn text(profile: &Map<String, Value>, field: &str) -> Option<String> {
    profile.get(field).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
}
