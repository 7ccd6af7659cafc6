//! CURVE keys and whose they are.

use pantry_model::{CurvePublicKey, Principal};
use pantry_store::StoreError;
use rusqlite::Connection;

use crate::error::Error;
use crate::scopes;
use pantry_store::columns::{parse, scope_of_keys};
use pantry_store::sql;

sql! {
    EVERY_KEY = "SELECT key, owner FROM curve_keys";
    OF_OWNER = "SELECT k.key FROM curve_keys k JOIN scopes s ON s.id = k.scope \
        WHERE s.name = ?1 AND k.owner = ?2";
    ADD = "INSERT INTO curve_keys (key, scope, owner) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING";
    REMOVE = "DELETE FROM curve_keys WHERE scope = ?1 AND owner = ?2";
}

/// Every key and its owner.
pub(crate) fn list(connection: &Connection) -> Result<Vec<(CurvePublicKey, Principal)>, Error> {
    let mut statement = connection.prepare_cached(EVERY_KEY)?;
    let rows = statement.query_and_then([], |row| {
        let owner: String = row.get(1)?;
        Ok((CurvePublicKey::from_bytes(row.get(0)?), parse(&owner)?))
    })?;
    rows.collect()
}

/// The keys of one owner.
pub(crate) fn of(connection: &Connection, owner: &Principal) -> Result<Vec<CurvePublicKey>, Error> {
    let mut statement = connection.prepare_cached(OF_OWNER)?;
    let scope = scope_of_keys(owner);
    let rows = statement.query_map((scope.as_str(), owner.to_string()), |row| {
        Ok(CurvePublicKey::from_bytes(row.get(0)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Admits a key that nobody has yet.
pub(crate) fn add(
    connection: &Connection,
    key: &CurvePublicKey,
    owner: &Principal,
) -> Result<(), Error> {
    let scope = scopes::require(connection, &scope_of_keys(owner))?;
    let mut statement = connection.prepare_cached(ADD)?;
    match statement.execute((key.as_bytes(), scope, owner.to_string()))? {
        0 => Err(StoreError::KeyTaken.into()),
        _ => Ok(()),
    }
}

/// Removes all keys of an owner.
pub(crate) fn remove(connection: &Connection, owner: &Principal) -> Result<(), Error> {
    let scope = scopes::require(connection, &scope_of_keys(owner))?;
    connection.prepare_cached(REMOVE)?.execute((scope, owner.to_string()))?;
    Ok(())
}
