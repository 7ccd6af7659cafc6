//! Connecting where something is wrong: each time what is said, and that no password is in it.

use std::time::{Duration, Instant};

use pantry_store_postgres::{Config, ConnectError, OpenError, PostgresStore, look};
use pantry_testkit::installation::free_port;
use pantry_testkit::postgres::{Cluster, Database};

use crate::place::until;

const PASSWORD: &str = "correct-horse";

/// A server that asks `joe` for a password, and lets `postgres` in without.
fn server() -> Cluster {
    let mut cluster = Cluster::on_tcp(&[]).unwrap();
    let access =
        "local all all trust\nhost all postgres all trust\nhost all joe all scram-sha-256\n";
    cluster.put("data/pg_hba.conf", access.as_bytes()).unwrap();
    cluster.start().unwrap();
    let roles = format!("CREATE ROLE joe LOGIN PASSWORD '{PASSWORD}'");
    cluster.sql("postgres", &roles).unwrap();
    cluster.sql("postgres", "CREATE DATABASE shop OWNER joe").unwrap();
    cluster
}

async fn refused(url: &str) -> ConnectError {
    let opened = PostgresStore::open(&Config::parse(url).unwrap()).await;
    let Err(OpenError::Connect(error)) = opened else { panic!("{url}: {:?}", opened.err()) };
    let told = format!("{error} {error:?} {:?}", error.advice());
    assert!(!told.contains(PASSWORD) && !told.contains("wrong-one"), "{told}");
    error
}

#[tokio::test]
async fn each_failure_says_what_happened_where_and_what_to_do() {
    let cluster = server();
    let at = format!("127.0.0.1:{}", cluster.port());
    let nobody = format!("127.0.0.1:{}", free_port().unwrap());
    for (url, told, advice) in [
        (
            format!("postgres://joe:wrong-one@{at}/shop"),
            format!(
                "the database postgres://joe@{at}/shop cannot be reached: it says: password \
                 authentication failed for user \"joe\""
            ),
            "see the user in `store.url`, and the password",
        ),
        (
            format!("postgres://joe@{at}/shop"),
            format!("postgres://joe@{at}/shop cannot be reached: it asks for a password"),
            "name that with `store.password_file`",
        ),
        (
            format!("postgres://joe:{PASSWORD}@{at}/depot"),
            "it says: database \"depot\" does not exist".to_owned(),
            "createdb --owner=ROLE DATABASE",
        ),
        (
            format!("postgres://ann:{PASSWORD}@{at}/shop"),
            "it says: no pg_hba.conf entry for host".to_owned(),
            "see that the role is there",
        ),
        (
            format!("postgres://joe:{PASSWORD}@{nobody}/shop"),
            format!("postgres://joe@{nobody}/shop cannot be reached: nobody is there (Connection"),
            "is PostgreSQL running there?",
        ),
        (
            format!("postgres://joe:{PASSWORD}@nowhere.invalid/shop"),
            "its name leads nowhere".to_owned(),
            "see that the host in `store.url` is right",
        ),
        (
            "postgres:///shop?host=/nowhere/at/all".to_owned(),
            "nobody is there (No such file".to_owned(),
            "is PostgreSQL running there?",
        ),
    ] {
        let error = refused(&url).await;
        assert!(error.to_string().contains(&told), "{url}: {error}");
        assert!(error.advice().unwrap().contains(advice), "{url}: {:?}", error.advice());
    }
}

#[tokio::test]
async fn it_can_be_looked_at_without_being_changed() {
    let cluster = server();
    let url = format!("postgres://joe:{PASSWORD}@127.0.0.1:{}/shop", cluster.port());
    let config = Config::parse(&url).unwrap();
    let reached = look(&config).await.unwrap();
    assert_eq!(reached.schema, None);
    assert!(reached.version.split('.').next().unwrap().parse::<u32>().is_ok(), "{reached:?}");
    let tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    assert_eq!(cluster.sql("shop", tables).unwrap().trim(), "0");

    PostgresStore::open(&config).await.unwrap();
    assert!(look(&config).await.unwrap().schema.unwrap() > 0);
    cluster.sql("shop", "INSERT INTO pantry_migrations (number) VALUES (1000)").unwrap();
    let error = look(&config).await.unwrap_err().to_string();
    assert!(error.contains("the database has schema 1000, and this version"), "{error}");
}

#[tokio::test]
async fn whoever_says_nothing_is_not_waited_for() {
    // The system takes the connection, and nobody ever reads from it.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let started = Instant::now();
    let error = refused(&format!("postgres://joe@127.0.0.1:{port}/d?connect_timeout=1")).await;
    assert!(error.to_string().contains("it did not answer within 1 s"), "{error}");
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
}

#[tokio::test]
async fn the_first_host_that_takes_writes_is_used() {
    let cluster = server();
    let (port, nobody) = (cluster.port(), free_port().unwrap());
    let only_reads = "ALTER DATABASE shop SET default_transaction_read_only = on";
    cluster.sql("postgres", only_reads).unwrap();
    let standby = format!("postgres://postgres@127.0.0.1:{port}/shop");
    let error = refused(&standby).await;
    assert!(error.to_string().contains("it takes no writes"), "{error}");
    assert!(error.advice().unwrap().contains("name the primary"));
    let any = format!("{standby}?target_session_attrs=any");
    assert!(look(&Config::parse(&any).unwrap()).await.is_ok());

    // All of them are told, in their order.
    let several = format!("postgres://postgres@127.0.0.1:{nobody},127.0.0.1:{port}/shop");
    let told = refused(&several).await.to_string();
    let (first, second) = told.split_once("; ").unwrap();
    assert!(first.ends_with("nobody is there (Connection refused (os error 111))"), "{told}");
    assert_eq!(second, format!("127.0.0.1:{port}: it takes no writes"));

    let primary = Database::empty().unwrap();
    let socket =
        primary.url().split_once("?host=").unwrap().1.split('&').next().unwrap().to_owned();
    let hosts = format!("127.0.0.1,127.0.0.1,{socket}&port={nobody},{port},5432");
    let name = primary.name();
    cluster.sql("postgres", &format!("CREATE DATABASE {name}")).unwrap();
    let only_reads = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    cluster.sql("postgres", &only_reads).unwrap();
    let url = format!("postgres://postgres@/{name}?host={hosts}");
    PostgresStore::open(&Config::parse(&url).unwrap()).await.unwrap();
    assert_eq!(primary.sql("SELECT count(*) > 0 FROM pantry_migrations").unwrap().trim(), "t");
}

/// The system knows no other way to find out that a machine has vanished than to ask.
#[tokio::test]
async fn a_silent_connection_is_asked_within_seconds() {
    let cluster = server();
    let (port, url) = (cluster.port(), cluster.tcp_url("shop"));
    let _store = PostgresStore::open(&Config::parse(&url).unwrap()).await.unwrap();
    until("a timer for each connection", async || {
        // Address, state, and the timer: 2 is that of a silent connection, with what is left of it
        // in hundredths of a second.
        let all = std::fs::read_to_string("/proc/net/tcp").unwrap();
        let ours = all.lines().filter_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let (to, state, timer) = (fields.get(2)?, fields.get(3)?, fields.get(5)?);
            let is_ours = to.ends_with(&format!(":{port:04X}")) && *state == "01";
            is_ours.then(|| timer.split_once(':').unwrap())
        });
        let timers: Vec<_> = ours.collect();
        !timers.is_empty()
            && timers
                .iter()
                .all(|(kind, left)| *kind == "02" && u32::from_str_radix(left, 16).unwrap() <= 500)
    })
    .await;
}
