//! CURVE keys and whose they are.

use pantry_model::{CurvePublicKey, Principal};
use pantry_store::columns::{parse, scope_of_keys};
use pantry_store::{StoreError, sql};

use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result};

sql! {
    EVERY_KEY = "SELECT key, owner FROM curve_keys";
    OF_OWNER = "SELECT k.key FROM scopes s JOIN curve_keys k ON k.scope = s.id \
        WHERE s.name = $1 AND k.owner = $2";
    ADD = "INSERT INTO curve_keys (key, scope, owner) VALUES ($1, scope_number($2), $3)";
    REMOVE = "DELETE FROM curve_keys WHERE scope = scope_number($1) AND owner = $2";
}

/// Every key and its owner.
pub(crate) async fn list(pool: &Pool) -> Result<Vec<(CurvePublicKey, Principal)>> {
    let rows = pool.rows(EVERY_KEY, &[]).await?;
    let key = |row: &tokio_postgres::Row| {
        Ok((CurvePublicKey::from_bytes(row.array(0)?), parse(row.str(1)?)?))
    };
    rows.iter().map(key).collect()
}

/// The keys of one owner.
pub(crate) async fn of(pool: &Pool, owner: &Principal) -> Result<Vec<CurvePublicKey>> {
    let scope = scope_of_keys(owner);
    let rows = pool.rows(OF_OWNER, &[&scope.as_str(), &owner.to_string()]).await?;
    rows.iter().map(|row| Ok(CurvePublicKey::from_bytes(row.array(0)?))).collect()
}

/// Admits a key that nobody has yet.
pub(crate) fn add<'a>(key: &'a CurvePublicKey, owner: &Principal) -> Step<'a> {
    let step = Step::new(ADD).with(key.as_bytes().as_slice());
    let step = step.with(scope_of_keys(owner).as_str().to_owned()).with(owner.to_string());
    step.taken(StoreError::KeyTaken)
}

/// Removes all keys of an owner.
pub(crate) fn remove(owner: &Principal) -> Step<'static> {
    let scope = scope_of_keys(owner);
    Step::new(REMOVE).with(scope.as_str().to_owned()).with(owner.to_string())
}
