//! Showing an API client as the Chef API does.

use pantry_model::refusals::clients;
use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::{Kind, Object, Scope};

use super::ApiClientRecord;
use crate::UseCases;
use crate::callers::Caller;

/// An API client as the Chef API shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiClientView {
    /// Its name.
    pub name: String,
    /// Whether it may make other API clients, and nothing else.
    pub validator: bool,
    /// The key named `default`, if it has one: version 0 of the API shows it.
    pub public_key: Option<String>,
}

impl UseCases {
    /// One API client of the application that the request is about.
    pub async fn show_api_client(
        &self,
        caller: &Caller,
        name: &str,
    ) -> Result<ApiClientView, Error> {
        let object = self.permitted_api_client(caller, Permission::Read, name).await?;
        self.api_client_view(&self.scope_of(caller)?, &object).await
    }

    /// Whether an application has an API client of this name: what is wrong with a request to change
    /// one is told only if there is one.
    pub async fn has_api_client(
        &self,
        application: &ApplicationName,
        name: &str,
    ) -> Result<bool, Error> {
        let scope = Scope::Application(application.clone());
        Ok(self.find(&scope, Kind::ApiClient, name).await?.is_some())
    }

    /// An API client's object, on which the caller holds a permission.
    pub(super) async fn permitted_api_client(
        &self,
        caller: &Caller,
        permission: Permission,
        name: &str,
    ) -> Result<Object, Error> {
        let scope = self.scope_of(caller)?;
        let place = (&scope, Kind::ApiClient, name);
        self.permitted(caller, permission, place, || clients::not_found(name)).await
    }

    /// An API client as it is shown, whoever asks.
    pub(super) async fn api_client_view(
        &self,
        scope: &Scope,
        client: &Object,
    ) -> Result<ApiClientView, Error> {
        Ok(ApiClientView {
            name: client.document.name.clone(),
            validator: ApiClientRecord::read(&client.document)?.validator,
            public_key: self.default_key(scope, client).await?,
        })
    }
}
