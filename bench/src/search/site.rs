//! A server that is asked: how it is filled, and what is asked of it.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::client::{Answer, Client};
use super::nodes::Node;
use crate::api::server::Server;

/// How many connections fill a server.
const FILLERS: usize = 4;

/// A server becomes too large here, in KiB.
const MEMORY_LIMIT: u64 = 6 << 20;

/// A server, and one connection to it.
pub(super) struct Site<'s> {
    server: &'s Server,
    base: &'s str,
    client: Client,
}

impl<'s> Site<'s> {
    pub(super) fn new(server: &'s Server) -> Result<Self> {
        let base = server.clients.strip_suffix("/clients").context("where are the clients?")?;
        Ok(Self { server, base, client: Client::connect(server.address)? })
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Result<Vec<u8>> {
        let path = format!("{}{path}", self.base);
        self.server.superuser.request(self.server.address, method, &path, body)
    }

    /// What a process takes of memory at present (`VmRSS:`), or took at most (`VmHWM:`), in KiB.
    pub(super) fn memory_kib(process: u32, field: &str) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix(field));
        let number = line.and_then(|rest| rest.split_whitespace().next());
        Ok(number.with_context(|| format!("no {field}"))?.parse()?)
    }

    /// Makes this many nodes; how long it took, or how many there were when the limit came.
    pub(super) fn fill(
        &mut self,
        nodes: usize,
        limit: Duration,
    ) -> Result<Result<Duration, usize>> {
        let (start, next) = (Instant::now(), AtomicUsize::new(0));
        let (address, process) = (self.server.address, self.server.process.id());
        let (signer, path) = (&self.server.superuser, format!("{}/nodes", self.base));
        let fill = || -> Result<bool> {
            let mut client = Client::connect(address)?;
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let rss = Self::memory_kib(process, "VmRSS:")?;
                if number >= nodes || start.elapsed() > limit || rss > MEMORY_LIMIT {
                    return Ok(number >= nodes);
                }
                let body = Node { number }.json(0).to_string();
                let answer = client.ask(&signer.request(address, "POST", &path, &body)?)?;
                ensure!(answer.status == 201, "POST nodes: {}", told(&answer));
            }
        };
        let is_done = std::thread::scope(|scope| -> Result<bool> {
            let fillers: Vec<_> = (0..FILLERS).map(|_| scope.spawn(fill)).collect();
            let mut is_done = true;
            for filler in fillers {
                let done = filler.join().map_err(|_| anyhow::anyhow!("a filler has failed"))?;
                is_done &= done?;
            }
            Ok(is_done)
        })?;
        // Meanwhile a server may have closed the connection on which nobody asked for anything.
        self.client = Client::connect(address)?;
        let made = next.into_inner().saturating_sub(FILLERS);
        Ok(if is_done { Ok(start.elapsed()) } else { Err(made) })
    }

    /// Saves a node as it is after a run.
    pub(super) fn save(&mut self, node: Node, run: usize) -> Result<Duration> {
        let path = format!("/nodes/{}", node.fqdn());
        let request = self.request("PUT", &path, &node.json(run).to_string())?;
        let answer = self.client.ask(&request)?;
        ensure!(answer.status == 200, "PUT {path}: {}", told(&answer));
        Ok(answer.time)
    }

    /// Searches nodes, for all of them or for some attributes; how many there are, how many are in the
    /// answer, and how long it took.
    pub(super) fn search(&mut self, query: &str, rows: usize, columns: &str) -> Result<Seen> {
        let method = if columns.is_empty() { "GET" } else { "POST" };
        let path = format!("/search/node?q={}&rows={rows}", encoded(query));
        let answer = self.client.ask(&self.request(method, &path, columns)?)?;
        ensure!(answer.status == 200, "{method} {path}: {}", told(&answer));
        let body: Value = serde_json::from_slice(&answer.body).context(path)?;
        let total = body.get("total").and_then(Value::as_u64).context("no total")?;
        let rows = body.get("rows").and_then(Value::as_array).context("no rows")?.len();
        Ok(Seen { total, rows, bytes: answer.body.len(), time: answer.time })
    }
}

/// What a search found.
pub(super) struct Seen {
    pub(super) total: u64,
    pub(super) rows: usize,
    pub(super) bytes: usize,
    pub(super) time: Duration,
}

fn told(answer: &Answer) -> String {
    let body: String = String::from_utf8_lossy(&answer.body).chars().take(500).collect();
    format!("{} {body}", answer.status)
}

/// A text as the value of a parameter.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
