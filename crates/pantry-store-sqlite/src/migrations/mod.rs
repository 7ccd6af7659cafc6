//! The schema, as a list of steps that only ever grows.
//!
//! Each step is one SQL file and runs in one transaction, which also sets `PRAGMA user_version` to
//! its number: a server that is killed between two steps goes on with the second. There is no way
//! back; a schema that is newer than the program is refused.

use pantry_store::StoreError;
use rusqlite::{Connection, TransactionBehavior};

use crate::error::Error;

const STEPS: &[&str] = &[
    include_str!("0001_begin.sql"),
    include_str!("0002_objects.sql"),
    include_str!("0003_marks.sql"),
    include_str!("0004_search.sql"),
    include_str!("0005_contents.sql"),
    include_str!("0006_runs.sql"),
];

/// Brings the database to the newest schema that this program knows.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), Error> {
    run(connection, STEPS)
}

fn run(connection: &mut Connection, steps: &[&str]) -> Result<(), Error> {
    let found: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(StoreError::NewerSchema { found, known }.into());
    }
    for (number, step) in (1u32..).zip(steps).skip_while(|(number, _)| *number <= found) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(connection: &Connection) -> u32 {
        connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
    }

    #[test]
    fn only_the_steps_that_are_missing_run() {
        let mut connection = Connection::open_in_memory().unwrap();
        run(&mut connection, &["CREATE TABLE a (x)"]).unwrap();
        run(&mut connection, &["CREATE TABLE a (x)", "CREATE TABLE b (x)"]).unwrap();
        run(&mut connection, &["CREATE TABLE a (x)", "CREATE TABLE b (x)"]).unwrap();
        assert_eq!(version(&connection), 2);
    }

    #[test]
    fn a_step_that_fails_leaves_nothing_behind() {
        let mut connection = Connection::open_in_memory().unwrap();
        assert!(run(&mut connection, &["CREATE TABLE a (x); CREATE TABLE a (x)"]).is_err());
        assert_eq!(version(&connection), 0);
        run(&mut connection, &["CREATE TABLE a (x)"]).unwrap();
    }

    #[test]
    fn a_newer_schema_is_refused() {
        let mut connection = Connection::open_in_memory().unwrap();
        run(&mut connection, &["", ""]).unwrap();
        match run(&mut connection, &[""]) {
            Err(Error::Store(error)) => {
                assert_eq!(error, StoreError::NewerSchema { found: 2, known: 1 });
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_was_entered_before_there_were_generations_counts() {
        let mut connection = Connection::open_in_memory().unwrap();
        run(&mut connection, &STEPS[..1]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO scopes (name) VALUES ('shop'); \
                 INSERT INTO ledger (scope, position, at, verb, kind, name) VALUES \
                 (1, 1, 0, 'create', 'user', 'a'), (1, 2, 0, 'create', 'application', 'shop'), \
                 (1, 3, 0, 'create', 'key', 'a'), (2, 1, 0, 'create', 'machine', 'web1')",
            )
            .unwrap();
        migrate(&mut connection).unwrap();
        let mut statement = connection.prepare("SELECT security FROM scopes ORDER BY id").unwrap();
        let security: Vec<i64> =
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        assert_eq!(security, [2, 0]);
    }
}
