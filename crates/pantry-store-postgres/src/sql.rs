//! The statements, each file's own, as the database sees them: SQL is only parsed when it runs, so
//! a misspelt column would show when somebody needs it. The tests prepare every statement on a
//! freshly migrated database, and ask PostgreSQL how it would run each.

use pantry_testkit::postgres::Database;
use tokio_postgres::{Client, NoTls};

use crate::manager::SETTINGS;
use crate::{
    actor_keys, actors, contents, deliveries, documents, generations, holds, index, jobs, keys,
    ledger, members, objects, output, refusals, runs, scopes, search, sightings, transfer,
};

/// Statements that read more than an index leads them to, and why that is right.
const SCANS: &[(&str, &str)] =
    &[("EVERY_KEY", "returns all of them"), ("EVERY_END", "returns one for every scope")];

fn statements() -> Vec<(&'static str, &'static str)> {
    [
        scopes::STATEMENTS,
        documents::STATEMENTS,
        contents::STATEMENTS,
        holds::STATEMENTS,
        objects::STATEMENTS,
        members::STATEMENTS,
        actor_keys::STATEMENTS,
        actors::STATEMENTS,
        generations::STATEMENTS,
        keys::STATEMENTS,
        ledger::STATEMENTS,
        jobs::STATEMENTS,
        deliveries::STATEMENTS,
        output::STATEMENTS,
        sightings::STATEMENTS,
        refusals::STATEMENTS,
        runs::STATEMENTS,
        index::STATEMENTS,
        search::STATEMENTS,
        transfer::STATEMENTS.concat().as_slice(),
    ]
    .concat()
}

/// A connection with the settings of all connections, and its database.
async fn connect() -> (Client, Database) {
    let database = Database::migrated().unwrap();
    let (client, connection) = tokio_postgres::connect(&database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(SETTINGS).await.unwrap();
    (client, database)
}

/// How PostgreSQL would run it whatever its parameters are, a line a step.
async fn plan(client: &Client, statement: &str) -> Vec<String> {
    let parameters = client.prepare(statement).await.unwrap().params().len();
    let nothing = match parameters {
        0 => String::new(),
        count => format!("({})", vec!["NULL"; count].join(", ")),
    };
    client.batch_execute(&format!("PREPARE asked AS {statement}")).await.unwrap();
    let explain = format!("EXPLAIN EXECUTE asked{nothing}");
    let steps = client.query(&explain, &[]).await.unwrap();
    client.batch_execute("DEALLOCATE asked").await.unwrap();
    steps.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn every_statement_fits_the_schema() {
    let (client, _database) = connect().await;
    for (name, statement) in statements() {
        if let Err(error) = client.prepare(statement).await {
            panic!("{name}: {}", crate::error::told(&error));
        }
    }
}

#[tokio::test]
async fn no_statement_walks_a_table_without_a_reason() {
    let (client, _database) = connect().await;
    for (name, statement) in statements() {
        let steps = plan(&client, statement).await;
        let is_costly = |step: &String| {
            ["Seq Scan", "Hash Join", "Merge Join"].iter().any(|it| step.contains(it))
        };
        let excused = SCANS.iter().any(|(excused, _)| *excused == name);
        assert_eq!(steps.iter().any(is_costly), excused, "{name}: {steps:#?}");
    }
}

#[tokio::test]
async fn what_is_open_is_found_by_the_indexes_of_what_is_open() {
    let (client, _database) = connect().await;
    for (name, index) in [
        ("OPEN_OF_MACHINE", "deliveries_open"),
        ("COUNT_OPEN", "deliveries_open"),
        ("OVERDUE", "deliveries_due"),
    ] {
        let statement = statements().into_iter().find(|(known, _)| *known == name).unwrap().1;
        let steps = plan(&client, statement).await;
        assert!(steps.iter().any(|step| step.contains(index)), "{name}: {steps:#?}");
    }
}

#[tokio::test]
async fn deleting_a_parent_finds_its_children_by_an_index() {
    let (client, _database) = connect().await;
    let references = client
        .query(
            "SELECT c.conrelid::regclass::text, a.attname::text FROM pg_constraint c \
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
             WHERE c.contype = 'f'",
            &[],
        )
        .await
        .unwrap();
    assert!(references.len() >= 10, "{}", references.len());
    for reference in references {
        let (table, column): (String, String) = (reference.get(0), reference.get(1));
        let steps = plan(&client, &format!("SELECT 1 FROM {table} WHERE \"{column}\" = $1")).await;
        assert!(!steps.iter().any(|step| step.contains("Seq Scan")), "{table}: {steps:#?}");
    }
}
