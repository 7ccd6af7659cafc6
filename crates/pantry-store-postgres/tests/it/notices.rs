//! Servers hear of each other's entries: at once, and within a second when nothing can be heard.

use std::time::{Duration, Instant};

use pantry_store::{Kind, LedgerEnd, Scope, Store as _};
use pantry_store_postgres::PostgresStore;
use pantry_testkit::postgres::Cluster;

use crate::place::{enter, open, open_app, scope, until};

/// What is heard comes in a fraction of this, what is only looked for in a multiple.
const SOON: Duration = Duration::from_millis(400);

/// The connections that listen.
const LISTENING: &str =
    "pid <> pg_backend_pid() AND query ~ 'pantry_ledger|pg_backend_pid|SELECT 1'";

/// How long it takes until something may have been entered elsewhere.
async fn wait(store: &PostgresStore) -> Duration {
    let begun = Instant::now();
    store.entered_elsewhere().await;
    begun.elapsed()
}

/// Waits until there is nothing that was not heard yet.
async fn quiet(store: &PostgresStore) {
    until("silence", async || wait(store).await > SOON).await;
}

fn cluster() -> Cluster {
    Cluster::running(&[]).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_enters_the_others_hear_at_once() {
    let cluster = cluster();
    let (one, other) = (open(&cluster, 4).await, open(&cluster, 4).await);
    open_app(&one, "shop").await;
    quiet(&other).await;
    let mut took = Vec::new();
    for _ in 0..20 {
        let waiting = async {
            other.entered_elsewhere().await;
            Instant::now()
        };
        let entering = async {
            enter(&one, &scope("shop"), Kind::Key).await.unwrap();
            Instant::now()
        };
        let (heard, entered) = tokio::join!(waiting, entering);
        took.push(heard.saturating_duration_since(entered));
    }
    took.sort();
    println!("heard after {:?}, at most {:?}", took[10], took[19]);
    assert!(took[10] < SOON / 4, "{took:?}");

    // Of what is its own, and of what no server remembers, none is told.
    quiet(&one).await;
    enter(&one, &scope("shop"), Kind::Key).await.unwrap();
    assert!(wait(&one).await > SOON);
    quiet(&other).await;
    enter(&one, &scope("shop"), Kind::Node).await.unwrap();
    assert!(wait(&other).await > SOON);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_entries_are_few_notices() {
    let cluster = cluster();
    let (one, other) = (open(&cluster, 4).await, open(&cluster, 4).await);
    open_app(&one, "shop").await;
    quiet(&other).await;
    let begun = Instant::now();
    let entering = async {
        for _ in 0..200 {
            enter(&one, &scope("shop"), Kind::Key).await.unwrap();
        }
    };
    let (mut heard, mut entering) = (0, std::pin::pin!(entering));
    loop {
        tokio::select! {
            () = &mut entering => break,
            () = other.entered_elsewhere() => heard += 1,
        }
    }
    let most = begun.elapsed().as_millis() / 10 + 1;
    assert!((1..=most).contains(&heard), "{heard} notices where {most} may be");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_cannot_hear_looks_and_hears_again_when_it_can() {
    let cluster = cluster();
    let (one, other) = (open(&cluster, 4).await, open(&cluster, 4).await);
    open_app(&one, "shop").await;
    quiet(&other).await;
    let end = async || -> LedgerEnd {
        let ends = other.ledger_ends().await.unwrap();
        ends.into_iter().find(|end| end.scope == scope("shop")).unwrap()
    };
    let before = end().await;

    // Connections that stand go on; new ones are refused, to everybody.
    let sql = |text: &str| cluster.sql("template1", text).unwrap().trim().to_owned();
    sql("ALTER DATABASE postgres ALLOW_CONNECTIONS false");
    let cut = sql(&format!(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {LISTENING}"
    ));
    assert_eq!(cut, "2");
    let begun = Instant::now();
    enter(&one, &scope("shop"), Kind::Key).await.unwrap();
    until("the entry", async || {
        other.entered_elsewhere().await;
        end().await.position > before.position
    })
    .await;
    assert!(begun.elapsed() < Duration::from_millis(1500), "{:?}", begun.elapsed());
    other.answers().await.unwrap();

    sql("ALTER DATABASE postgres ALLOW_CONNECTIONS true");
    let shop = scope("shop");
    until("hearing", async || {
        let (took, entered) = tokio::join!(wait(&other), enter(&one, &shop, Kind::Key));
        entered.unwrap();
        took < SOON / 4
    })
    .await;
    assert_eq!(sql(&format!("SELECT count(*) FROM pg_stat_activity WHERE {LISTENING}")), "2");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_database_answers_while_all_connections_are_busy() {
    let cluster = cluster();
    let (one, other) = (open(&cluster, 1).await, open(&cluster, 1).await);
    open_app(&one, "shop").await;
    until("a connection of its own", async || wait(&one).await > SOON).await;
    // Whoever waits for a lock that another holds has the only connection of the pool.
    let (client, connection) =
        tokio_postgres::connect(&cluster.url("postgres"), tokio_postgres::NoTls).await.unwrap();
    let driver = tokio::spawn(connection);
    let shop = scope("shop");
    client.batch_execute("BEGIN; LOCK TABLE ledger").await.unwrap();
    let (asked, waiting) = tokio::join!(
        async {
            until("somebody who waits", async || {
                let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted";
                client.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 1
            })
            .await;
            let begun = Instant::now();
            one.answers().await.unwrap();
            let took = begun.elapsed();
            client.batch_execute("ROLLBACK").await.unwrap();
            took
        },
        enter(&one, &shop, Kind::Key),
    );
    waiting.unwrap();
    assert!(asked < SOON, "{asked:?}");
    drop((client, other));
    driver.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_is_away_does_not_answer() {
    let mut cluster = cluster();
    let store = open(&cluster, 4).await;
    open_app(&store, "shop").await;
    store.answers().await.unwrap();
    let answers = async || {
        let answer = tokio::time::timeout(Duration::from_millis(700), store.answers()).await;
        answer.is_ok_and(|answer| answer.is_ok())
    };
    cluster.pause().unwrap();
    assert!(!answers().await);
    cluster.resume().unwrap();
    until("an answer after a pause", answers).await;
    cluster.stop().unwrap();
    assert!(!answers().await);
    cluster.start().unwrap();
    let begun = Instant::now();
    until("an answer after a restart", answers).await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert_eq!(store.ledger_position(&Scope::Global).await, Ok(1));
}
