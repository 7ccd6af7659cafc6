//! Pantry as a Chef server: one process, every check on, its data in SQLite or where a bench says.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use pantry_testkit::backend::Backend;
use pantry_testkit::installation::Installation;
use serde_json::json;

use super::server::Server;
use super::signer::Signer;
use crate::Binaries;

/// Pantry, ready to be started.
pub(crate) struct Pantry {
    house: Installation,
    title: &'static str,
}

impl Pantry {
    /// Prepares it.
    pub(crate) fn prepare(binaries: &Binaries) -> Result<Self> {
        Ok(Self { house: binaries.installation()?, title: "Pantry" })
    }

    /// Prepares one whose data is in a folder of its own.
    pub(crate) fn on_sqlite(binaries: &Binaries) -> Result<Self> {
        let house = Installation::on(Backend::Sqlite, &binaries.whole, &binaries.agent)?;
        Ok(Self { house, title: "Pantry on SQLite" })
    }

    /// Prepares one whose data is in the database that this URL names.
    pub(crate) fn on_postgres(binaries: &Binaries, url: &str) -> Result<Self> {
        let prepared = Self::on_sqlite(binaries)?;
        let file = prepared.house.path("server.yml");
        let text = std::fs::read_to_string(&file)?;
        let (before, _) = text.split_once("store:").context("the configuration names no store")?;
        std::fs::write(file, format!("{before}store: {{url: '{url}'}}\n"))?;
        Ok(Self { title: "Pantry on PostgreSQL", ..prepared })
    }

    /// The server's data directory.
    pub(crate) fn data(&self) -> PathBuf {
        self.house.path("server")
    }

    /// Starts it, and makes an organization.
    pub(crate) fn start(&self) -> Result<Server> {
        let server = self.start_again()?;
        server.make("/organizations", &json!({ "name": "bench", "full_name": "Bench" }))?;
        Ok(server)
    }

    /// Starts it with the data of the last time.
    pub(crate) fn start_again(&self) -> Result<Server> {
        let superuser_key = self.house.path("server/keys/pivotal.pem");
        let process = self.house.start_server()?;
        Ok(Server {
            title: self.title.to_owned(),
            process,
            address: ([127, 0, 0, 1], self.house.http_port()).into(),
            superuser: Signer::from_file("pivotal", &superuser_key)?,
            superuser_key,
            clients: "/organizations/bench/clients",
            new_user: |name, public_key| {
                json!({
                    "username": name,
                    "email": format!("{name}@example.com"),
                    "first_name": "First",
                    "last_name": "Last",
                    "display_name": name,
                    "password": "correct horse",
                    "public_key": public_key,
                })
            },
        })
    }
}
