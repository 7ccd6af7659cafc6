//! Pantry as a Chef server: one process, its data in SQLite, every check on.

use anyhow::Result;
use pantry_testkit::installation::Installation;
use serde_json::json;

use super::server::Server;
use super::signer::Signer;
use crate::Binaries;

/// Pantry, ready to be started.
pub(super) struct Pantry {
    house: Installation,
}

impl Pantry {
    /// Prepares it.
    pub(super) fn prepare(binaries: &Binaries) -> Result<Self> {
        Ok(Self { house: binaries.installation()? })
    }

    /// Starts it, and makes an organization.
    pub(super) fn start(&self) -> Result<Server> {
        let server = Server {
            title: "Pantry".to_owned(),
            process: self.house.start_server()?,
            address: ([127, 0, 0, 1], self.house.http_port()).into(),
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
