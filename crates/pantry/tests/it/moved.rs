//! A whole installation is moved to another store, while a job runs and somebody reads.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Output, Stdio};

use anyhow::{Context as _, Result, ensure};
use pantry_model::Timestamp;
use pantry_store::{Kind, Scope, Store as _, Write};
use pantry_store_sqlite::SqliteStore;
use pantry_testkit::backend::Backend;
use pantry_testkit::installation::Installation;
use pantry_testkit::postgres::{Cluster, Database};
use pantry_testkit::process::Process;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::api::{Api, Signer};
use crate::whole::installation;

/// A store to move to, on the other backend than the installation's.
struct Target {
    url: String,
    _database: Option<Database>,
}

impl Target {
    fn of(house: &Installation) -> Result<Self> {
        Ok(match Backend::chosen()? {
            Backend::Postgres => Self::folder(house, "moved"),
            Backend::Sqlite => {
                let database = Database::empty()?;
                Self { url: database.url(), _database: Some(database) }
            }
        })
    }

    fn folder(house: &Installation, name: &str) -> Self {
        Self { url: format!("sqlite:{}", house.path(name).display()), _database: None }
    }

    /// Makes it the server's store.
    fn configure(&self, house: &Installation) -> Result<()> {
        let path = house.path("server.yml");
        let config = std::fs::read_to_string(&path)?;
        let others = config.lines().filter(|line| !line.starts_with("store:"));
        let lines: Vec<_> = others.chain([""]).collect();
        std::fs::write(&path, format!("{}store: {{url: '{}'}}\n", lines.join("\n"), self.url))?;
        Ok(())
    }
}

/// What was said by a command that ended with this code.
fn fails(output: &Output, code: i32, part: &str) -> Result<()> {
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.code() == Some(code), "{}: {said}", output.status);
    ensure!(said.contains(part), "{said}");
    Ok(())
}

/// What a server has that does not change with time: its applications, jobs, users and ledgers.
fn everything(house: &Installation) -> Result<String> {
    let mut all = String::new();
    for arguments in [
        &["app", "list", "--json"][..],
        &["job", "list", "--json"],
        &["user", "list", "--json"],
        &["admin", "ledger", "--json"],
        &["-a", "shop", "admin", "ledger", "--json"],
        &["shelf", "list", "--json"],
        &["app", "shelf", "list", "shop", "--json"],
    ] {
        all.push_str(&house.succeed(arguments)?);
    }
    Ok(all)
}

fn move_to(house: &Installation, target: &Target) -> Result<Vec<Value>> {
    let told = house.succeed(&["admin", "migrate-store", "--to", &target.url, "--json"])?;
    told.lines().map(|line| Ok(serde_json::from_str(line)?)).collect()
}

#[test]
fn everything_goes_to_the_other_backend_and_no_job_is_lost() -> Result<()> {
    let house = installation()?;
    let target = Target::of(&house)?;
    let mut server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    house.enrol("shop", "web1", &[])?;
    let mut client = house.start_client("shop", "web1")?;
    house.succeed(&["-a", "shop", "exec", "--", "echo", "before"])?;
    house.succeed(&["shelf", "create", "base"])?;
    house.succeed(&["shelf", "grant", "base", "shop"])?;
    house.succeed(&["app", "shelf", "add", "shop", "base"])?;
    // A command that ends while the server is read-only.
    let mark = house.path("moved.mark");
    let wait = format!("until test -e {}; do sleep 0.05; done; echo after", mark.display());
    let exec = ["-a", "shop", "exec", "--timeout", "60s", "--no-wait", "--", "sh", "-c", &wait];
    let job = house.succeed(&exec)?;
    let running = || house.succeed(&["job", "show", job.trim(), "--json"]);
    while !running()?.contains("running") {}
    let before = everything(&house)?;

    let told = move_to(&house, &target)?;
    let last = told.last().context("nothing was told")?;
    ensure!(last["stage"] == "moved", "{last}");
    let tables = last["tables"].as_array().context("no tables")?;
    ensure!(tables.iter().all(|table| table["hash"].is_string()), "{last}");
    ensure!(tables.iter().all(|table| table["verified"] == table["rows"]), "{last}");

    // Reading goes on, writing does not.
    ensure!(everything(&house)? == before);
    fails(&house.run(&["app", "create", "more"])?, 13, "read-only, since its store was moved to")?;
    fails(&house.run(&["-a", "shop", "exec", "--", "id"])?, 13, "read-only")?;
    let mut api = Api::new(house.http_port());
    let admin = Signer::from_file("admin", &house.path("server/keys/admin.pem"))?;
    ensure!(api.ask(&admin, "GET", "/organizations/shop", "")?.status == 200);
    let refused = api.ask(&admin, "POST", "/organizations/shop/roles", r#"{"name": "web"}"#)?;
    ensure!(refused.status == 503 && refused.body.contains("read-only"), "{refused:?}");
    ensure!(refused.header("retry-after").is_some(), "{refused:?}");
    let again = house.run(&["admin", "migrate-store", "--to", "sqlite:elsewhere"])?;
    fails(&again, 2, "was moved to")?;
    std::fs::write(&mark, "")?;
    ensure!(server.terminate()?.success(), "{}", server.report());

    target.configure(&house)?;
    let mut server = house.start_server()?;
    house.succeed(&["job", "watch", job.trim()])?;
    let output = house.succeed(&["job", "watch", job.trim(), "--json"])?;
    ensure!(output.contains("\"after\"") && output.contains("succeeded"), "{output}");
    let shelves = house.succeed(&["app", "shelf", "list", "shop", "--json"])?;
    ensure!(shelves == "[{\"name\":\"base\",\"usable\":true}]\n", "{shelves}");
    house.succeed(&["app", "create", "more"])?;
    house.succeed(&["-a", "shop", "exec", "--", "echo", "behind"])?;
    // It can be searched at once, and nothing was left to be built.
    let mut api = Api::new(house.http_port());
    let found = api.ask(&admin, "GET", "/organizations/shop/search/client?q=name:web*", "")?;
    let found: Value = serde_json::from_str(&found.body)?;
    ensure!(found["total"] == 1 && found["rows"][0]["name"] == "web1", "{found}");
    let built = house.succeed(&["admin", "reindex", "--status", "--json"])?;
    let built: Value = serde_json::from_str(&built)?;
    ensure!(built["indexes"].as_array().is_some_and(Vec::is_empty), "{built}");
    let told = house.succeed(&["-a", "shop", "admin", "reindex"])?;
    ensure!(told.lines().filter(|line| line.starts_with("shop")).count() == 4, "{told}");
    ensure!(told.lines().skip(1).all(|line| line.trim_end().ends_with("built")), "{told}");
    ensure!(client.is_running()? && server.is_running()?);
    Ok(())
}

#[test]
fn a_move_can_be_taken_back() -> Result<()> {
    let house = installation()?;
    let target = Target::of(&house)?;
    let mut server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    let nothing = house.succeed(&["admin", "migrate-store", "--status"])?;
    ensure!(nothing.contains("nothing is being moved"), "{nothing}");
    move_to(&house, &target)?;
    ensure!(server.terminate()?.success(), "{}", server.report());

    // It remembers, and so it does when it is started again.
    let mut server = house.start_server()?;
    fails(&house.run(&["app", "create", "more"])?, 13, "read-only")?;
    let status = house.succeed(&["admin", "migrate-store", "--status"])?;
    ensure!(status.contains("the store was moved to"), "{status}");
    let back = house.succeed(&["admin", "migrate-store", "--cancel"])?;
    ensure!(back.contains("writes to its own store again"), "{back}");
    house.succeed(&["app", "create", "more"])?;
    // What was copied is a store already.
    let again = house.run(&["admin", "migrate-store", "--to", &target.url])?;
    fails(&again, 2, "is not empty")?;
    ensure!(server.terminate()?.success(), "{}", server.report());
    Ok(())
}

#[test]
fn what_cannot_be_moved_to_is_said_and_changes_nothing() -> Result<()> {
    let house = installation()?;
    let mut server = house.start_server()?;
    for (url, code, part) in [
        ("mysql://joe:secret@db/shop", 2, "`mysql:` is not a store"),
        ("postgres://joe:secret@127.0.0.1:1/shop", 13, "127.0.0.1:1"),
        ("sqlite:/proc/none", 13, "/proc/none"),
    ] {
        let output = house.run(&["admin", "migrate-store", "--to", url])?;
        fails(&output, code, part)?;
        ensure!(!String::from_utf8_lossy(&output.stderr).contains("secret"), "{url}");
    }
    house.succeed(&["app", "create", "shop"])?;
    // Only who administers the server may.
    house.succeed(&["user", "create", "ada", "--email", "ada@shop.example"])?;
    house.succeed(&["user", "credentials", "ada", "--dir", "ada"])?;
    let ada = [
        "--curve-key-file",
        "ada/.pantry/keys.yml",
        "admin",
        "migrate-store",
        "--to",
        "sqlite:elsewhere",
    ];
    fails(&house.run(&ada)?, 7, "may not move the server's store")?;
    ensure!(!house.path("elsewhere").exists());
    ensure!(server.terminate()?.success());
    ensure!(!server.report().contains("secret"), "{}", server.report());
    Ok(())
}

/// As many documents as take a while to copy.
const DOCUMENTS: usize = 40_000;

/// A server on SQLite with so much in it that it can be interrupted.
fn full() -> Result<(Installation, Target, Process)> {
    let house = installation()?;
    Target::folder(&house, "server").configure(&house)?;
    let mut server = house.start_server()?;
    house.succeed(&["app", "create", "shop"])?;
    ensure!(server.terminate()?.success(), "{}", server.report());
    let runtime = tokio::runtime::Builder::new_multi_thread().build()?;
    let store = SqliteStore::open(&house.path("server"))?;
    let scope = Scope::Application("shop".parse()?);
    for part in 0..DOCUMENTS / 1000 {
        let mut write = Write::new(None, Timestamp(1));
        for number in 0..1000 {
            write.create(&scope, Kind::Node, &format!("n{part}-{number}"), vec![b'x'; 500]);
        }
        runtime.block_on(store.commit(write))?;
    }
    drop(store);
    let target = Target::folder(&house, "moved");
    let server = house.start_server()?;
    Ok((house, target, server))
}

/// Begins a move, and returns in its middle.
fn half_way(house: &Installation, target: &Target) -> Result<Child> {
    let mut command = house.command(&["admin", "migrate-store", "--to", &target.url, "--json"]);
    let mut command = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    for line in BufReader::new(command.stdout.take().context("no output")?).lines() {
        let now: Value = serde_json::from_str(&line?)?;
        let copied = |table: &Value| table["copied"].as_u64().unwrap_or(0);
        let all = now["tables"].as_array().context("no tables")?;
        if now["stage"] == "copying" && all.iter().map(copied).sum::<u64>() > 2000 {
            return Ok(command);
        }
    }
    anyhow::bail!("it was over before it could be interrupted")
}

#[test]
fn a_move_that_is_interrupted_leaves_a_server_that_writes() -> Result<()> {
    let (house, _, mut server) = full()?;
    let cluster = Cluster::running(&[])?;
    let target = Target { url: cluster.url("postgres"), _database: None };
    let mut command = half_way(&house, &target)?;
    // So that it does not come to its end before it is interrupted.
    cluster.pause()?;
    fails(&house.run(&["app", "create", "more"])?, 13, "read-only while its store is moved to")?;
    let again = house.run(&["admin", "migrate-store", "--to", &target.url])?;
    fails(&again, 2, "is being moved already")?;
    kill_process(Pid::from_child(&command), Signal::INT)?;
    ensure!(command.wait()?.code() == Some(130));
    house.succeed(&["app", "create", "more"])?;
    cluster.resume()?;
    ensure!(server.terminate()?.success(), "{}", server.report());
    Ok(())
}

#[test]
fn a_server_that_is_killed_while_it_moves_goes_on_with_it() -> Result<()> {
    let (house, target, mut server) = full()?;
    let mut command = half_way(&house, &target)?;
    server.kill()?;
    command.kill()?;
    command.wait()?;

    // Half a store is none.
    let config = std::fs::read_to_string(house.path("server.yml"))?;
    target.configure(&house)?;
    fails(&house.run(&["server"])?, 3, "is being filled from another one, sqlite:")?;
    std::fs::write(house.path("server.yml"), config)?;
    let mut server = house.start_server()?;
    house.succeed(&["app", "create", "more"])?;
    let told = move_to(&house, &target)?;
    let last = told.last().context("nothing was told")?;
    ensure!(last["stage"] == "moved", "{last}");
    ensure!(server.terminate()?.success(), "{}", server.report());

    target.configure(&house)?;
    let mut server = house.start_server()?;
    ensure!(house.succeed(&["app", "list"])?.contains("more"));
    house.succeed(&["app", "create", "third"])?;
    ensure!(server.terminate()?.success(), "{}", server.report());
    Ok(())
}
