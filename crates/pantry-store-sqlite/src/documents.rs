//! Documents: stored as sent, returned as stored.

use pantry_store::{ContentHash, Document, Expect, Kind, Scope, StoreError};
use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::{Constraint, Error, violated};
use crate::scopes;
use pantry_store::columns::from_column;
use pantry_store::sql;

sql! {
    ONE = "SELECT d.name, d.body, d.hash FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE s.name = ?1 AND d.kind = ?2 AND d.name = ?3";
    OF_KIND = "SELECT d.name, d.body, d.hash FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE s.name = ?1 AND d.kind = ?2 ORDER BY d.name";
    COUNT = "SELECT COUNT(*) FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE s.name = ?1 AND d.kind = ?2";
    NAMES = "SELECT d.name FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE s.name = ?1 AND d.kind = ?2 ORDER BY d.name";
    // From the parent's name with a slash to that with what comes after a slash.
    NAMES_UNDER = "SELECT d.name FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE s.name = ?1 AND d.kind = ?2 AND d.name > ?3 || '/' AND d.name < ?3 || '0' \
        ORDER BY d.name";
    UNDER = "SELECT d.name, d.body, d.hash FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE s.name = ?1 AND d.kind = ?2 AND d.name > ?3 || '/' AND d.name < ?3 || '0' \
        ORDER BY d.name";
    HASH = "SELECT d.hash FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE s.name = ?1 AND d.kind = ?2 AND d.name = ?3";
    // An update keeps the row's id, which a machine's sighting refers to, and what makes the
    // document an object.
    PUT = "INSERT INTO documents (scope, kind, name, hash, body) VALUES (?1, ?2, ?3, ?4, ?5) \
        ON CONFLICT (scope, kind, name) DO UPDATE SET hash = excluded.hash, body = excluded.body";
    RENAME = "UPDATE documents SET name = ?4 WHERE scope = ?1 AND kind = ?2 AND name = ?3";
    DELETE = "DELETE FROM documents WHERE scope = ?1 AND kind = ?2 AND name = ?3";
    DELETE_UNDER = "DELETE FROM documents \
        WHERE scope = ?1 AND kind = ?2 AND name > ?3 || '/' AND name < ?3 || '0'";
}

/// A document from the first columns of a row: name, body and hash.
pub(crate) fn document(row: &Row<'_>) -> rusqlite::Result<Document> {
    Ok(Document { name: row.get(0)?, body: row.get(1)?, hash: ContentHash(row.get(2)?) })
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

/// The names of all of a kind, in order.
pub(crate) fn names(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
) -> Result<Vec<String>, Error> {
    let mut statement = connection.prepare_cached(NAMES)?;
    let rows = statement.query_map((scope.as_str(), kind.as_str()), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The names of those of a kind that are under a parent's, without it, in order.
pub(crate) fn names_under(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
    parent: &str,
) -> Result<Vec<String>, Error> {
    let mut statement = connection.prepare_cached(NAMES_UNDER)?;
    let own = |name: String| match name.strip_prefix(parent).and_then(|it| it.strip_prefix('/')) {
        Some(own) => own.to_owned(),
        None => name,
    };
    let rows = statement.query_map((scope.as_str(), kind.as_str(), parent), |row| row.get(0))?;
    rows.map(|name| Ok(own(name?))).collect()
}

/// Those of a kind that are under a parent's name, by name.
pub(crate) fn under(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
    parent: &str,
) -> Result<Vec<Document>, Error> {
    let mut statement = connection.prepare_cached(UNDER)?;
    let rows = statement.query_map((scope.as_str(), kind.as_str(), parent), document)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many of a kind there are.
pub(crate) fn count(connection: &Connection, scope: &Scope, kind: Kind) -> Result<u64, Error> {
    let mut statement = connection.prepare_cached(COUNT)?;
    Ok(from_column(statement.query_row((scope.as_str(), kind.as_str()), |row| row.get(0))?)?)
}

/// Whether what was expected is so; an application that is not there has no documents.
pub(crate) fn check(connection: &Connection, expect: &Expect) -> Result<(), Error> {
    let found = connection
        .prepare_cached(HASH)?
        .query_row((expect.scope.as_str(), expect.kind.as_str(), &expect.name), |row| row.get(0))
        .optional()?
        .map(ContentHash);
    if found == expect.hash {
        return Ok(());
    }
    Err(moved(&expect.scope, expect.kind, &expect.name))
}

/// The error that says that this document is not as it was.
pub(crate) fn moved(scope: &Scope, kind: Kind, name: &str) -> Error {
    StoreError::Moved { scope: scope.clone(), kind, name: name.to_owned() }.into()
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

/// Gives a document another name.
pub(crate) fn rename(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
    name: &str,
    to: &str,
) -> Result<(), Error> {
    let number = scopes::require(connection, scope)?;
    let mut statement = connection.prepare_cached(RENAME)?;
    match statement.execute((number, kind.as_str(), name, to)) {
        Ok(0) => Err(moved(scope, kind, name)),
        Ok(_) => Ok(()),
        Err(error) if violated(&error) == Some(Constraint::Unique) => Err(moved(scope, kind, to)),
        Err(error) => Err(error.into()),
    }
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

/// Deletes all documents under a parent's name.
pub(crate) fn delete_under(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
    parent: &str,
) -> Result<(), Error> {
    let scope = scopes::require(connection, scope)?;
    connection.prepare_cached(DELETE_UNDER)?.execute((scope, kind.as_str(), parent))?;
    Ok(())
}
