//! The ledgers: positions are taken as the last statements of a commit, whose scopes are locked, so
//! they are either committed or never seen, and have no gaps.

use std::collections::BTreeMap;

use pantry_model::ApplicationName;
use pantry_store::columns::{from_column, kind, parse, verb};
use pantry_store::{
    ContentHash, Entry, Family, Kind, LastEntry, LedgerEntry, Scope, Verb, Write, sql,
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
    // On the right, `position` is what it was. `$2` and `$3` are the numbers of the last entries of
    // the families among these, if there are any; `closed` is the application that an entry closes.
    APPEND = "WITH taken AS (UPDATE scopes SET position = position + cardinality($4::text[]), \
            security = COALESCE(position + $2::bigint, security), \
            environments = COALESCE(position + $3::bigint, environments) \
            WHERE id = scope_number($1) \
            RETURNING id, position - cardinality($4::text[]) AS before) \
        INSERT INTO ledger (scope, position, verb, kind, name, hash, at, actor, \
            closed_position, closed_hash) \
        SELECT taken.id, taken.before + e.number, e.verb, e.kind, e.name, e.hash, e.at, e.actor, \
            (SELECT c.position FROM scopes c WHERE c.name = '!' || e.closed), \
            (SELECT l.hash FROM scopes c JOIN ledger l ON l.scope = c.id AND l.position = c.position \
                WHERE c.name = '!' || e.closed) \
        FROM taken, unnest($4::text[], $5::text[], $6::text[], $7::bytea[], $8::bigint[], \
            $9::text[], $10::text[]) \
            WITH ORDINALITY AS e (verb, kind, name, hash, at, actor, closed, number)";
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

/// Appends the entries of these writes, scope by scope. `closed` are the applications that they
/// have closed.
pub(crate) fn append<'a>(writes: &[&'a Write], closed: &[&'a ApplicationName]) -> Vec<Step<'a>> {
    let mut scopes: BTreeMap<&Scope, Vec<(&Write, &Entry)>> = BTreeMap::new();
    for write in writes {
        for entry in &write.entries {
            scopes.entry(&entry.scope).or_default().push((write, entry));
        }
    }
    scopes.into_iter().map(|(scope, lines)| append_to(scope, &lines, closed)).collect()
}

fn append_to<'a>(
    scope: &'a Scope,
    lines: &[(&'a Write, &'a Entry)],
    closed: &[&'a ApplicationName],
) -> Step<'a> {
    let last_of = |family: Family| -> Option<i64> {
        let last = (1..).zip(lines).filter(|(_, (_, entry))| entry.kind.family() == Some(family));
        last.last().map(|(number, _)| number)
    };
    let ended = |entry: &Entry| closed.iter().find(|name| ends(entry, name)).map(|it| it.as_str());
    let hash = |entry: &'a Entry| entry.hash.as_ref().map(|hash| hash.0.as_slice());
    let actor = |write: &Write| write.actor.as_ref().map(ToString::to_string);
    Step::new(APPEND)
        .with(scope.as_str())
        .with(last_of(Family::Security))
        .with(last_of(Family::Environments))
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
