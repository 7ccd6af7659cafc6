//! Several servers on one database: what one has answered all others know, whichever of them is
//! killed.

use std::hash::{BuildHasher as _, RandomState};
use std::process::Output;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::installation::Installation;
use pantry_testkit::postgres::Cluster;
use pantry_testkit::process::PATIENCE;
use serde_json::json;

use crate::api::{Api, Signer};
use crate::servers::{Load, Servers};

/// How often one is killed.
const KILLED: usize = 4;

fn cluster() -> Result<Cluster> {
    Cluster::running(&[("max_connections", "60")])
}

#[test]
fn servers_are_killed_under_load_and_nothing_that_was_answered_is_lost() -> Result<()> {
    let cluster = cluster()?;
    let servers = Servers::start(3, &cluster)?;
    Load::prepare(&servers)?;
    let load = Load::default();
    thread::scope(|scope| {
        let writers = load.begin(&servers, scope);
        let killing = (0..KILLED).try_for_each(|round| {
            load.goes_on()?;
            let victim = usize::try_from(RandomState::new().hash_one(round) % 3)?;
            servers.kill(victim)?;
            load.goes_on()?;
            // The command line goes to one that runs.
            let house = &servers.houses[(victim + 1) % 3];
            house.enrol("alpha", &format!("web{round}"), &[])?;
            servers.start_again(victim)
        });
        let going_on = killing.and_then(|()| load.goes_on());
        load.end(writers).and(going_on)
    })?;
    let outcome = load.check(&servers, &cluster)?;
    ensure!(outcome.done > 250 && outcome.unknown > 0 && outcome.undone > 0, "{outcome:?}");
    let clients = servers.houses[2].succeed(&["-a", "alpha", "client", "list"])?;
    ensure!((0..KILLED).all(|round| clients.contains(&format!("web{round}"))), "{clients}");
    Ok(())
}

/// The requests of one who asks all servers, again and again: when each began, and its status.
#[derive(Default)]
struct Hammering {
    is_ended: AtomicBool,
    noted: Mutex<Vec<(usize, Instant, u16)>>,
    /// Told of every answer.
    more: Condvar,
}

impl Hammering {
    fn at(&self, number: usize, mut api: Api, signer: &Signer, path: &str) -> Result<()> {
        while !self.is_ended.load(Ordering::SeqCst) {
            let begun = Instant::now();
            let status = api.ask(signer, "GET", path, "")?.status;
            self.noted.lock().unwrap().push((number, begun, status));
            self.more.notify_all();
        }
        Ok(())
    }

    /// Waits until each server has answered requests that began after this.
    fn goes_on(&self, servers: usize) -> Result<()> {
        let begun = Instant::now();
        let waits = |noted: &[(usize, Instant, u16)]| {
            let of = |number| noted.iter().filter(|it| it.0 == number && it.1 > begun).count();
            (0..servers).any(|number| of(number) < 3)
        };
        let noted = self.noted.lock().unwrap();
        let waited = self.more.wait_timeout_while(noted, PATIENCE, |noted| waits(noted));
        ensure!(!waited.unwrap().1.timed_out(), "a server answers no more");
        Ok(())
    }
}

/// Has someone ask all servers while one of them withdraws the right to it, and looks whether any
/// request that began after that was answered is still granted.
fn withdraw(
    servers: &Servers,
    (signer, path): (&Signer, &str),
    by: usize,
    (method, what, body): (&str, &str, &str),
) -> Result<()> {
    let hammering = Hammering::default();
    let count = servers.houses.len();
    let withdrawn = thread::scope(|scope| {
        let hammers: Vec<_> = (0..count)
            .map(|number| {
                let (api, hammering) = (servers.api(number), &hammering);
                scope.spawn(move || hammering.at(number, api, signer, path))
            })
            .collect();
        let before = hammering.goes_on(count);
        let reply = servers.api(by).ask(&servers.pivotal, method, what, body);
        let withdrawn = Instant::now();
        let after = hammering.goes_on(count);
        hammering.is_ended.store(true, Ordering::SeqCst);
        hammers.into_iter().try_for_each(|hammer| hammer.join().expect("a hammer panics"))?;
        before.and(after)?;
        let reply = reply?;
        ensure!(matches!(reply.status, 200 | 201), "{method} {what}: {reply:?}");
        Ok(withdrawn)
    })?;
    let noted = hammering.noted.into_inner()?;
    for number in 0..count {
        let statuses = |is_after: bool| -> Vec<u16> {
            let of = noted
                .iter()
                .filter(|(at, begun, _)| *at == number && (*begun > withdrawn) == is_after);
            of.map(|it| it.2).collect()
        };
        let (before, after) = (statuses(false), statuses(true));
        ensure!(before.first() == Some(&200), "{method} {what}: before: {before:?}");
        ensure!(
            !after.is_empty() && after.iter().all(|status| matches!(status, 401 | 403)),
            "{method} {what} at {by}, then at {number}: {after:?}"
        );
    }
    Ok(())
}

#[test]
fn what_one_server_has_withdrawn_no_other_grants() -> Result<()> {
    let cluster = cluster()?;
    let servers = Servers::start(3, &cluster)?;
    let pivotal = servers.pivotal.clone();
    Load::prepare(&servers)?;
    servers.houses[0].succeed(&["app", "create", "shop"])?;
    let mut api = servers.api(0);
    let user = json!({
        "name": "bob", "display_name": "Bob", "email": "bob@example.com", "password": "correct-1",
    });
    let made = api.expect(201, &pivotal, ("POST", "/users", &user.to_string()))?.json()?;
    let bob = Signer::new("bob", made["private_key"].as_str().context("no key")?)?;
    let member = json!({ "username": "bob" }).to_string();
    let shop = |path: &str| format!("/organizations/shop/{path}");
    let members = ("POST", &*shop("users"), &*member);
    let nodes = shop("nodes");
    api.expect(201, &pivotal, ("POST", &nodes, r#"{"name":"n"}"#))?;
    let public_key = bob.key.public_key().to_pem();
    let key = json!({ "name": "default", "public_key": public_key, "expiration_date": "infinity" });
    let client = json!({ "name": "web", "create_key": true }).to_string();

    let load = Load::default();
    thread::scope(|scope| {
        let writers = load.begin(&servers, scope);
        let rounds = (0..3).try_for_each(|by| -> Result<()> {
            let other = (by + 1) % 3;
            // Membership.
            servers.api(other).expect(201, &pivotal, members)?;
            withdraw(&servers, (&bob, &nodes), by, ("DELETE", &shop("users/bob"), ""))?;
            // A permission.
            servers.api(other).expect(201, &pivotal, members)?;
            let node = shop("nodes/n");
            let ace = |groups: &[&str]| {
                json!({ "read": { "actors": ["pivotal"], "groups": groups } }).to_string()
            };
            let acl = shop("nodes/n/_acl/read");
            withdraw(&servers, (&bob, &node), by, ("PUT", &acl, &ace(&["admins"])))?;
            servers.api(other).expect(200, &pivotal, ("PUT", &acl, &ace(&["admins", "users"])))?;
            // A key.
            withdraw(&servers, (&bob, &node), by, ("DELETE", "/users/bob/keys/default", ""))?;
            let keys = ("POST", "/users/bob/keys", &*key.to_string());
            servers.api(other).expect(201, &pivotal, keys)?;
            servers.api(by).expect(200, &pivotal, ("DELETE", &shop("users/bob"), ""))?;
            // A client.
            let made = servers.api(other);
            let made =
                { made }.expect(201, &pivotal, ("POST", &shop("clients"), &client))?.json()?;
            let web = Signer::new("web", made["private_key"].as_str().context("no key")?)?;
            withdraw(&servers, (&web, &nodes), by, ("DELETE", &shop("clients/web"), ""))
        });
        load.end(writers).and(rounds)
    })?;
    load.check(&servers, &cluster)?;
    Ok(())
}

/// Copies a file that says how to reach one server, so that it leads to another.
fn lead_to(
    (from, path): (&Installation, &str),
    (to, as_path): (&Installation, &str),
) -> Result<String> {
    let (source, copy) = (from.path(path), to.path(as_path));
    // It stays as private as it is.
    std::fs::copy(&source, &copy).with_context(|| source.display().to_string())?;
    let mut text = std::fs::read_to_string(&source)?;
    for (ours, theirs) in from.ports().iter().zip(to.ports()) {
        text = text.replace(&ours.to_string(), &theirs.to_string());
    }
    std::fs::write(&copy, text)?;
    Ok(copy.display().to_string())
}

#[test]
fn what_one_server_is_told_reaches_machines_and_users_of_the_others() -> Result<()> {
    let cluster = cluster()?;
    let servers = Servers::start(2, &cluster)?;
    let [here, there] = servers.houses.as_slice() else { anyhow::bail!("two servers") };
    here.succeed(&["app", "create", "shop"])?;
    // Enrolled by one server and let in by the other, which also delivers what the first is asked.
    here.enrol("shop", "web1", &[])?;
    lead_to((here, "shop-web1.yml"), (there, "shop-web1.yml"))?;
    let mut client = there.start_client("shop", "web1")?;
    let said = here.succeed(&["-a", "shop", "exec", "--", "echo", "hi"])?;
    assert_eq!(said.trim(), "web1 | hi");

    let begun = Instant::now();
    here.succeed(&["-a", "shop", "client", "delete", "web1", "--yes"])?;
    client.wait_for("does not know this client's key")?;
    println!("the other server has refused the client after {:?}", begun.elapsed());

    here.succeed(&["user", "create", "ada", "--email", "ada@example.org"])?;
    here.succeed(&["app", "member", "add", "shop", "ada"])?;
    let mut former: Option<String> = None;
    for (number, more) in [(1, None), (2, Some("--replace"))] {
        let dir = format!("ada{number}");
        std::fs::create_dir_all(here.path(&dir))?;
        let mut arguments = vec!["user", "credentials", "ada", "--dir", &dir];
        arguments.extend(more);
        here.succeed(&arguments)?;
        if let Some(former) = former.take() {
            refuses(there, &former)?;
        }
        let keys = format!("{dir}/.pantry/keys.yml");
        let keys = lead_to((here, &keys), (there, &format!("{dir}.yml")))?;
        let begun = Instant::now();
        while !asks(there, &keys)?.status.success() {
            ensure!(begun.elapsed() < Duration::from_secs(5), "the new keys are not known there");
        }
        former = Some(keys);
    }
    here.succeed(&["user", "delete", "ada", "--yes"])?;
    refuses(there, &former.context("no keys")?)
}

fn asks(house: &Installation, keys: &str) -> Result<Output> {
    house.run(&["--curve-key-file", keys, "-a", "shop", "client", "list"])
}

/// That a server does nothing for whoever has these keys.
fn refuses(house: &Installation, keys: &str) -> Result<()> {
    let output = asks(house, keys)?;
    let said = String::from_utf8_lossy(&output.stderr);
    // Cut, refused, or cut in the middle of the handshake.
    ensure!(matches!(output.status.code(), Some(4..=6)), "{}: {said}", output.status);
    Ok(())
}
