//! Scopes: applications, and `_global`.

use pantry_model::ApplicationName;
use pantry_store::{ContentHash, Kind, LastEntry, Scope, StoreError};
use rusqlite::{Connection, OptionalExtension};

use crate::error::Error;
use pantry_store::columns::{broken, from_column};
use pantry_store::sql;

sql! {
    FIND = "SELECT id FROM scopes WHERE name = ?1";
    OPEN = "INSERT INTO scopes (name) VALUES (?1) ON CONFLICT DO NOTHING";
    LAST_ENTRY = "SELECT s.position, l.hash FROM scopes s \
        LEFT JOIN ledger l ON l.scope = s.id AND l.position = s.position WHERE s.id = ?1";
    CLOSE = "DELETE FROM scopes WHERE id = ?1";
}

/// The scope's id, if it is there.
pub(crate) fn find(connection: &Connection, scope: &Scope) -> Result<Option<i64>, Error> {
    let mut statement = connection.prepare_cached(FIND)?;
    Ok(statement.query_row([scope.as_str()], |row| row.get(0)).optional()?)
}

/// The scope's id; an error if it is not there.
pub(crate) fn require(connection: &Connection, scope: &Scope) -> Result<i64, Error> {
    find(connection, scope)?.ok_or_else(|| match scope {
        Scope::Global => broken("there is no scope `_global`").into(),
        Scope::Application(name) => StoreError::NoSuchApplication(name.clone()).into(),
    })
}

/// Makes an application's scope, which must not be there yet.
pub(crate) fn open(connection: &Connection, application: &ApplicationName) -> Result<(), Error> {
    if connection.prepare_cached(OPEN)?.execute([application.as_str()])? == 0 {
        let (kind, name) = (Kind::Application, application.as_str().to_owned());
        return Err(StoreError::Moved { scope: Scope::Global, kind, name }.into());
    }
    Ok(())
}

/// Deletes an application's scope with all that refers to it, and says where its ledger ended.
pub(crate) fn close(
    connection: &Connection,
    application: &ApplicationName,
) -> Result<LastEntry, Error> {
    let scope = require(connection, &Scope::Application(application.clone()))?;
    let (position, last) = connection
        .prepare_cached(LAST_ENTRY)?
        .query_row([scope], |row| Ok((row.get(0)?, row.get::<_, Option<[u8; 32]>>(1)?)))?;
    connection.prepare_cached(CLOSE)?.execute([scope])?;
    Ok(LastEntry { position: from_column(position)?, hash: last.map(ContentHash) })
}
