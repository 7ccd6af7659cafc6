use pantry_testkit::postgres::Database;
use tokio_postgres::NoTls;

use super::*;

const A: &str = "CREATE TABLE a (x integer)";
const B: &str = "CREATE TABLE b (x integer)";

async fn connect(database: &Database) -> Client {
    let (client, connection) = tokio_postgres::connect(&database.url(), NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

#[tokio::test]
async fn only_the_steps_that_are_missing_run() {
    let database = Database::empty().unwrap();
    let client = connect(&database).await;
    assert_eq!(found(&client).await.unwrap(), None);
    run(&client, &[A]).await.unwrap();
    run(&client, &[A, B]).await.unwrap();
    run(&client, &[A, B]).await.unwrap();
    assert_eq!(found(&client).await.unwrap(), Some(2));
}

#[tokio::test]
async fn a_step_that_fails_leaves_nothing_behind() {
    let database = Database::empty().unwrap();
    let client = connect(&database).await;
    let twice = format!("{B}; {B}");
    assert!(run(&client, &[A, &twice]).await.is_err());
    assert_eq!(found(&client).await.unwrap(), Some(1));
    run(&client, &[A, B]).await.unwrap();
    assert_eq!(found(&client).await.unwrap(), Some(2));
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let database = Database::empty().unwrap();
    let client = connect(&database).await;
    run(&client, &[A, B]).await.unwrap();
    match run(&client, &[A]).await {
        Err(Error::Store(error)) => {
            assert_eq!(error, StoreError::NewerSchema { found: 2, known: 1 });
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn servers_that_start_together_migrate_once() {
    let database = Database::empty().unwrap();
    let mut servers = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let client = connect(&database).await;
        servers.spawn(async move { run(&client, &[A, B]).await });
    }
    for outcome in servers.join_all().await {
        outcome.unwrap();
    }
}

/// A step that changes a table waits until nobody uses it, and nobody waits behind it for long.
#[tokio::test]
async fn a_step_gives_way_to_servers_that_run() {
    let database = Database::empty().unwrap();
    let client = connect(&database).await;
    run(&client, &[A]).await.unwrap();
    let older = connect(&database).await;
    older.batch_execute("BEGIN; INSERT INTO a VALUES (1)").await.unwrap();
    let newer = "ALTER TABLE a ADD COLUMN y integer NOT NULL DEFAULT 0";
    let migrating = tokio::spawn(async move { run(&client, &[A, newer]).await });
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'a'::regclass";
    let watcher = connect(&database).await;
    let waiting = async || watcher.query_one(waits, &[]).await.unwrap().get::<_, i64>(0);
    // It waits, and it stops waiting although nobody made way for it.
    for expected in [1, 0] {
        while waiting().await != expected {
            assert!(!migrating.is_finished());
            tokio::task::yield_now().await;
        }
    }
    let statement = older.prepare("INSERT INTO a (x) VALUES (2)").await.unwrap();
    older.execute(&statement, &[]).await.unwrap();
    older.batch_execute("COMMIT").await.unwrap();
    migrating.await.unwrap().unwrap();
    // What the older server has prepared still works.
    older.execute(&statement, &[]).await.unwrap();
}
