//! The server with a database in PostgreSQL: how it is found, and what servers that share one say.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Output;

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::installation::{Installation, free_port};
use pantry_testkit::postgres::{Cluster, Database};
use serde_json::Value;

use crate::whole::installation;

/// An installation whose server keeps everything where this says.
fn house(store: &str) -> Result<Installation> {
    let house = installation()?;
    let path = house.path("server.yml");
    let config = std::fs::read_to_string(&path)?;
    let others = config.lines().filter(|line| !line.starts_with("store:"));
    let mut config: String = others.map(|line| format!("{line}\n")).collect();
    writeln!(config, "store: {{{store}}}")?;
    std::fs::write(&path, config)?;
    Ok(house)
}

fn url(database: &Database) -> String {
    format!("url: '{}'", database.url())
}

fn keys(house: &Installation) -> Result<Vec<String>> {
    let folder = house.path("server/keys");
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let names = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().into_string()));
    let names = names.collect::<Result<Result<Vec<_>, _>>>()?;
    let mut names = names.ok().context("a name that is no text")?;
    names.sort();
    Ok(names)
}

const FIRST_KEYS: [&str; 4] = ["admin.pem", "admin.yml", "pivotal.pem", "webui.pem"];

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn a_second_server_says_where_the_credentials_are() -> Result<()> {
    let database = Database::empty()?;
    let (first, second) = (house(&url(&database))?, house(&url(&database))?);
    let mut server = first.start_server()?;
    server.wait_for("First start: the administrator's credentials are in")?;
    assert_eq!(keys(&first)?, FIRST_KEYS);
    first.succeed(&["app", "create", "shop"])?;

    let mut other = second.start_server()?;
    other.wait_for("There are no administrator's credentials in")?;
    other.wait_for(
        "Those of this store are with the server that was first, in keys/admin.yml in its data",
    )?;
    assert_eq!(keys(&second)?, Vec::<String>::new());
    let refused = second.run(&["app", "list"])?;
    assert!(text(&refused).contains("there are no credentials"), "{}", text(&refused));

    // As it was told.
    std::fs::copy(first.path("server/keys/admin.yml"), second.path("server/keys/admin.yml"))?;
    assert!(second.succeed(&["app", "list"])?.contains("shop"));
    other.kill()?;
    let mut other = second.start_server()?;
    server.kill()?;
    assert!(second.succeed(&["app", "list"])?.contains("shop"));
    other.kill()?;

    // Those of an installation that has nothing to do with it.
    let stranger = house("url: 'sqlite:'")?;
    stranger.start_server()?.kill()?;
    let strange = stranger.path("server/keys/admin.yml");
    std::fs::copy(strange, second.path("server/keys/admin.yml"))?;
    second.start_server()?.wait_for("are of another store: this one does not know them")?;
    Ok(())
}

#[test]
fn of_servers_that_start_at_once_one_is_first_and_the_others_leave_no_keys() -> Result<()> {
    for _ in 0..4 {
        let database = Database::empty()?;
        let houses = (0..3).map(|_| house(&url(&database))).collect::<Result<Vec<_>>>()?;
        let servers: Vec<_> = std::thread::scope(|scope| {
            let starting: Vec<_> =
                houses.iter().map(|house| scope.spawn(|| house.start_server())).collect();
            starting.into_iter().filter_map(|one| one.join().ok()).collect()
        });
        ensure!(servers.len() == houses.len());
        let servers = servers.into_iter().collect::<Result<Vec<_>>>()?;
        let keys = houses.iter().map(keys).collect::<Result<Vec<_>>>()?;
        let first: Vec<_> = houses.iter().zip(&keys).filter(|(_, keys)| !keys.is_empty()).collect();
        let [(house, made)] = &first[..] else { anyhow::bail!("{keys:?}") };
        assert_eq!(**made, FIRST_KEYS);
        // They are those that are in the store.
        house.succeed(&["app", "create", "shop"])?;
        drop(servers);
    }
    Ok(())
}

#[test]
fn a_configuration_is_checked_with_its_database_and_nothing_is_changed() -> Result<()> {
    let database = Database::empty()?;
    let house = house(&url(&database))?;
    let said = house.succeed(&["server", "--check"])?;
    assert!(said.contains("server.yml: in order. Data directory:"), "{said}");
    assert!(said.contains("answers: PostgreSQL "), "{said}");
    assert!(said.contains("it is empty, the first start makes its tables"), "{said}");
    let tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace";
    assert_eq!(database.sql(tables)?.trim(), "0");
    assert!(!house.path("server").exists());

    house.start_server()?.kill()?;
    let said = house.succeed(&["server", "--check"])?;
    assert!(said.contains("; its schema is "), "{said}");
    database.sql("INSERT INTO pantry_migrations (number) VALUES (1000)")?;
    for arguments in [&["server", "--check", "--json"][..], &["server", "--json"]] {
        let (code, error) = failure(&house, arguments)?;
        assert_eq!((code, error["code"].as_str()), (3, Some("newer-schema")), "{error}");
        let message = error["message"].as_str().unwrap_or_default();
        assert!(message.contains("the database has schema 1000"), "{error}");
    }
    Ok(())
}

/// The exit code, and what is said with `--json`.
fn failure(house: &Installation, arguments: &[&str]) -> Result<(i32, Value)> {
    let output = house.run(arguments)?;
    let told = String::from_utf8_lossy(&output.stderr);
    let line = told.lines().find(|line| line.starts_with('{')).with_context(|| told.to_string())?;
    let mut value: Value = serde_json::from_str(line)?;
    let code = output.status.code().context("it was killed")?;
    Ok((code, value["error"].take()))
}

#[test]
fn a_database_that_cannot_be_had_ends_the_start_with_a_sentence_and_a_hint() -> Result<()> {
    let mut cluster = Cluster::on_tcp(&[])?;
    let access = b"local all all trust\nhost all joe all scram-sha-256\n";
    cluster.put("data/pg_hba.conf", access)?;
    cluster.start()?;
    cluster.sql("postgres", "CREATE ROLE joe LOGIN PASSWORD 'correct-horse'")?;
    cluster.sql("postgres", "CREATE DATABASE shop OWNER joe")?;
    let (port, nobody) = (cluster.port(), free_port()?);
    let folder = tempfile::tempdir()?;
    let file = |name: &str, content: &str| -> Result<String> {
        let path = folder.path().join(name);
        std::fs::write(&path, content)?;
        Ok(path.display().to_string())
    };
    let (right, wrong) = (file("right", "correct-horse\nmore\n")?, file("wrong", "wrong-one\n")?);
    let (empty, missing) = (file("empty", "\n")?, folder.path().join("missing"));
    for (store, exit, code, told, hint) in [
        (
            format!("url: 'postgres://joe@127.0.0.1:{port}/shop', password_file: {wrong}"),
            3,
            "store-refused",
            "password authentication failed for user \\\"joe\\\"",
            "the password there or in `store.password_file`",
        ),
        (
            format!("url: 'postgres://joe@127.0.0.1:{port}/shop'"),
            3,
            "store-refused",
            "it asks for a password",
            "`store.password_file`",
        ),
        (
            format!("url: 'postgres://joe@127.0.0.1:{port}/depot', password_file: {right}"),
            3,
            "store-refused",
            "does not exist",
            "createdb",
        ),
        (
            format!("url: 'postgres://joe@127.0.0.1:{nobody}/shop', password_file: {right}"),
            13,
            "store-unreachable",
            "nobody is there",
            "is PostgreSQL running there?",
        ),
        (
            format!("url: 'postgres://joe@127.0.0.1:{port}/shop', password_file: {empty}"),
            3,
            "store-password",
            "holds no password: its first line is empty",
            "names the file",
        ),
        (
            format!(
                "url: 'postgres://joe@127.0.0.1:{port}/shop', password_file: {}",
                missing.display()
            ),
            3,
            "file",
            "missing cannot be read",
            "",
        ),
        (
            format!("url: 'postgres://joe:correct-horse@127.0.0.1:{port}/shop?sslmod=x'"),
            3,
            "configuration",
            "store.url: has a parameter `sslmod`, which is not known",
            "",
        ),
        (
            format!(
                "url: 'postgres://joe@127.0.0.1:{port}/shop?sslmode=verify-ca&sslrootcert={}'",
                missing.display()
            ),
            3,
            "store-tls",
            "missing cannot be read",
            "name the files",
        ),
    ] {
        let house = house(&store)?;
        for arguments in [&["server", "--check", "--json"][..], &["server", "--json"]] {
            let (ended, error) = failure(&house, arguments)?;
            assert_eq!((ended, error["code"].as_str()), (exit, Some(code)), "{store}: {error}");
            let text = error.to_string();
            assert!(text.contains(told), "{store}: {error}");
            assert!(error["hint"].as_str().unwrap_or_default().contains(hint), "{store}: {error}");
            assert!(!text.contains("correct-horse") && !text.contains("wrong-one"), "{error}");
        }
    }
    serves(&format!("url: 'postgres://joe@127.0.0.1:{port}/shop', password_file: {right}"))
}

/// That a server starts with this and can be spoken with; and that the log tells no password.
fn serves(store: &str) -> Result<()> {
    let house = house(store)?;
    let log = house.path("log");
    log_to(&house, &log)?;
    let _server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    let log = std::fs::read_to_string(log)?;
    assert!(log.contains("the store is open") && log.contains("postgres://joe@"), "{log}");
    assert!(log.contains("others than its owner can read the database's password"), "{log}");
    assert!(!log.contains("correct-horse"), "{log}");
    Ok(())
}

fn log_to(house: &Installation, log: &Path) -> Result<()> {
    let path = house.path("server.yml");
    let mut config = std::fs::read_to_string(&path)?;
    writeln!(config, "log_to: {}", log.display())?;
    Ok(std::fs::write(path, config)?)
}
