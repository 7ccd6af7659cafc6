//! A server that is asked: how it is filled, and what is asked of it.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::nodes::Node;
use crate::api::server::Server;
use crate::client::Client;
use crate::filling::{self, Filled};

/// A server, and one connection to it.
pub(super) struct Site<'s> {
    server: &'s Server,
    base: &'s str,
    client: Client,
}

impl<'s> Site<'s> {
    pub(super) fn new(server: &'s Server) -> Result<Self> {
        Ok(Self { server, base: server.base()?, client: Client::connect(server.address)? })
    }

    fn request(&self, method: &str, path: &str, body: &str) -> Result<Vec<u8>> {
        let path = format!("{}{path}", self.base);
        self.server.superuser.request(self.server.address, method, &path, body)
    }

    /// Makes this many nodes; how long it took, or how many there were when the limit came.
    pub(super) fn fill(&mut self, nodes: usize, limit: Duration) -> Result<Filled> {
        let (address, signer) = (self.server.address, &self.server.superuser);
        let path = format!("{}/nodes", self.base);
        let filled = filling::fill(self.server, nodes, limit, |client, number| {
            let body = Node { number }.json(0).to_string();
            let request = signer.request(address, "POST", &path, &body)?;
            let answer = client.ask(&request)?;
            ensure!(answer.status == 201, "POST nodes: {}", answer.told());
            Ok(())
        });
        // Meanwhile a server may have closed the connection on which nobody asked for anything.
        self.client = Client::connect(self.server.address)?;
        filled
    }

    /// Saves a node as it is after a run.
    pub(super) fn save(&mut self, node: Node, run: usize) -> Result<Duration> {
        let path = format!("/nodes/{}", node.fqdn());
        let request = self.request("PUT", &path, &node.json(run).to_string())?;
        let answer = self.client.ask(&request)?;
        ensure!(answer.status == 200, "PUT {path}: {}", answer.told());
        Ok(answer.time)
    }

    /// Searches nodes, for all of them or for some attributes; how many there are, how many are in the
    /// answer, and how long it took.
    pub(super) fn search(&mut self, query: &str, rows: usize, columns: &str) -> Result<Seen> {
        let method = if columns.is_empty() { "GET" } else { "POST" };
        let path = format!("/search/node?q={}&rows={rows}", encoded(query));
        let answer = self.client.ask(&self.request(method, &path, columns)?)?;
        ensure!(answer.status == 200, "{method} {path}: {}", answer.told());
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
