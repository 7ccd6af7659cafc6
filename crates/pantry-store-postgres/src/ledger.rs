//! The ledgers: positions are taken as the last statements of a commit, whose scopes are locked, so
//! they are either committed or never seen, and have no gaps.

use std::collections::HashMap;

use pantry_model::ApplicationName;
use pantry_store::columns::{from_column, kind, parse, scope, verb};
use pantry_store::{
    ContentHash, Entry, Family, Kind, LastEntry, LedgerEnd, LedgerEntry, Scope, Verb, Write, sql,
};
use tokio_postgres::Row;

use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result};

sql! {
    AFTER = "SELECT l.position, l.at, l.actor, l.verb, l.kind, l.name, l.hash, \
        l.closed_position, l.closed_hash FROM scopes s JOIN ledger l ON l.scope = s.id \
        WHERE s.name = $1 AND l.position > $2 ORDER BY l.position LIMIT $3";
    POSITION = "SELECT position FROM scopes WHERE name = $1";
    EVERY_END = "SELECT name, id, position FROM scopes";
    // `$1` to `$5` are the scopes, each with how many entries it gets and the numbers of the last of
    // them that move a family, if any does; the rest are the entries, each with the place of its
    // scope in `$1` and its own number there, from 1. On the right, `position` is what it was.
    // `closed` is the application that an entry closes.
    APPEND = "WITH taken AS (UPDATE scopes SET position = scopes.position + s.count, \
            security = COALESCE(scopes.position + s.security, scopes.security), \
            environments = COALESCE(scopes.position + s.environments, scopes.environments), \
            cookbooks = COALESCE(scopes.position + s.cookbooks, scopes.cookbooks) \
            FROM (SELECT scope_number(name) AS id, count, security, environments, cookbooks, number \
                FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) \
                WITH ORDINALITY AS s (name, count, security, environments, cookbooks, number)) s \
            WHERE scopes.id = s.id \
            RETURNING scopes.id, scopes.position - s.count AS before, s.number) \
        INSERT INTO ledger (scope, position, verb, kind, name, hash, at, actor, \
            closed_position, closed_hash) \
        SELECT taken.id, taken.before + e.number, e.verb, e.kind, e.name, e.hash, e.at, e.actor, \
            (SELECT c.position FROM scopes c WHERE c.name = '!' || e.closed), \
            (SELECT l.hash FROM scopes c JOIN ledger l ON l.scope = c.id AND l.position = c.position \
                WHERE c.name = '!' || e.closed) \
        FROM unnest($6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::bytea[], \
            $12::bigint[], $13::text[], $14::text[]) \
            AS e (scope, number, verb, kind, name, hash, at, actor, closed) \
        JOIN taken ON taken.number = e.scope";
}

/// Entries after a position, oldest first.
pub(crate) async fn after(
    pool: &Pool,
    scope: &Scope,
    position: u64,
    limit: u32,
) -> Result<Vec<LedgerEntry>> {
    // No position is beyond what a column holds, so nothing comes after one that is.
    let position = i64::try_from(position).unwrap_or(i64::MAX);
    let rows = pool.rows(AFTER, &[&scope.as_str(), &position, &i64::from(limit)]).await?;
    rows.iter().map(entry).collect()
}

/// The last position.
pub(crate) async fn position(pool: &Pool, scope: &Scope) -> Result<u64> {
    let row = pool.row(POSITION, &[&scope.as_str()]).await?;
    row.map_or(Ok(0), |row| from_column(row.integer(0)?))
}

/// Where the ledgers of all scopes stand.
pub(crate) async fn every_end(pool: &Pool) -> Result<Vec<LedgerEnd>> {
    let rows = pool.rows(EVERY_END, &[]).await?;
    let end = |row: &Row| {
        let (number, position) = (row.integer(1)?, from_column(row.integer(2)?)?);
        Ok(LedgerEnd { scope: scope(row.str(0)?)?, number, position })
    };
    rows.iter().map(end).collect()
}

fn entry(row: &Row) -> Result<LedgerEntry> {
    let actor: Option<&str> = row.get_column(2)?;
    let closed: Option<i64> = row.get_column(7)?;
    let closed_hash = row.optional_array(8)?.map(ContentHash);
    let end = |position| Ok(LastEntry { position: from_column(position)?, hash: closed_hash });
    Ok(LedgerEntry {
        position: from_column(row.integer(0)?)?,
        at: row.timestamp(1)?,
        actor: actor.map(parse).transpose()?,
        verb: verb(row.str(3)?)?,
        kind: kind(row.str(4)?)?,
        name: row.text(5)?,
        hash: row.optional_array(6)?.map(ContentHash),
        closed: closed.map(end).transpose()?,
    })
}

/// The entries that one scope gets: how many, and which are the last that move a family.
#[derive(Default)]
struct Share<'a> {
    scope: &'a str,
    count: i64,
    security: Option<i64>,
    environments: Option<i64>,
    cookbooks: Option<i64>,
}

/// Appends the entries of these writes, in their order within each scope. `closed` are the
/// applications that they have closed.
pub(crate) fn append<'a>(writes: &[&'a Write], closed: &[&'a ApplicationName]) -> Step<'a> {
    let mut shares: Vec<Share<'a>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let (mut scopes, mut numbers) = (Vec::new(), Vec::new());
    let lines: Vec<(&'a Write, &'a Entry)> =
        writes.iter().flat_map(|write| write.entries.iter().map(|entry| (*write, entry))).collect();
    for (_, entry) in &lines {
        let scope = entry.scope.as_str();
        let place = *places.entry(scope).or_insert_with(|| {
            shares.push(Share { scope, ..Share::default() });
            shares.len()
        });
        let Some(share) = shares.get_mut(place - 1) else { continue };
        share.count += 1;
        match entry.kind.family() {
            Some(Family::Security) => share.security = Some(share.count),
            Some(Family::Environments) => share.environments = Some(share.count),
            Some(Family::Cookbooks) => share.cookbooks = Some(share.count),
            None => {}
        }
        scopes.push(i64::try_from(place).unwrap_or(i64::MAX));
        numbers.push(share.count);
    }
    let ended = |entry: &Entry| closed.iter().find(|name| ends(entry, name)).map(|it| it.as_str());
    let hash = |entry: &'a Entry| entry.hash.as_ref().map(|hash| hash.0.as_slice());
    let actor = |write: &Write| write.actor.as_ref().map(ToString::to_string);
    Step::new(APPEND)
        .with(shares.iter().map(|share| share.scope).collect::<Vec<_>>())
        .with(shares.iter().map(|share| share.count).collect::<Vec<_>>())
        .with(shares.iter().map(|share| share.security).collect::<Vec<_>>())
        .with(shares.iter().map(|share| share.environments).collect::<Vec<_>>())
        .with(shares.iter().map(|share| share.cookbooks).collect::<Vec<_>>())
        .with(scopes)
        .with(numbers)
        .with(lines.iter().map(|(_, entry)| entry.verb.as_str()).collect::<Vec<_>>())
        .with(lines.iter().map(|(_, entry)| entry.kind.as_str()).collect::<Vec<_>>())
        .with(lines.iter().map(|(_, entry)| entry.name.as_str()).collect::<Vec<_>>())
        .with(lines.iter().map(|(_, entry)| hash(entry)).collect::<Vec<_>>())
        .with(lines.iter().map(|(write, _)| write.at.0).collect::<Vec<_>>())
        .with(lines.iter().map(|(write, _)| actor(write)).collect::<Vec<_>>())
        .with(lines.iter().map(|(_, entry)| ended(entry)).collect::<Vec<_>>())
}

/// Whether an entry is the one that says that this application is deleted.
fn ends(entry: &Entry, application: &ApplicationName) -> bool {
    entry.scope == Scope::Global
        && entry.verb == Verb::Delete
        && entry.kind == Kind::Application
        && entry.name == application.as_str()
}
