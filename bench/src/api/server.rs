//! A server under test: what there is to ask of it, and what it used to answer.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use pantry_sign::PrivateKey;
use pantry_testkit::process::Process;
use serde_json::{Value, json};

use super::load;
use super::signer::Signer;
use crate::figures::percentile;

/// How many API clients a server has to answer for, and how many users.
pub(crate) const ACTORS: usize = 50;

/// What is asked for. Everyone asks for themself.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Client,
    User,
}

impl Kind {
    pub(crate) const ALL: [Self; 2] = [Self::Client, Self::User];

    fn name(self, number: usize) -> String {
        match self {
            Self::Client => format!("web{number:03}.example.com"),
            Self::User => format!("user{number:03}"),
        }
    }
}

/// A running server.
pub(crate) struct Server {
    /// As it is printed.
    pub(crate) title: String,
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
    pub(crate) superuser: Signer,
    /// The file with the superuser's key.
    pub(crate) superuser_key: PathBuf,
    /// Where API clients are: `/organizations/bench/clients`.
    pub(crate) clients: &'static str,
    /// What makes a user of this name, with this public key.
    pub(crate) new_user: fn(&str, &str) -> Value,
}

/// What came out of one round.
#[derive(Clone, Copy, Default)]
pub(crate) struct Round {
    /// Requests in a second.
    pub(crate) rate: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
    /// CPU time that the server used for a request, user and system.
    pub(crate) cpu: Duration,
    /// CPU time that the load itself used for one.
    pub(crate) own_cpu: Duration,
}

impl Server {
    /// Has the superuser make something.
    pub(crate) fn make(&self, path: &str, what: &Value) -> Result<()> {
        let request = self.superuser.request(self.address, "POST", path, &what.to_string())?;
        let (status, body) = load::ask(self.address, &request)?;
        ensure!(status == 201, "{}: POST {path}: {status} {body}", self.title);
        Ok(())
    }

    /// What the paths of an organization's objects begin with.
    pub(crate) fn base(&self) -> Result<&'static str> {
        self.clients.strip_suffix("/clients").context("where are the clients?")
    }

    /// Makes everyone. They share a key, which no server can make use of.
    pub(crate) fn fill(&self, key: &PrivateKey) -> Result<()> {
        let public = key.public_key().to_pem();
        for number in 0..ACTORS {
            let name = Kind::Client.name(number);
            self.make(self.clients, &json!({ "name": name, "public_key": public }))?;
            let name = Kind::User.name(number);
            self.make("/users", &(self.new_user)(&name, &public))?;
        }
        Ok(())
    }

    /// The requests of everyone of a kind, signed. Each is asked once, and must be answered with
    /// what it asks for; and a false signature must be refused.
    pub(crate) fn requests(&self, kind: Kind, key: &PrivateKey) -> Result<Vec<Vec<u8>>> {
        let mut requests = Vec::with_capacity(ACTORS);
        for number in 0..ACTORS {
            let name = kind.name(number);
            let path = self.path(kind, &name);
            let request = Signer::new(&name, key).request(self.address, "GET", &path, "")?;
            let (status, body) = load::ask(self.address, &request)?;
            let is_right = status == 200 && body.contains(&name) && body.contains("PUBLIC KEY");
            ensure!(is_right, "{}: GET {path}: {status} {body}", self.title);
            requests.push(request);
        }
        let (one, other) = (kind.name(0), kind.name(1));
        let signed = Signer::new(&one, key);
        let forged = signed.request(self.address, "GET", &self.path(kind, &one), "")?;
        let forged = String::from_utf8(forged)?.replacen(&one, &other, 1);
        let (status, body) = load::ask(self.address, forged.as_bytes())?;
        ensure!(status == 401, "{}: a false signature: {status} {body}", self.title);
        Ok(requests)
    }

    /// Where someone is.
    fn path(&self, kind: Kind, name: &str) -> String {
        match kind {
            Kind::Client => format!("{}/{name}", self.clients),
            Kind::User => format!("/users/{name}"),
        }
    }

    /// What is asked for, as it is printed.
    pub(crate) fn pattern(&self, kind: Kind) -> String {
        self.path(kind, "NAME")
    }

    /// Asks for so long.
    pub(crate) fn round(&self, requests: &[Vec<u8>], time: Duration) -> Result<Round> {
        let before = self.process.cpu_time()?;
        let seen = load::run(self.address, requests, time)?;
        let cpu = self.process.cpu_time()? - before;
        let count = seen.latencies.len();
        let each = |time: Duration| time.div_f64(count as f64);
        Ok(Round {
            rate: count as f64 / seen.elapsed.as_secs_f64(),
            p50: percentile(&seen.latencies, 50),
            p99: percentile(&seen.latencies, 99),
            cpu: each(cpu),
            own_cpu: each(seen.own_cpu),
        })
    }
}
