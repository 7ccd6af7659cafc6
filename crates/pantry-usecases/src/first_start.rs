//! What a server must have before anyone can speak with it: its own key, and an administrator.
//!
//! Both steps can be repeated: a server that was killed between them goes on where it was.

use pantry_model::{Clock, CurveKeyPair, CurvePublicKey, CurveSecretKey, Error, Principal};
use pantry_store::{Kind, Scope, Store, StoreError, Write};
use serde::{Deserialize, Serialize};

use crate::fault::{to_error, to_json, unreadable};

/// The name of the user that the first start makes.
pub const ADMINISTRATOR: &str = "admin";

/// The name of the secret that holds the server's CURVE key.
const SERVER_KEY: &str = "curve";

#[derive(Serialize, Deserialize)]
struct StoredKeyPair {
    public_key: CurvePublicKey,
    secret_key: String,
}

#[derive(Serialize, Deserialize)]
struct StoredUser {
    created_at: pantry_model::Timestamp,
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

/// Whether the administrator exists.
pub async fn has_administrator(store: &dyn Store) -> Result<bool, Error> {
    let user = store.document(&Scope::Global, Kind::User, ADMINISTRATOR).await.map_err(to_error)?;
    Ok(user.is_some())
}

/// Makes the administrator, with this key.
pub async fn create_administrator(
    store: &dyn Store,
    clock: &dyn Clock,
    key: CurvePublicKey,
) -> Result<(), Error> {
    let name = ADMINISTRATOR.parse().map_err(|e| Error::Internal(format!("{e}")))?;
    let owner = Principal::User(name);
    let mut write = Write::new(None, clock.now());
    let user = StoredUser { created_at: write.at };
    write.create(&Scope::Global, Kind::User, ADMINISTRATOR, to_json(&user));
    write.add_key(&Scope::Global, key, owner);
    store.commit(write).await.map_err(to_error)
}
