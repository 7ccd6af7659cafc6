//! Documents: stored as sent, returned as stored.

use pantry_store::{ContentHash, Document, Expect, Kind, Scope, StoreError};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::convert::{from_column, hash};
use crate::error::Error;
use crate::scopes;
use crate::sql::sql;

sql! {
    ONE = "SELECT d.name, d.body, d.hash FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE s.name = ?1 AND d.kind = ?2 AND d.name = ?3";
    OF_KIND = "SELECT d.name, d.body, d.hash FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE s.name = ?1 AND d.kind = ?2 ORDER BY d.name";
    COUNT = "SELECT COUNT(*) FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE s.name = ?1 AND d.kind = ?2";
    HASH = "SELECT d.hash FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE s.name = ?1 AND d.kind = ?2 AND d.name = ?3";
    // An update keeps the row's id, which a machine's sighting refers to.
    PUT = "INSERT INTO documents (scope, kind, name, hash, body) VALUES (?1, ?2, ?3, ?4, ?5) \
        ON CONFLICT (scope, kind, name) DO UPDATE SET hash = excluded.hash, body = excluded.body";
    DELETE = "DELETE FROM documents WHERE scope = ?1 AND kind = ?2 AND name = ?3";
}

fn document(row: &Row<'_>) -> rusqlite::Result<Document> {
    Ok(Document { name: row.get(0)?, body: row.get(1)?, hash: hash(row.get(2)?) })
}

/// One document.
pub(crate) fn get(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
    name: &str,
) -> Result<Option<Document>, Error> {
    let mut statement = connection.prepare_cached(ONE)?;
    Ok(statement.query_row((scope.as_str(), kind.as_str(), name), document).optional()?)
}

/// All of a kind, by name.
pub(crate) fn list(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
) -> Result<Vec<Document>, Error> {
    let mut statement = connection.prepare_cached(OF_KIND)?;
    let rows = statement.query_map((scope.as_str(), kind.as_str()), document)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many of a kind there are.
pub(crate) fn count(connection: &Connection, scope: &Scope, kind: Kind) -> Result<u64, Error> {
    let mut statement = connection.prepare_cached(COUNT)?;
    from_column(statement.query_row((scope.as_str(), kind.as_str()), |row| row.get(0))?)
}

/// Whether what was expected is so; an application that is not there has no documents.
pub(crate) fn check(connection: &Connection, expect: &Expect) -> Result<(), Error> {
    let found = connection
        .prepare_cached(HASH)?
        .query_row((expect.scope.as_str(), expect.kind.as_str(), &expect.name), |row| row.get(0))
        .optional()?
        .map(hash);
    if found == expect.hash {
        return Ok(());
    }
    let (scope, name) = (expect.scope.clone(), expect.name.clone());
    Err(StoreError::Moved { scope, kind: expect.kind, name }.into())
}

/// Stores a document.
pub(crate) fn put(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
    name: &str,
    body: &[u8],
) -> Result<(), Error> {
    let scope = scopes::require(connection, scope)?;
    let hash = ContentHash::of(body).0;
    connection.prepare_cached(PUT)?.execute((scope, kind.as_str(), name, hash, body))?;
    Ok(())
}

/// Deletes a document, if it is there.
pub(crate) fn delete(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
    name: &str,
) -> Result<(), Error> {
    let scope = scopes::require(connection, scope)?;
    connection.prepare_cached(DELETE)?.execute((scope, kind.as_str(), name))?;
    Ok(())
}
