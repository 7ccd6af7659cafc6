//! The ledgers: positions are taken as the last statements of a commit.
//!
//! There is one writer, so a position that is taken here is either committed or never seen: the
//! ledgers have no gaps.

use pantry_model::{ApplicationName, Timestamp};
use pantry_store::columns::{from_column, kind, parse, scope, to_column, verb};
use pantry_store::sql;
use pantry_store::{
    ContentHash, Entry, Family, Kind, LastEntry, LedgerEnd, LedgerEntry, Scope, Verb, Write,
};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::Error;
use crate::scopes;

sql! {
    AFTER = "SELECT l.position, l.at, l.actor, l.verb, l.kind, l.name, l.hash, \
        l.closed_position, l.closed_hash FROM ledger l JOIN scopes s ON s.id = l.scope \
        WHERE s.name = ?1 AND l.position > ?2 ORDER BY l.position LIMIT ?3";
    POSITION = "SELECT position FROM scopes WHERE name = ?1";
    EVERY_END = "SELECT name, id, position FROM scopes";
    // On the right, `position` is what it was.
    TAKE_POSITION = "UPDATE scopes SET position = position + 1, \
        security = IIF(?2, position + 1, security), \
        environments = IIF(?3, position + 1, environments), \
        cookbooks = IIF(?4, position + 1, cookbooks) WHERE id = ?1 RETURNING position";
    APPEND = "INSERT INTO ledger (scope, position, at, actor, verb, kind, name, hash, \
        closed_position, closed_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
}

/// Entries after a position, oldest first.
pub(crate) fn after(
    connection: &Connection,
    scope: &Scope,
    position: u64,
    limit: u32,
) -> Result<Vec<LedgerEntry>, Error> {
    // No position is beyond what a column holds, so nothing comes after one that is.
    let position = i64::try_from(position).unwrap_or(i64::MAX);
    let mut statement = connection.prepare_cached(AFTER)?;
    statement.query_and_then((scope.as_str(), position, limit), entry)?.collect()
}

/// The last position.
pub(crate) fn position(connection: &Connection, scope: &Scope) -> Result<u64, Error> {
    let mut statement = connection.prepare_cached(POSITION)?;
    let found = statement.query_row([scope.as_str()], |row| row.get(0)).optional()?;
    Ok(found.map_or(Ok(0), from_column)?)
}

/// Where the ledgers of all scopes stand.
pub(crate) fn every_end(connection: &Connection) -> Result<Vec<LedgerEnd>, Error> {
    let mut statement = connection.prepare_cached(EVERY_END)?;
    let rows = statement.query_and_then([], |row| {
        Ok(LedgerEnd {
            scope: scope(&row.get::<_, String>(0)?)?,
            number: row.get(1)?,
            position: from_column(row.get(2)?)?,
        })
    })?;
    rows.collect()
}

fn entry(row: &Row<'_>) -> Result<LedgerEntry, Error> {
    let actor: Option<String> = row.get(2)?;
    let closed: Option<i64> = row.get(7)?;
    let closed_hash: Option<[u8; 32]> = row.get(8)?;
    Ok(LedgerEntry {
        position: from_column(row.get(0)?)?,
        at: Timestamp(row.get(1)?),
        actor: actor.as_deref().map(parse).transpose()?,
        verb: verb(&row.get::<_, String>(3)?)?,
        kind: kind(&row.get::<_, String>(4)?)?,
        name: row.get(5)?,
        hash: row.get::<_, Option<[u8; 32]>>(6)?.map(ContentHash),
        closed: closed
            .map(|position| Ok::<_, Error>((from_column(position)?, closed_hash.map(ContentHash))))
            .transpose()?
            .map(|(position, hash)| LastEntry { position, hash }),
    })
}

/// Appends a write's entries, `_global` first and then by the scopes' age, and moves the generations
/// of the families that they are of. `closed` says where the
/// ledgers of the applications ended that this write deleted.
pub(crate) fn append(
    connection: &Connection,
    write: &Write,
    closed: &[(ApplicationName, LastEntry)],
) -> Result<(), Error> {
    let mut entries = write
        .entries
        .iter()
        .map(|entry| Ok((scopes::require(connection, &entry.scope)?, entry)))
        .collect::<Result<Vec<_>, Error>>()?;
    // Stable, so that entries of one scope keep their order; `_global` was the first scope ever.
    entries.sort_by_key(|(scope, _)| *scope);

    let actor = write.actor.as_ref().map(ToString::to_string);
    for (scope, entry) in entries {
        let family = entry.kind.family();
        let moves = |of| family == Some(of);
        let moved =
            (moves(Family::Security), moves(Family::Environments), moves(Family::Cookbooks));
        let position: i64 = connection
            .prepare_cached(TAKE_POSITION)?
            .query_row((scope, moved.0, moved.1, moved.2), |row| row.get(0))?;
        let end = closed.iter().find(|(name, _)| ends(entry, name)).map(|(_, end)| end);
        connection.prepare_cached(APPEND)?.execute((
            scope,
            position,
            write.at.0,
            &actor,
            entry.verb.as_str(),
            entry.kind.as_str(),
            &entry.name,
            entry.hash.map(|hash| hash.0),
            end.map(|end| to_column(end.position)).transpose()?,
            end.and_then(|end| end.hash).map(|hash| hash.0),
        ))?;
    }
    Ok(())
}

/// Whether an entry is the one that says that this application is deleted.
fn ends(entry: &Entry, application: &ApplicationName) -> bool {
    entry.scope == Scope::Global
        && entry.verb == Verb::Delete
        && entry.kind == Kind::Application
        && entry.name == application.as_str()
}
