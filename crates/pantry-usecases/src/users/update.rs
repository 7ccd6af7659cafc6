//! Changing a user: its name, what people call it, its password, its first key.

use pantry_model::chef::users::UserUpdate;
use pantry_model::refusals::{request, users};
use pantry_model::{Error, Permission, Principal, UserName};
use pantry_store::{Change, ContentHash, Kind, Object, Scope, Verb, Write};
use serde_json::{Value, json};

use super::{EMAIL, UserRecord, belongs_to_the_server};
use crate::UseCases;
use crate::actor_keys::{MadeKey, put_key};
use crate::callers::Caller;
use crate::fault::{done_but, to_error, to_json};
use crate::objects::Named;

/// What has become of a user.
#[derive(Clone, Debug)]
pub struct UpdatedUser {
    /// What it is called now.
    pub name: UserName,
    /// Whether it was called otherwise before.
    pub renamed: bool,
    /// Its key named `default`, if that was to change.
    pub key: Option<MadeKey>,
}

impl UseCases {
    /// Changes a user. It stays the same user under another name: it keeps its keys, its
    /// memberships and its rights.
    pub async fn update_user(
        &self,
        caller: &Caller,
        name: &str,
        update: &UserUpdate,
    ) -> Result<UpdatedUser, Error> {
        self.changeable_user(caller, name, update).await?;
        let password = match &update.password {
            Some(password) => Some(self.workshop.hash(password.expose().to_owned()).await?),
            None => None,
        };
        let made = self.make_key_if(update.key.as_ref()).await?;
        let renamed = update.name.as_str() != name;
        let owners = self
            .decide_as(caller, |caller| {
                let (password, made) = (password.clone(), made.as_ref());
                async move {
                    let (object, before) = self.changeable_user(&caller, name, update).await?;
                    let after = changed(&before, update, password);
                    let new_name = update.name.as_str();
                    let is_there =
                        renamed && self.find(&Scope::Global, Kind::User, new_name).await?.is_some();
                    if is_there || self.is_identity_taken(&after, Some(object.id)).await? {
                        return Err(users::renamed_to_taken(new_name).into());
                    }
                    let mut write = self.write_as(&caller);
                    let body = to_json(&after);
                    if body != object.document.body {
                        let read = object.document.hash;
                        write.update(&Scope::Global, Kind::User, name, read, body.clone());
                    }
                    self.change_identities(&mut write, object.id, &before, &after).await?;
                    let mut owners = Vec::new();
                    if renamed {
                        owners = self.rename_user(&mut write, name, &update.name, &body).await?;
                    }
                    if let Some(made) = made {
                        let user = Named::new(&Scope::Global, Kind::User, new_name, object.id);
                        put_key(&mut write, &user, Verb::Update, made.as_default());
                    }
                    Ok((write, owners))
                }
            })
            .await?;
        for owner in &owners {
            self.keys.refresh(self.store.as_ref(), owner).await.map_err(done_but)?;
        }
        // A connection is known by the name under which it was let in.
        self.fleet.part_with(owners.get(..1).unwrap_or_default()).await;
        Ok(UpdatedUser { name: update.name.clone(), renamed, key: made })
    }

    /// The user, if the caller may change it in this way.
    async fn changeable_user(
        &self,
        caller: &Caller,
        name: &str,
        update: &UserUpdate,
    ) -> Result<(Object, UserRecord), Error> {
        let object = self.find(&Scope::Global, Kind::User, name).await?;
        let object = object.ok_or_else(|| users::not_found(name))?;
        if update.is_for_superusers() {
            caller.require_superuser(Permission::Update)?;
        } else {
            caller.require(Permission::Update, &object)?;
        }
        if belongs_to_the_server(name) && update.name.as_str() != name {
            return Err(users::belongs_to_the_server(name).into());
        }
        let record = UserRecord::read(&object.document)?;
        let is_elsewhere = update.external_authentication_uid.is_some()
            || record.external_authentication_uid.is_some();
        if update.email.is_none() && !is_elsewhere {
            return Err(request::field_missing(EMAIL).into());
        }
        Ok((object, record))
    }

    /// Renames a user. Its CURVE keys name their owner, so they change hands; gives the owner
    /// before and after, if there are any.
    async fn rename_user(
        &self,
        write: &mut Write,
        name: &str,
        to: &UserName,
        body: &[u8],
    ) -> Result<Vec<Principal>, Error> {
        let hash = Some(ContentHash::of(body));
        write.enter(&Scope::Global, Verb::Delete, Kind::User, name, None);
        write.enter(&Scope::Global, Verb::Create, Kind::User, to.as_str(), hash);
        write.changes.push(Change::Rename {
            scope: Scope::Global,
            kind: Kind::User,
            name: name.to_owned(),
            to: to.to_string(),
        });
        let before = name.parse().map_err(|error| Error::Internal(format!("a user: {error}")))?;
        let (before, after) = (Principal::User(before), Principal::User(to.clone()));
        let keys = self.store.curve_keys_of(&before).await.map_err(to_error)?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        write.enter(&Scope::Global, Verb::Delete, Kind::Key, &before.to_string(), None);
        write.changes.push(Change::RemoveKeys { owner: before.clone() });
        for key in keys {
            write.add_key(&Scope::Global, key, after.clone());
        }
        Ok(vec![before, after])
    }
}

/// A record with what is to change.
fn changed(before: &UserRecord, update: &UserUpdate, password: Option<String>) -> UserRecord {
    let mut after = before.clone();
    for (field, value) in &update.profile {
        match value {
            Value::Null => after.profile.remove(field),
            value => after.profile.insert(field.clone(), value.clone()),
        };
    }
    match &update.email {
        Some(email) => after.profile.insert(EMAIL.to_owned(), json!(email)),
        None => after.profile.remove(EMAIL),
    };
    after.password = password.or(after.password);
    let uid = update.external_authentication_uid.clone();
    after.external_authentication_uid = uid.or(after.external_authentication_uid);
    after.recovery_authentication_enabled =
        update.recovery_authentication_enabled.unwrap_or(after.recovery_authentication_enabled);
    after
}
