//! RSA public keys of users and API clients.

use pantry_model::ObjectId;
use pantry_store::{ActorKey, sql};
use tokio_postgres::Row;

use crate::objects;
use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result};

sql! {
    OF_ACTOR = "SELECT name, public_key, expires_at FROM actor_keys WHERE owner = $1 ORDER BY name";
    PUT = "INSERT INTO actor_keys (owner, name, public_key, expires_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (owner, name) DO UPDATE SET public_key = excluded.public_key, \
        expires_at = excluded.expires_at";
    DELETE = "DELETE FROM actor_keys WHERE owner = $1 AND name = $2";
}

/// A key from the columns from `first` on: name, PEM and end.
pub(crate) fn key(row: &Row, first: usize) -> Result<ActorKey> {
    Ok(ActorKey {
        name: row.text(first)?,
        public_key: row.text(first + 1)?,
        expires_at: row.optional_timestamp(first + 2)?,
    })
}

/// The keys of one actor, by name.
pub(crate) async fn list(pool: &Pool, owner: ObjectId) -> Result<Vec<ActorKey>> {
    let rows = pool.rows(OF_ACTOR, &[&owner.0.as_slice()]).await?;
    rows.iter().map(|row| key(row, 0)).collect()
}

/// Stores a key, in the place of the one of its name.
pub(crate) fn put(owner: ObjectId, key: &ActorKey) -> Step<'_> {
    let step = Step::new(PUT).with(owner.0.to_vec()).with(&*key.name).with(&*key.public_key);
    step.with(key.expires_at.map(|at| at.0)).missing("actor_keys_owner_fkey", owner)
}

/// Deletes a key, if it is there.
pub(crate) fn delete(owner: ObjectId, name: &str) -> [Step<'_>; 2] {
    [objects::require(&[owner]), Step::new(DELETE).with(owner.0.to_vec()).with(name)]
}
