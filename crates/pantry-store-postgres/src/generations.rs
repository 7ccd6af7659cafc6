//! Generations: where the families of scopes stand.
//!
//! Every request of the API asks for them, since another server may have changed what it remembers:
//! one statement, by an index, on rows that are in the database's memory.

use std::collections::HashMap;

use pantry_store::columns::{from_column, scope};
use pantry_store::{Family, Generations, Scope, StoreError, sql};
use tokio_postgres::Row;

use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result};

sql! {
    OF_SCOPES = "SELECT name, id, security, environments FROM scopes WHERE name = ANY($1::text[])";
    // The number of one that does not stand where it did.
    CHECK = "SELECT refuse(e.number::text) FROM unnest($1::text[], $2::boolean[], $3::bigint[], \
        $4::bigint[]) WITH ORDINALITY AS e (scope, is_security, id, position, number) \
        LEFT JOIN scopes s ON s.name = e.scope \
        WHERE s.id IS DISTINCT FROM e.id OR CASE WHEN e.is_security THEN s.security \
            ELSE s.environments END IS DISTINCT FROM e.position LIMIT 1";
}

/// A scope's generations from the columns from `first` on: its name, its number, and its families'.
pub(crate) fn generations(row: &Row, first: usize) -> Result<(Scope, Generations)> {
    let at = Generations {
        scope: row.integer(first + 1)?,
        security: from_column(row.integer(first + 2)?)?,
        environments: from_column(row.integer(first + 3)?)?,
    };
    Ok((scope(row.str(first)?)?, at))
}

/// Where the families of these scopes stand.
pub(crate) async fn list(pool: &Pool, scopes: &[Scope]) -> Result<Vec<Option<Generations>>> {
    if scopes.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<&str> = scopes.iter().map(Scope::as_str).collect();
    let rows = pool.rows(OF_SCOPES, &[&names]).await?;
    let found = rows.iter().map(|row| generations(row, 0));
    let found = found.collect::<Result<HashMap<Scope, Generations>>>()?;
    Ok(scopes.iter().map(|scope| found.get(scope).copied()).collect())
}

/// Whether families stand where they were when something was decided.
pub(crate) fn check(expects: &[(Scope, Family, Option<Generations>)]) -> Result<Step<'_>> {
    let scopes: Vec<&str> = expects.iter().map(|(scope, ..)| scope.as_str()).collect();
    let is_security: Vec<bool> =
        expects.iter().map(|(_, family, _)| *family == Family::Security).collect();
    let expected = |(_, family, at): &(_, Family, Option<Generations>)| at.map(|at| at.of(*family));
    let ids: Vec<Option<i64>> =
        expects.iter().map(|one| expected(one).map(|(number, _)| number)).collect();
    let position =
        |one| expected(one).map(|(_, position)| pantry_store::columns::to_column(position));
    let positions = expects.iter().map(|one| position(one).transpose());
    let positions = positions.collect::<Result<Vec<Option<i64>>>>()?;
    let reasons = expects.iter().map(|(scope, ..)| StoreError::GenerationMoved(scope.clone()));
    let step = Step::new(CHECK).with(scopes).with(is_security).with(ids).with(positions);
    Ok(step.refusing(reasons))
}
