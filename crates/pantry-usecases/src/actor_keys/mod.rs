//! RSA keys of users and API clients: listed, shown, made, changed, deleted.
//!
//! They have no access control list of their own. Who may change the owner may change its keys; who
//! may read the owner may read them, or within an application whoever is in the group
//! `public_key_read_access`. The key that a request is signed with cannot be changed by it.

mod create;
mod delete;
mod list;
mod reader;
mod show;
mod update;

pub use list::KeySummary;
pub use reader::KEY_READER;
pub use show::KeyView;
pub use update::UpdatedKey;

use pantry_model::chef::keys::KeySource;
use pantry_model::refusals::{clients, keys, users};
use pantry_model::{Error, ObjectId, Permission};
use pantry_sign::PrivateKey;
use pantry_store::{ActorKey, Change, ContentHash, Kind, Object, Scope, Verb, Write};

use crate::UseCases;
use crate::applications::furnish::KEY_READERS;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::objects::Named;

/// The name of the key that version 0 of the API speaks of.
pub(crate) const DEFAULT_KEY: &str = "default";

/// Whose keys are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyOwner<'a> {
    /// Those of the user of this name.
    User(&'a str),
    /// Those of the API client of this name, in the application that the request is about.
    ApiClient(&'a str),
}

impl KeyOwner<'_> {
    /// What the owner is called.
    pub fn name(&self) -> &str {
        match self {
            Self::User(name) | Self::ApiClient(name) => name,
        }
    }
}

/// A key that an actor has been given.
#[derive(Clone, Debug)]
pub struct MadeKey {
    /// The public half, PEM.
    pub public_key: String,
    /// The private half, if the server made it: it is nowhere else.
    pub private_key: Option<PrivateKey>,
}

impl MadeKey {
    /// As the one key that version 0 of the API knows, which never ends.
    pub(crate) fn as_default(&self) -> ActorKey {
        default_key(self.public_key.clone())
    }
}

/// The one key that version 0 of the API knows, which never ends.
pub(crate) fn default_key(public_key: String) -> ActorKey {
    ActorKey { name: DEFAULT_KEY.to_owned(), public_key, expires_at: None }
}

impl UseCases {
    /// A key from where it is to come from. This may take long, so it is for those alone who may
    /// have it, and never within a decision that starts over.
    pub(crate) async fn make_key(&self, source: &KeySource) -> Result<MadeKey, Error> {
        match source {
            KeySource::Given(public_key) => {
                Ok(MadeKey { public_key: public_key.clone(), private_key: None })
            }
            KeySource::Generate => {
                let key = self.workshop.key().await?;
                let public_key = key.public_key().to_pem();
                Ok(MadeKey { public_key, private_key: Some(key) })
            }
        }
    }

    /// The same for one that may or may not be asked for.
    pub(crate) async fn make_key_if(
        &self,
        source: Option<&KeySource>,
    ) -> Result<Option<MadeKey>, Error> {
        match source {
            Some(source) => self.make_key(source).await.map(Some),
            None => Ok(None),
        }
    }

    /// The owner, as others name it, and itself.
    async fn key_owner(
        &self,
        caller: &Caller,
        owner: KeyOwner<'_>,
    ) -> Result<(Named, Object), Error> {
        let (scope, kind, name) = match owner {
            KeyOwner::User(name) => (Scope::Global, Kind::User, name),
            KeyOwner::ApiClient(name) => (self.scope_of(caller)?, Kind::ApiClient, name),
        };
        let missing = || match owner {
            KeyOwner::User(name) => users::not_found(name),
            KeyOwner::ApiClient(name) => clients::not_found(name),
        };
        let object = self.find(&scope, kind, name).await?.ok_or_else(missing)?;
        Ok((Named::new(&scope, kind, name, object.id), object))
    }

    /// Nothing if the caller may read the owner's keys.
    async fn require_key_reading(&self, caller: &Caller, owner: &Object) -> Result<(), Error> {
        if caller.within().is_none() {
            return caller.require(Permission::Read, owner);
        }
        let group = self.find(&self.scope_of(caller)?, Kind::Group, KEY_READERS).await?;
        let is_reader = group.is_some_and(|group| caller.is_or_is_in(&group.id));
        if is_reader || caller.is_superuser() { Ok(()) } else { Err(keys::not_readable().into()) }
    }

    /// An actor's key of this name.
    async fn actor_key(&self, owner: ObjectId, name: &str) -> Result<Option<ActorKey>, Error> {
        let keys = self.store.actor_keys(owner).await.map_err(to_error)?;
        Ok(keys.into_iter().find(|key| key.name == name))
    }

    /// The text of the key named `default` of an actor of this scope, if it has one.
    pub(crate) async fn default_key(
        &self,
        scope: &Scope,
        owner: &Object,
    ) -> Result<Option<String>, Error> {
        let name = owner.document.name.clone();
        if let Some(known) = self.remembered(&(scope.clone(), name)).await?
            && let Some(actor) = known.actors().find(|actor| actor.id == owner.id)
        {
            let key = actor.keys.iter().find(|key| key.name == DEFAULT_KEY);
            return Ok(key.map(|key| key.public_key.clone()));
        }
        Ok(self.actor_key(owner.id, DEFAULT_KEY).await?.map(|key| key.public_key))
    }

    /// The owner and its key of this name, which the caller may change, and which did not sign the
    /// caller's request.
    async fn changeable_key(
        &self,
        caller: &Caller,
        owner: KeyOwner<'_>,
        name: &str,
    ) -> Result<(Named, ActorKey), Error> {
        let (named, object) = self.key_owner(caller, owner).await?;
        if caller.id() == Some(object.id) && caller.key() == Some(name) {
            return Err(keys::in_use(name).into());
        }
        let key = self.actor_key(object.id, name).await?;
        let key = key.ok_or_else(|| keys::not_found(owner.name(), name))?;
        caller.require(Permission::Update, &object)?;
        Ok((named, key))
    }
}

/// Gives an actor a key, in the place of the one of its name if there is one.
pub(crate) fn put_key(write: &mut Write, owner: &Named, verb: Verb, key: ActorKey) {
    let hash = ContentHash::of(key.public_key.as_bytes());
    let name = entry_name(owner, &key.name);
    write.enter(&owner.place.scope, verb, Kind::ActorKey, &name, Some(hash));
    write.changes.push(Change::PutActorKey { owner: owner.id, key });
}

/// Takes a key from an actor.
fn remove_key(write: &mut Write, owner: &Named, key: &str) {
    let name = entry_name(owner, key);
    write.enter(&owner.place.scope, Verb::Delete, Kind::ActorKey, &name, None);
    write.changes.push(Change::DeleteActorKey { owner: owner.id, name: key.to_owned() });
}

/// How the ledgers name a key.
fn entry_name(owner: &Named, key: &str) -> String {
    format!("{}/{}/{key}", owner.place.kind.as_str(), owner.place.name)
}
