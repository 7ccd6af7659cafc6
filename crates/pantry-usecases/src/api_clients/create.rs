//! Making an API client.

use pantry_model::chef::clients::NewApiClient;
use pantry_model::refusals::{clients, request};
use pantry_model::{Error, Identity, Permission};
use pantry_store::{Kind, Scope, Verb};

use super::ApiClientRecord;
use crate::UseCases;
use crate::actor_keys::{MadeKey, put_key};
use crate::callers::Caller;

/// An API client that was made.
#[derive(Clone, Debug)]
pub struct CreatedApiClient {
    /// Its name.
    pub name: Identity,
    /// Its first key, named `default`, if it has one.
    pub key: Option<MadeKey>,
}

impl UseCases {
    /// Makes an API client in the application that the request is about. Validators may make those
    /// that are none.
    pub async fn create_api_client(
        &self,
        caller: &Caller,
        new: &NewApiClient,
    ) -> Result<CreatedApiClient, Error> {
        let scope = &self.scope_of(caller)?;
        self.creator_of(caller, scope, new).await?;
        let made = self.make_key_if(new.key.as_ref()).await?;
        self.decide_as(caller, |caller| {
            let made = made.as_ref();
            async move {
                let creator = self.creator_of(&caller, scope, new).await?;
                if self.find(scope, Kind::ApiClient, new.name.as_str()).await?.is_some() {
                    return Err(clients::taken().into());
                }
                let mut write = self.write_as(&caller);
                let record = ApiClientRecord { validator: new.validator };
                let client =
                    self.add_api_client(&mut write, scope, &new.name, &record, creator).await?;
                if let Some(made) = made {
                    put_key(&mut write, &client, Verb::Create, made.as_default());
                }
                Ok((write, ()))
            }
        })
        .await?;
        Ok(CreatedApiClient { name: new.name.clone(), key: made })
    }

    /// The caller if it may make this API client, as its creator; a validator may, but is none.
    async fn creator_of<'a>(
        &self,
        caller: &'a Caller,
        scope: &Scope,
        new: &NewApiClient,
    ) -> Result<Option<&'a Caller>, Error> {
        let is_validator =
            caller.is_client() && ApiClientRecord::read(&caller.actor()?.actor.document)?.validator;
        if !is_validator {
            self.container(caller, Permission::Create, scope, "clients").await?;
            return Ok(Some(caller));
        }
        if new.validator {
            return Err(request::missing_permission(Permission::Create).into());
        }
        Ok(None)
    }
}
