//! RSA public keys of users and API clients.

use pantry_model::{ObjectId, Timestamp};
use pantry_store::ActorKey;
use rusqlite::Connection;

use crate::error::Error;
use crate::objects::{self, missing};
use pantry_store::sql;

sql! {
    OF_ACTOR = "SELECT name, public_key, expires_at FROM actor_keys WHERE owner = ?1 ORDER BY name";
    PUT = "INSERT INTO actor_keys (owner, name, public_key, expires_at) VALUES (?1, ?2, ?3, ?4) \
        ON CONFLICT (owner, name) DO UPDATE SET public_key = excluded.public_key, \
        expires_at = excluded.expires_at";
    DELETE = "DELETE FROM actor_keys WHERE owner = ?1 AND name = ?2";
}

/// The keys of one actor, by name.
pub(crate) fn list(connection: &Connection, owner: ObjectId) -> Result<Vec<ActorKey>, Error> {
    let mut statement = connection.prepare_cached(OF_ACTOR)?;
    let rows = statement.query_map([owner.0], |row| {
        let expires_at = row.get::<_, Option<i64>>(2)?.map(Timestamp);
        Ok(ActorKey { name: row.get(0)?, public_key: row.get(1)?, expires_at })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Stores a key, in the place of the one of its name.
pub(crate) fn put(connection: &Connection, owner: ObjectId, key: &ActorKey) -> Result<(), Error> {
    let expires_at = key.expires_at.map(|at| at.0);
    let row = (owner.0, &key.name, &key.public_key, expires_at);
    let put = connection.prepare_cached(PUT)?.execute(row);
    put.map(drop).map_err(|error| missing(connection, error, &[owner]))
}

/// Deletes a key, if it is there.
pub(crate) fn delete(connection: &Connection, owner: ObjectId, name: &str) -> Result<(), Error> {
    if connection.prepare_cached(DELETE)?.execute((owner.0, name))? == 0 {
        objects::require(connection, owner)?;
    }
    Ok(())
}
