//! The RSA key that a machine makes itself for runs against the server.
//!
//! The machine has proven who it is by its CURVE key, and its API client may be given a key as by any
//! request of its own. Keys that the API client has are never replaced: somebody may run Chef on the
//! machine without Pantry, with one of them. So another one is added beside them, under a name of
//! Pantry's own, which the next one replaces.

use pantry_model::refusals::chef_runs;
use pantry_model::{Error, Permission};
use pantry_sign::PublicKey;
use pantry_store::{ActorKey, Kind, Verb};

use crate::UseCases;
use crate::actor_keys::{DEFAULT_KEY, put_key};
use crate::callers::Caller;
use crate::fault::to_error;
use crate::objects::Named;

/// What a key is called if there is one that is called `default`.
const PANTRY_KEY: &str = "pantry";

impl UseCases {
    /// Sees that an API client, which is the caller, has this key.
    pub(super) async fn give_key(&self, caller: &Caller, key: &str) -> Result<(), Error> {
        let wanted = PublicKey::from_pem(key).map_err(|_| chef_runs::no_key())?.to_pem();
        let is_it = |other: &ActorKey| {
            PublicKey::from_pem(&other.public_key).is_ok_and(|other| other.to_pem() == wanted)
        };
        self.decide_as(caller, |caller| async move {
            let mut write = self.write_as(&caller);
            let (scope, name) = (self.scope_of(&caller)?, caller.name());
            let client = self.find(&scope, Kind::ApiClient, name).await?;
            let client = client.ok_or_else(chef_runs::no_key)?;
            let keys = self.store.actor_keys(client.id).await.map_err(to_error)?;
            if keys.iter().any(is_it) {
                return Ok((write, ()));
            }
            caller.require(Permission::Update, &client)?;
            let has = |name: &str| keys.iter().any(|key| key.name == name);
            let (name, verb) = match (has(DEFAULT_KEY), has(PANTRY_KEY)) {
                (false, _) => (DEFAULT_KEY, Verb::Create),
                (true, false) => (PANTRY_KEY, Verb::Create),
                (true, true) => (PANTRY_KEY, Verb::Update),
            };
            let owner = Named::new(&scope, Kind::ApiClient, caller.name(), client.id);
            let key =
                ActorKey { name: name.to_owned(), public_key: key.to_owned(), expires_at: None };
            put_key(&mut write, &owner, verb, key);
            Ok((write, ()))
        })
        .await
    }
}
