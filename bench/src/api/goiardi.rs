//! The peer: goiardi, a Chef server in Go, with its data in memory and signatures checked.

use anyhow::{Context as _, Result};
use pantry_testkit::goiardi::{self, SUPERUSER};
use serde_json::json;

use super::server::Server;
use super::signer::Signer;

/// goiardi, ready to be started.
pub(crate) struct Goiardi(goiardi::Goiardi);

impl Goiardi {
    /// Finds the program, or fetches it once.
    pub(crate) fn install() -> Result<Self> {
        Ok(Self(goiardi::Goiardi::install().context("without the peer: `--no-peer`")?))
    }

    /// Starts it, and waits until it answers.
    pub(crate) fn start(&self) -> Result<Server> {
        let running = self.0.start()?;
        Ok(Server {
            title: self.0.title()?,
            superuser: Signer::from_file(SUPERUSER, &running.superuser_key)?,
            superuser_key: running.superuser_key,
            process: running.process,
            address: running.address,
            clients: "/clients",
            new_user: |name, public_key| json!({ "name": name, "password": "correct horse", "public_key": public_key }),
        })
    }
}
