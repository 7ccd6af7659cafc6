//! Making an application, with all that it has from its first moment.

use pantry_model::chef::FullName;
use pantry_model::commands::app::AppSummary;
use pantry_model::refusals::organizations;
use pantry_model::{ApplicationName, Error, Identity, Permission};
use pantry_sign::PrivateKey;
use pantry_store::{Change, ContentHash, Kind, Scope, Verb};

use super::ApplicationRecord;
use crate::UseCases;
use crate::actor_keys::{default_key, put_key};
use crate::api_clients::ApiClientRecord;
use crate::callers::Caller;
use crate::fault::{to_error, to_json};
use crate::objects::{Named, join};
use crate::search;

/// An application that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApplication {
    /// Its name.
    pub name: ApplicationName,
    /// What people call it, if that is something else.
    pub full_name: Option<FullName>,
}

/// An application that was made.
#[derive(Debug)]
pub struct CreatedApplication {
    /// Its name, and when it was made.
    pub summary: AppSummary,
    /// The API client that may make others.
    pub validator: Identity,
    /// The validator's key, which is nowhere else.
    pub validator_key: PrivateKey,
}

impl UseCases {
    /// Makes an application. Its creator is among its admins and users.
    pub async fn create_application(
        &self,
        caller: &Caller,
        new: NewApplication,
    ) -> Result<CreatedApplication, Error> {
        let name = &new.name;
        // Before anything is computed for someone who may not.
        self.container(caller, Permission::Create, &Scope::Global, "organizations").await?;
        let key = self.workshop.key().await?;
        let validator: Identity = format!("{name}-validator")
            .parse()
            .map_err(|_| organizations::name_too_long_for_validator(name))?;
        let summary = self
            .decide_as(caller, |caller| {
                let (key, validator, new) = (&key, &validator, &new);
                async move {
                    let permission = Permission::Create;
                    self.container(&caller, permission, &Scope::Global, "organizations").await?;
                    let there =
                        self.store.document(&Scope::Global, Kind::Application, name.as_str());
                    if there.await.map_err(to_error)?.is_some() {
                        return Err(Error::ApplicationTaken(name.clone()));
                    }
                    let mut write = self.write_as(&caller);
                    let own = Scope::Application(name.clone());
                    write.changes.push(Change::OpenScope { application: name.clone() });
                    let superuser = self.superuser().await?;
                    let furniture = self.furnish(&mut write, name, superuser, &caller)?;

                    let full_name = new.full_name.as_ref().map(ToString::to_string);
                    let body = to_json(&ApplicationRecord { full_name, created_at: write.at });
                    let hash = ContentHash::of(&body);
                    let (id, acl) = (self.new_id(), furniture.organization_acl);
                    write.create_object(
                        &Scope::Global,
                        Kind::Application,
                        name.as_str(),
                        id,
                        body,
                        acl,
                    );
                    write.enter(&own, Verb::Create, Kind::Application, name.as_str(), Some(hash));

                    let (owner, acl) = (self.new_id(), furniture.clients_acl);
                    let record = ApiClientRecord { validator: true };
                    let (kind, body) = (Kind::ApiClient, to_json(&record));
                    let place = (&own, kind, validator.as_str());
                    search::create_object(&mut write, place, owner, body, acl)?;
                    let client = Named::new(&own, kind, validator.as_str(), owner);
                    join(&mut write, &furniture.clients, &client);
                    let first = default_key(key.public_key().to_pem());
                    put_key(&mut write, &client, Verb::Create, first);
                    let summary = AppSummary { application: name.clone(), created_at: write.at };
                    Ok((write, summary))
                }
            })
            .await?;
        Ok(CreatedApplication { summary, validator, validator_key: key })
    }
}
