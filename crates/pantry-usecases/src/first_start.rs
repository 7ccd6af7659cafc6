//! What a server must have before anyone can speak with it: its own key, its superusers, and what
//! belongs to no application.
//!
//! Every step can be repeated: a server that was killed between them goes on where it was.

use pantry_model::Permission::{Create, Delete, Read, Update};
use pantry_model::{
    Acl, Clock, CurveKeyPair, CurvePublicKey, CurveSecretKey, Error, Principal, Sha256, UserName,
};
use pantry_sign::SealKey;
use pantry_store::{Change, Kind, Scope, Store, StoreError, Verb, Write};
use serde::{Deserialize, Serialize};

use crate::actor_keys::{default_key, put_key};
use crate::applications::furnish::empty;
use crate::fault::{to_error, to_json, unreadable};
use crate::objects::{Named, join, new_id};
use crate::usecases::Random;
use crate::users::{UserRecord, claim};

/// The user that the first start makes for whoever runs the server; the command line on the same
/// machine speaks as it.
pub const ADMINISTRATOR: &str = "admin";

/// The user that the original's tools expect to be the superuser.
pub const SUPERUSER: &str = "pivotal";

/// The global group of those who may manage users.
const SERVER_ADMINS: &str = "server-admins";

/// The name of the secret that holds the server's CURVE key.
const SERVER_KEY: &str = "curve";

/// The name of the secret with which links to files are sealed.
const LINK_KEY: &str = "links";

/// The name of the document that holds the public key of a web front end.
const WEB_KEY: &str = "web";

#[derive(Serialize, Deserialize)]
struct StoredKeyPair {
    public_key: CurvePublicKey,
    secret_key: String,
}

/// The server's own CURVE key, made by `generate` at the first start. It lives in the store, and so
/// in every backup: a restored server keeps its clients.
pub async fn server_keys(
    store: &dyn Store,
    clock: &dyn Clock,
    generate: impl Fn() -> CurveKeyPair,
) -> Result<CurveKeyPair, Error> {
    loop {
        let stored = store.document(&Scope::Global, Kind::Secret, SERVER_KEY).await;
        if let Some(stored) = stored.map_err(to_error)? {
            let stored: StoredKeyPair = serde_json::from_slice(&stored.body)
                .map_err(|error| unreadable("CURVE key of the server", &error))?;
            let secret: CurveSecretKey = stored.secret_key.parse().map_err(|error| {
                Error::Internal(format!("the stored CURVE key of the server: {error}"))
            })?;
            return Ok(CurveKeyPair { public: stored.public_key, secret });
        }
        let made = generate();
        let stored =
            StoredKeyPair { public_key: made.public, secret_key: made.secret.expose_text() };
        let mut write = Write::new(None, clock.now());
        write.create(&Scope::Global, Kind::Secret, SERVER_KEY, to_json(&stored));
        match store.commit(write).await {
            // Read back, so that of two servers at their first start both use the one that won.
            Ok(()) | Err(StoreError::Moved { .. }) => {}
            Err(error) => return Err(to_error(error)),
        }
    }
}

/// The key with which this server seals links to files, made by `generate` at the first start. It lives
/// in the store as well: all servers that share one know each other's links, and a restored server
/// its own.
pub async fn link_key(
    store: &dyn Store,
    clock: &dyn Clock,
    generate: impl Fn() -> Result<[u8; 32], Error>,
) -> Result<SealKey, Error> {
    loop {
        let stored = store.document(&Scope::Global, Kind::Secret, LINK_KEY).await;
        if let Some(stored) = stored.map_err(to_error)? {
            // The same form as a SHA-256: 64 hexadecimal digits.
            let stored: Sha256 = serde_json::from_slice(&stored.body)
                .map_err(|error| unreadable("key of links", &error))?;
            return Ok(SealKey::new(&stored.0));
        }
        let mut write = Write::new(None, clock.now());
        let made = to_json(&Sha256(generate()?));
        write.create(&Scope::Global, Kind::Secret, LINK_KEY, made);
        match store.commit(write).await {
            // Read back, as above.
            Ok(()) | Err(StoreError::Moved { .. }) => {}
            Err(error) => return Err(to_error(error)),
        }
    }
}

/// Whether the first start is behind this server: both superusers exist.
pub async fn is_behind(store: &dyn Store) -> Result<bool, Error> {
    for user in [ADMINISTRATOR, SUPERUSER] {
        if store.object(&Scope::Global, Kind::User, user).await.map_err(to_error)?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The public keys that a first start needs; the private halves are in files.
#[derive(Clone, Debug)]
pub struct FirstKeys {
    /// The administrator's CURVE key.
    pub administrator: CurvePublicKey,
    /// The administrator's RSA key, PEM.
    pub administrator_rsa: String,
    /// The superuser's RSA key, PEM.
    pub superuser_rsa: String,
    /// That of a web front end, which may speak for every user; PEM.
    pub web_rsa: String,
}

/// Makes the superusers with these keys, and the containers and groups that belong to no
/// application. All of it in one write, so it is there or it is not.
///
/// `false` if it is there, and not with these keys: of several servers that start at the same time
/// with one store, another was first.
pub async fn create(
    store: &dyn Store,
    clock: &dyn Clock,
    random: &dyn Random,
    keys: FirstKeys,
) -> Result<bool, Error> {
    let mut write = Write::new(None, clock.now());
    let (admin, pivotal) = (new_id(random), new_id(random));
    let (admins, mut acl) = (new_id(random), Acl::of_creator(pivotal));
    acl.add_to_all(admin);

    for (name, id, key) in
        [(ADMINISTRATOR, admin, keys.administrator_rsa), (SUPERUSER, pivotal, keys.superuser_rsa)]
    {
        let record = UserRecord::of_the_server(name, write.at);
        let user = to_json(&record);
        claim(&mut write, &record, id);
        let there = store.document(&Scope::Global, Kind::User, name).await.map_err(to_error)?;
        let acl = acl.clone();
        match there {
            // An administrator from before there were objects gets what it lacks.
            Some(there) => {
                write.update(&Scope::Global, Kind::User, name, there.hash, user);
                let (scope, kind, name) = (Scope::Global, Kind::User, name.to_owned());
                write.changes.push(Change::Secure { scope, kind, name, id, acl });
            }
            None => write.create_object(&Scope::Global, Kind::User, name, id, user, acl),
        }
        let user = Named::new(&Scope::Global, Kind::User, name, id);
        put_key(&mut write, &user, Verb::Create, default_key(key));
    }
    let owner = administrator()?;
    if store.curve_keys_of(&owner).await.map_err(to_error)?.is_empty() {
        write.add_key(&Scope::Global, keys.administrator, owner);
    }

    let organizations = new_id(random);
    let (kind, users) = (Kind::Container, new_id(random));
    write.create_object(&Scope::Global, kind, "organizations", organizations, empty(), acl);
    let mut acl = Acl::of_creator(pivotal);
    [Create, Read, Update, Delete].into_iter().for_each(|it| acl.add(it, admins));
    write.create_object(&Scope::Global, kind, "users", users, empty(), acl);
    let (kind, mut acl) = (Kind::Group, Acl::of_creator(pivotal));
    acl.add(Read, admins);
    write.create_object(&Scope::Global, kind, SERVER_ADMINS, admins, empty(), acl);
    let group = Named::new(&Scope::Global, kind, SERVER_ADMINS, admins);
    for (name, id) in [(ADMINISTRATOR, admin), (SUPERUSER, pivotal)] {
        join(&mut write, &group, &Named::new(&Scope::Global, Kind::User, name, id));
    }
    write.create(&Scope::Global, Kind::Secret, WEB_KEY, to_json(&keys.web_rsa));
    match store.commit(write).await {
        Ok(()) => Ok(true),
        Err(error)
            if (error.is_stale() || error == StoreError::KeyTaken) && is_behind(store).await? =>
        {
            Ok(false)
        }
        Err(error) => Err(to_error(error)),
    }
}

/// Whether this is a key of the administrator's.
pub async fn is_of_administrator(store: &dyn Store, key: CurvePublicKey) -> Result<bool, Error> {
    let keys = store.curve_keys_of(&administrator()?).await.map_err(to_error)?;
    Ok(keys.contains(&key))
}

fn administrator() -> Result<Principal, Error> {
    let name: UserName = ADMINISTRATOR.parse().map_err(|e| Error::Internal(format!("{e}")))?;
    Ok(Principal::User(name))
}

/// The public key of a web front end, PEM.
pub async fn web_key(store: &dyn Store) -> Result<Option<String>, Error> {
    let stored = store.document(&Scope::Global, Kind::Secret, WEB_KEY).await.map_err(to_error)?;
    let read = |stored: pantry_store::Document| {
        serde_json::from_slice(&stored.body)
            .map_err(|error| unreadable("key of a web front end", &error))
    };
    stored.map(read).transpose()
}
