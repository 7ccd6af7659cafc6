//! The database fails in every way that it can: what was answered is so, what was refused is not,
//! and when the database is back so is the store.

use std::sync::Arc;
use std::time::{Duration, Instant};

use pantry_store::{Kind, Store as _};
use pantry_testkit::postgres::Cluster;
use tokio::time::{sleep, timeout};
use tokio_postgres::NoTls;

use crate::load::Load;
use crate::place::{enter, open, open_app, open_at, scope, until, write};

/// Small writes.
const SMALL: usize = 200;

async fn loaded(cluster: &Cluster, connections: usize) -> Load {
    let load = Load::begin(Arc::new(open(cluster, connections).await), SMALL).await;
    load.goes_on().await;
    load
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn restarts_are_pauses() {
    let mut cluster = Cluster::running(&[]).unwrap();
    let load = loaded(&cluster, 8).await;
    let mut longest = Duration::ZERO;
    for _ in 0..3 {
        let begun = Instant::now();
        cluster.stop().unwrap();
        cluster.start().unwrap();
        longest = longest.max(begun.elapsed());
        load.goes_on().await;
    }
    let outcome = load.end().await;
    // As long as a restart is quicker than the patience of the store, which depends on the machine.
    let is_quick = longest < Duration::from_secs(2);
    assert!(!is_quick || outcome.undone.is_empty(), "{longest:?}: {outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crashes_leave_nothing_half_done() {
    let mut cluster = Cluster::running(&[]).unwrap();
    let load = loaded(&cluster, 8).await;
    for round in 0..4 {
        if round % 2 == 0 {
            cluster.kill().unwrap();
        } else {
            cluster.abort().unwrap();
        }
        cluster.start().unwrap();
        load.goes_on().await;
    }
    load.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_stays_away_is_told_and_comes_back() {
    let mut cluster = Cluster::running(&[]).unwrap();
    let load = loaded(&cluster, 8).await;
    cluster.stop().unwrap();
    load.is_refused("").await;
    cluster.start().unwrap();
    load.goes_on().await;
    let outcome = load.end().await;
    assert!(outcome.longest < Duration::from_secs(8), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cut_connections_are_replaced() {
    let cluster = Cluster::running(&[]).unwrap();
    let load = loaded(&cluster, 8).await;
    for _ in 0..10 {
        let others = "pid <> pg_backend_pid() AND backend_type = 'client backend'";
        let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}");
        cluster.sql("template1", &cut).unwrap();
        load.goes_on().await;
    }
    let outcome = load.end().await;
    assert_eq!(outcome.undone, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_others_have_taken_are_waited_for() {
    let settings = [("max_connections", "12"), ("superuser_reserved_connections", "2")];
    let cluster = Cluster::running(&settings).unwrap();
    cluster
        .sql("postgres", "CREATE ROLE pantry LOGIN; GRANT ALL ON SCHEMA public TO pantry")
        .unwrap();
    let url = cluster.url("postgres").replace("postgres@", "pantry@");
    let store = open_at(&url, 4).await;
    let load = Load::begin(Arc::new(store), SMALL).await;
    load.goes_on().await;
    // Others take what the store's connections leave when they end.
    let mut others = Vec::new();
    let mine = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'pantry' \
        AND application_name <> 'other'";
    for _ in 0..40 {
        let mut config: tokio_postgres::Config = url.parse().unwrap();
        config.application_name("other");
        match config.connect(NoTls).await {
            Ok((client, connection)) => others.push((client, tokio::spawn(connection))),
            Err(_) if others.len() == 10 => break,
            // For a moment, whoever is being refused takes a place as well: then this is refused too.
            Err(_) => drop(cluster.sql("postgres", mine)),
        }
    }
    assert_eq!(others.len(), 10);
    load.is_refused("cannot be reached").await;
    others.clear();
    load.goes_on().await;
    load.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_told_until_there_is_room() {
    let cluster = Cluster::running(&[]).unwrap();
    let load = Load::begin(Arc::new(open(&cluster, 4).await), 100_000).await;
    load.goes_on().await;
    // Its log, which is written in files of 16 MiB, has room; tables have not.
    cluster.limit_files(Some(17 * 1024 * 1024)).unwrap();
    load.is_refused("room").await;
    cluster.limit_files(None).unwrap();
    load.goes_on().await;
    load.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_is_waited_for() {
    let cluster = Cluster::running(&[]).unwrap();
    let load = loaded(&cluster, 8).await;
    cluster.pause().unwrap();
    sleep(Duration::from_secs(3)).await;
    cluster.resume().unwrap();
    load.goes_on().await;
    let outcome = load.end().await;
    assert_eq!((outcome.undone, outcome.unknown), (Vec::new(), 0));
    assert!(outcome.longest >= Duration::from_secs(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_undone_for_anothers_sake_is_done_again() {
    let cluster = Cluster::running(&[]).unwrap();
    let store = open(&cluster, 4).await;
    open_app(&store, "shop").await;
    // The first two entries are refused as PostgreSQL refuses what it cannot put in order.
    let trigger = "CREATE SEQUENCE tries; \
        CREATE FUNCTION collide() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
            IF nextval('tries') <= 2 THEN RAISE EXCEPTION USING ERRCODE = '40001'; END IF; \
            RETURN NEW; END $$; \
        CREATE TRIGGER collide BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION collide()";
    cluster.sql("postgres", trigger).unwrap();
    enter(&store, &scope("shop"), Kind::Node).await.unwrap();
    assert_eq!(cluster.sql("postgres", "SELECT last_value FROM tries").unwrap().trim(), "3");
    assert_eq!(store.ledger_position(&scope("shop")).await, Ok(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_loses_in_a_deadlock_tries_again() {
    let cluster = Cluster::running(&[]).unwrap();
    cluster.sql("postgres", "ALTER DATABASE postgres SET deadlock_timeout = '1s'").unwrap();
    let store = open(&cluster, 4).await;
    open_app(&store, "a").await;
    open_app(&store, "b").await;
    let (other, connection) =
        tokio_postgres::connect(&cluster.url("postgres"), NoTls).await.unwrap();
    let driver = tokio::spawn(connection);
    // Two scopes' locks, in the order in which the store takes them.
    let keys = "SELECT ('x' || substr(encode(sha256(name::bytea), 'hex'), 1, 16))::bit(64)::bigint \
        FROM unnest(ARRAY['a', 'b']) AS names (name) ORDER BY 1";
    let keys: Vec<i64> =
        other.query(keys, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    let lock = "SELECT pg_advisory_lock($1)";
    other.batch_execute("SET deadlock_timeout = '20s'").await.unwrap();
    other.execute(lock, &[&keys[1]]).await.unwrap();

    let mut both = write();
    both.create(&scope("a"), Kind::Node, "n", b"{}".to_vec());
    both.create(&scope("b"), Kind::Node, "n", b"{}".to_vec());
    let crossing = async {
        until("the store's waiting", async || {
            let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted";
            other.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 1
        })
        .await;
        // Granted when the store's transaction, which has it, is undone.
        other.execute(lock, &[&keys[0]]).await.unwrap();
        other.batch_execute("SELECT pg_advisory_unlock_all()").await.unwrap();
    };
    let both =
        timeout(Duration::from_secs(10), async { tokio::join!(store.commit(both), crossing) });
    both.await.unwrap().0.unwrap();
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'";
    until("a deadlock", async || cluster.sql("template1", deadlocks).unwrap().trim() == "1").await;
    for name in ["a", "b"] {
        assert_eq!(store.ledger_position(&scope(name)).await, Ok(1));
    }
    drop(other);
    driver.abort();
}
