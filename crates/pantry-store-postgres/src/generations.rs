//! Generations: where the families of scopes stand.
//!
//! Every request of the API asks for them, since another server may have changed what it remembers:
//! one statement, by an index, on rows that are in the database's memory.

use std::collections::HashMap;

use pantry_store::columns::{from_column, scope, to_column};
use pantry_store::{Family, Generations, Scope, StoreError, sql};
use tokio_postgres::Row;

use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result};

sql! {
    OF_SCOPES = "SELECT name, id, security, environments, cookbooks FROM scopes \
        WHERE name = ANY($1::text[])";
    // The number of one that does not stand where it did.
    CHECK = "SELECT refuse(e.number::text) FROM unnest($1::text[], $2::text[], $3::bigint[], \
        $4::bigint[]) WITH ORDINALITY AS e (scope, family, id, position, number) \
        LEFT JOIN scopes s ON s.name = e.scope \
        WHERE s.id IS DISTINCT FROM e.id OR CASE e.family WHEN 'security' THEN s.security \
            WHEN 'environments' THEN s.environments ELSE s.cookbooks END IS DISTINCT FROM e.position LIMIT 1";
}

/// A scope's generations from the columns from `first` on: its name, its number, and its families'.
pub(crate) fn generations(row: &Row, first: usize) -> Result<(Scope, Generations)> {
    let at = Generations {
        scope: row.integer(first + 1)?,
        security: from_column(row.integer(first + 2)?)?,
        environments: from_column(row.integer(first + 3)?)?,
        cookbooks: from_column(row.integer(first + 4)?)?,
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

/// Where a family stood when something was decided.
pub(crate) type Expected = (Scope, Family, Option<Generations>);

/// Whether families stand where they were.
pub(crate) fn check<'a>(expects: &[&'a Expected]) -> Result<Step<'a>> {
    let at = |one: &Expected| one.2.map(|at| at.of(one.1));
    let position = |one: &Expected| at(one).map(|(_, position)| to_column(position)).transpose();
    let positions = expects.iter().map(|one| position(one));
    let reasons = expects.iter().map(|one| StoreError::GenerationMoved(one.0.clone()));
    Ok(Step::new(CHECK)
        .with(expects.iter().map(|one| one.0.as_str()).collect::<Vec<_>>())
        .with(expects.iter().map(|one| column(one.1)).collect::<Vec<_>>())
        .with(expects.iter().map(|one| at(one).map(|(id, _)| id)).collect::<Vec<_>>())
        .with(positions.collect::<Result<Vec<_>>>()?)
        .refusing(reasons))
}

/// The column of a family.
fn column(family: Family) -> &'static str {
    match family {
        Family::Security => "security",
        Family::Environments => "environments",
        Family::Cookbooks => "cookbooks",
    }
}
