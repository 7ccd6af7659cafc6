//! Changing an API client: its name, whether it is a validator, its first key.

use pantry_model::chef::clients::ApiClientUpdate;
use pantry_model::refusals::{clients, request};
use pantry_model::{Error, Permission};
use pantry_store::{Change, ContentHash, Kind, Object, Scope, Verb};

use super::ApiClientRecord;
use crate::UseCases;
use crate::actor_keys::{MadeKey, put_key};
use crate::callers::Caller;
use crate::fault::to_json;
use crate::objects::{Named, set_acl};
use crate::search;

/// What has become of an API client.
#[derive(Clone, Debug)]
pub struct UpdatedApiClient {
    /// What it is called now.
    pub name: String,
    /// Whether it was called otherwise before.
    pub renamed: bool,
    /// Whether it is a validator now.
    pub validator: bool,
    /// Its key named `default` as it is now, if it has one.
    pub public_key: Option<String>,
    /// The same, if it was to change.
    pub made: Option<MadeKey>,
}

impl UseCases {
    /// Changes an API client of the application that the request is about. Under another name it
    /// stays the same: it keeps its keys, its memberships and its rights.
    pub async fn update_api_client(
        &self,
        caller: &Caller,
        name: &str,
        update: &ApiClientUpdate,
    ) -> Result<UpdatedApiClient, Error> {
        let scope = &self.scope_of(caller)?;
        self.changeable_api_client(caller, scope, name, update).await?;
        let made = self.make_key_if(update.key.as_ref()).await?;
        let new_name = update.name.as_ref().map_or(name, |name| name.as_str());
        let renamed = new_name != name;
        let (validator, before) = self
            .decide_as(caller, |caller| {
                let made = made.as_ref();
                async move {
                    let (object, record) =
                        self.changeable_api_client(&caller, scope, name, update).await?;
                    let kind = Kind::ApiClient;
                    if renamed && self.find(scope, kind, new_name).await?.is_some() {
                        return Err(clients::taken().into());
                    }
                    let validator = update.validator.unwrap_or(record.validator);
                    let mut write = self.write_as(&caller);
                    let body = to_json(&ApiClientRecord { validator });
                    if validator != record.validator {
                        write.update(scope, kind, name, object.document.hash, body.clone());
                        // A validator may do nothing to itself.
                        let mut acl = object.acl.clone();
                        if validator {
                            acl.remove_from_all(object.id);
                        } else {
                            acl.add_to_all(object.id);
                        }
                        set_acl(&mut write, &Named::new(scope, kind, name, object.id), acl);
                    }
                    if renamed {
                        let hash = Some(ContentHash::of(&body));
                        write.enter(scope, Verb::Delete, kind, name, None);
                        write.enter(scope, Verb::Create, kind, new_name, hash);
                        self.forget_runs_without_node(&mut write, scope, name).await?;
                        let (scope, to) = (scope.clone(), new_name.to_owned());
                        write.changes.push(Change::Rename {
                            scope,
                            kind,
                            name: name.to_owned(),
                            to,
                        });
                    }
                    let now = (new_name, body.as_slice());
                    search::rename(&mut write, (scope, kind), &object.document, now)?;
                    if let Some(made) = made {
                        let client = Named::new(scope, kind, new_name, object.id);
                        put_key(&mut write, &client, Verb::Update, made.as_default());
                    }
                    Ok((write, (validator, self.default_key(scope, &object).await?)))
                }
            })
            .await?;
        let public_key = made.as_ref().map(|made| made.public_key.clone()).or(before);
        Ok(UpdatedApiClient { name: new_name.to_owned(), renamed, validator, public_key, made })
    }

    /// The API client, if the caller may change it in this way. To make a validator of one, as to
    /// make one anew, needs the permission to make API clients: it would gain that.
    async fn changeable_api_client(
        &self,
        caller: &Caller,
        scope: &Scope,
        name: &str,
        update: &ApiClientUpdate,
    ) -> Result<(Object, ApiClientRecord), Error> {
        let object = self.permitted_api_client(caller, Permission::Update, name).await?;
        let record = ApiClientRecord::read(&object.document)?;
        if update.validator == Some(true) && !record.validator {
            let container = self.find(scope, Kind::Container, "clients").await?;
            let may = container.is_some_and(|it| caller.holds(Permission::Create, &it.acl));
            if !may {
                return Err(request::missing_permission(Permission::Update).into());
            }
        }
        Ok((object, record))
    }
}
