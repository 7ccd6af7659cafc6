//! Pantry as a Chef server: one process, its data in SQLite, every check on.

use std::io::Write as _;
use std::net::SocketAddr;

use anyhow::Result;
use pantry_testkit::installation::{Installation, free_port};
use serde_json::json;

use super::server::Server;
use super::signer::Signer;
use crate::Binaries;

/// Pantry, ready to be started.
pub(super) struct Pantry {
    house: Installation,
    address: SocketAddr,
}

impl Pantry {
    /// Prepares it.
    pub(super) fn prepare(binaries: &Binaries) -> Result<Self> {
        let house = binaries.installation()?;
        let address = ([127, 0, 0, 1], free_port()?).into();
        let mut config = std::fs::OpenOptions::new().append(true).open(house.path("server.yml"))?;
        writeln!(config, "http: {{listen: '{address}'}}")?;
        Ok(Self { house, address })
    }

    /// Starts it, and makes an organization.
    pub(super) fn start(&self) -> Result<Server> {
        let server = Server {
            title: "Pantry".to_owned(),
            process: self.house.start_server()?,
            address: self.address,
            superuser: Signer::from_file("pivotal", &self.house.path("server/keys/pivotal.pem"))?,
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
        };
        server.make("/organizations", &json!({ "name": "bench", "full_name": "Bench" }))?;
        Ok(server)
    }
}
