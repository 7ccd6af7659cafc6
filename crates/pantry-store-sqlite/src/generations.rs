//! Generations: from the database for whoever decides, from memory for whoever asks.
//!
//! Every request of the API asks for them, so asking must not cost a statement. Memory can answer
//! because no other process writes to this database and one thread of this one does: after each
//! COMMIT, and before anybody whose request was in it is answered, that thread reads again the rows
//! of `scopes` that its statements touched, which a hook of SQLite's has noted. Rows that were only
//! touched by what was undone are read as well, and are as they were.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use pantry_store::{Family, Generations, Scope, StoreError};
use rusqlite::hooks::Action;
use rusqlite::{Connection, Row};

use crate::error::Error;
use pantry_store::columns::{from_column, scope};
use pantry_store::sql;

sql! {
    OF_SCOPE = "SELECT name, id, security, environments, cookbooks FROM scopes WHERE name = ?1";
    OF_NUMBER = "SELECT name, id, security, environments, cookbooks FROM scopes WHERE id = ?1";
    EVERY_SCOPE = "SELECT name, id, security, environments, cookbooks FROM scopes";
}

fn generations(row: &Row<'_>) -> Result<(Scope, Generations), Error> {
    let at = Generations {
        scope: row.get(1)?,
        security: from_column(row.get(2)?)?,
        environments: from_column(row.get(3)?)?,
        cookbooks: from_column(row.get(4)?)?,
    };
    Ok((scope(&row.get::<_, String>(0)?)?, at))
}

/// Where a scope's families stand.
pub(crate) fn read(connection: &Connection, scope: &Scope) -> Result<Option<Generations>, Error> {
    let mut statement = connection.prepare_cached(OF_SCOPE)?;
    let mut rows = statement.query([scope.as_str()])?;
    Ok(rows.next()?.map(generations).transpose()?.map(|(_, at)| at))
}

/// The scope with this number, and where its families stand.
pub(crate) fn numbered(
    connection: &Connection,
    number: i64,
) -> Result<Option<(Scope, Generations)>, Error> {
    let mut statement = connection.prepare_cached(OF_NUMBER)?;
    let mut rows = statement.query([number])?;
    rows.next()?.map(generations).transpose()
}

fn every(connection: &Connection) -> Result<HashMap<Scope, Generations>, Error> {
    connection.prepare_cached(EVERY_SCOPE)?.query_and_then([], generations)?.collect()
}

/// Whether a family stands where it was when something was decided.
pub(crate) fn check(
    connection: &Connection,
    (scope, family, expected): &(Scope, Family, Option<Generations>),
) -> Result<(), Error> {
    let of_family = |at: Generations| at.of(*family);
    if read(connection, scope)?.map(of_family) == expected.map(of_family) {
        return Ok(());
    }
    Err(StoreError::GenerationMoved(scope.clone()).into())
}

/// Where all scopes stand, in memory.
pub(crate) struct Table {
    /// None if a row that was changed could not be read again: then nothing is known, rather than
    /// something that is no longer so.
    known: RwLock<Option<HashMap<Scope, Generations>>>,
    /// The rows of `scopes` that were touched since they were read.
    touched: Arc<Mutex<BTreeSet<i64>>>,
}

impl Table {
    /// Reads all of it, and has the connection, which must be the only one that writes, note what
    /// it touches from now on.
    pub(crate) fn watch(connection: &mut Connection) -> Result<Self, Error> {
        let touched = Arc::<Mutex<BTreeSet<i64>>>::default();
        let noted = Arc::clone(&touched);
        connection.update_hook(Some(move |_: Action, _: &str, table: &str, row| {
            if table == "scopes" {
                lock(&noted).insert(row);
            }
        }))?;
        Ok(Self { known: RwLock::new(Some(every(connection)?)), touched })
    }

    /// Where these scopes stand; `None` if the database must be asked.
    pub(crate) fn get(&self, scopes: &[Scope]) -> Option<Vec<Option<Generations>>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().map(|known| scopes.iter().map(|scope| known.get(scope).copied()).collect())
    }

    /// Takes in what was committed. Called after every COMMIT, on the connection that writes.
    pub(crate) fn take_in(&self, connection: &Connection) {
        let touched = std::mem::take(&mut *lock(&self.touched));
        let read = touched.into_iter().map(|row| Ok((row, numbered(connection, row)?)));
        let read: Result<Vec<_>, Error> = read.collect();
        if read.as_ref().is_ok_and(Vec::is_empty) && self.get(&[]).is_some() {
            return;
        }
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        match (known.as_mut(), read) {
            (Some(known), Ok(rows)) => rows.into_iter().for_each(|row| replace(known, row)),
            _ => *known = every(connection).ok(),
        }
    }
}

fn replace(
    known: &mut HashMap<Scope, Generations>,
    (number, found): (i64, Option<(Scope, Generations)>),
) {
    match found {
        Some((scope, at)) => drop(known.insert(scope, at)),
        // By number, since its namesake may be there already.
        None => known.retain(|_, at| at.scope != number),
    }
}

fn lock(touched: &Mutex<BTreeSet<i64>>) -> MutexGuard<'_, BTreeSet<i64>> {
    touched.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> (Connection, Table) {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::migrations::migrate(&mut connection).unwrap();
        let table = Table::watch(&mut connection).unwrap();
        (connection, table)
    }

    fn security(table: &Table, scope: &str) -> Option<u64> {
        let scope = Scope::Application(scope.parse().unwrap());
        table.get(&[scope]).unwrap()[0].map(|at| at.security)
    }

    #[test]
    fn what_is_undone_is_never_seen() {
        let (connection, table) = table();
        connection.execute_batch("BEGIN; INSERT INTO scopes (name) VALUES ('a')").unwrap();
        connection.execute_batch("SAVEPOINT s; UPDATE scopes SET security = 5").unwrap();
        assert_eq!(security(&table, "a"), None);
        connection.execute_batch("ROLLBACK TO s; RELEASE s; COMMIT").unwrap();
        assert_eq!(security(&table, "a"), None);
        table.take_in(&connection);
        assert_eq!(security(&table, "a"), Some(0));

        connection.execute_batch("BEGIN; DELETE FROM scopes; ROLLBACK").unwrap();
        table.take_in(&connection);
        assert_eq!(security(&table, "a"), Some(0));
    }

    #[test]
    fn what_cannot_be_read_is_not_known_until_it_can() {
        let (connection, table) = table();
        connection.execute_batch("INSERT INTO scopes (name) VALUES ('a')").unwrap();
        table.take_in(&connection);
        connection.execute_batch("UPDATE scopes SET security = -1 WHERE name = 'a'").unwrap();
        table.take_in(&connection);
        assert_eq!(table.get(&[Scope::Global]), None);
        connection.execute_batch("UPDATE scopes SET security = 1 WHERE name = 'a'").unwrap();
        table.take_in(&connection);
        assert_eq!(security(&table, "a"), Some(1));
    }
}
