//! A database server of a test's own, and what tests write to it.

use std::time::{Duration, Instant};

use pantry_model::Timestamp;
use pantry_store::{Change, Kind, Scope, Store, StoreError, Verb, Write};
use pantry_store_postgres::{Config, PostgresStore};
use pantry_testkit::postgres::Cluster;

/// How long a test waits for what must come.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// Opens the store in the database `postgres` of a server.
pub(crate) async fn open(cluster: &Cluster, connections: usize) -> PostgresStore {
    open_at(&cluster.url("postgres"), connections).await
}

/// Opens the store at a URL.
pub(crate) async fn open_at(url: &str, connections: usize) -> PostgresStore {
    let config = Config::parse(url).unwrap().with_pool(connections);
    PostgresStore::open(&config).await.unwrap()
}

pub(crate) fn scope(name: &str) -> Scope {
    Scope::Application(name.parse().unwrap())
}

pub(crate) fn write() -> Write {
    Write::new(None, Timestamp(1))
}

/// Makes an application.
pub(crate) async fn open_app(store: &impl Store, name: &str) {
    let mut write = write();
    write.create(&Scope::Global, Kind::Application, name, b"{}".to_vec());
    write.changes.push(Change::OpenScope { application: name.parse().unwrap() });
    store.commit(write).await.unwrap();
}

/// Enters something of this kind in the ledger of an application.
pub(crate) async fn enter(store: &impl Store, scope: &Scope, kind: Kind) -> Result<(), StoreError> {
    let mut write = write();
    write.enter(scope, Verb::Update, kind, "x", None);
    store.commit(write).await
}

/// Asks again and again until the answer is yes.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + DEADLINE;
    while !is_so().await {
        assert!(Instant::now() < deadline, "{what} does not come to pass");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
