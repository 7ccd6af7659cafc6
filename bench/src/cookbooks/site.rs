//! A server that holds cookbooks: asking it, and putting versions of cookbooks there.

use std::net::SocketAddr;

use anyhow::{Result, ensure};
use serde_json::json;

use super::universe::Release;
use crate::api::server::Server;
use crate::api::signer::Signer;
use crate::client::{Answer, Client};

/// The one file of each version, and its MD5.
pub(crate) const RECIPE: &str = "log 'here'\n";
pub(crate) const RECIPE_MD5: &str = "fac77b5a96375ed1d157d2a722ab846d";

/// Where cookbooks are, and who asks for them.
#[derive(Clone, Copy)]
pub(crate) struct Place<'s> {
    address: SocketAddr,
    base: &'s str,
    signer: &'s Signer,
}

impl<'s> Place<'s> {
    pub(crate) fn of(server: &'s Server) -> Result<Self> {
        Ok(Self { address: server.address, base: server.base()?, signer: &server.superuser })
    }

    /// The same in another organization, whose objects' paths begin so.
    pub(crate) fn at(server: &'s Server, base: &'s str) -> Self {
        Self { address: server.address, base, signer: &server.superuser }
    }

    fn request(
        self,
        method: &str,
        path: &str,
        body: &str,
        more: &[(&str, &str)],
    ) -> Result<Vec<u8>> {
        let path = format!("{}/{path}", self.base);
        self.signer.request_with(self.address, method, &path, body, more)
    }
}

/// A place, and one connection to it.
pub(crate) struct Site<'s> {
    place: Place<'s>,
    client: Client,
    changes: usize,
}

impl<'s> Site<'s> {
    pub(crate) fn new(server: &'s Server) -> Result<Self> {
        Self::at(server, Place::of(server)?)
    }

    /// A connection to a place at this server.
    pub(crate) fn at(server: &'s Server, place: Place<'s>) -> Result<Self> {
        Ok(Self { place, client: Client::connect(server.address)?, changes: 0 })
    }

    /// The same connection, at another place.
    pub(crate) fn go(&mut self, place: Place<'s>) {
        self.place = place;
    }

    /// The same over a new connection.
    pub(super) fn reconnect(&mut self) -> Result<()> {
        self.client = Client::connect(self.place.address)?;
        Ok(())
    }

    /// Asks, with more headers than a request has anyhow. Signing is not counted.
    pub(crate) fn ask(
        &mut self,
        method: &str,
        path: &str,
        body: &str,
        more: &[(&str, &str)],
    ) -> Result<Answer> {
        self.client.ask(&self.place.request(method, path, body, more)?)
    }

    /// Changes a version of a cookbook that is there: each time it says something else of itself.
    pub(crate) fn change(&mut self, cookbook: &str, release: &Release) -> Result<Answer> {
        self.changes += 1;
        let said = format!("changed {} times", self.changes);
        put(self.place, &mut self.client, (cookbook, release), &said)
    }

    /// Puts a version of a cookbook.
    pub(crate) fn put(&mut self, cookbook: &str, release: &Release) -> Result<Answer> {
        put(self.place, &mut self.client, (cookbook, release), "")
    }
}

/// Puts a version of a cookbook, which may be there. Its file must be.
pub(crate) fn put(
    place: Place<'_>,
    client: &mut Client,
    (name, release): (&str, &Release),
    description: &str,
) -> Result<Answer> {
    let version = release.version.to_string();
    let dependencies = release.dependencies.iter();
    let dependencies = dependencies.map(|(on, asked)| (on.clone(), asked.clone().into()));
    let dependencies: serde_json::Map<_, serde_json::Value> = dependencies.collect();
    let recipe = json!({
        "name": "default.rb", "path": "recipes/default.rb", "checksum": RECIPE_MD5,
        "specificity": "default",
    });
    let body = json!({
        "name": format!("{name}-{version}"), "cookbook_name": name, "version": version,
        "json_class": "Chef::CookbookVersion", "chef_type": "cookbook_version", "frozen?": false,
        "recipes": [recipe], "attributes": [], "definitions": [], "libraries": [], "files": [],
        "templates": [], "resources": [], "providers": [], "root_files": [],
        "metadata": {
            "name": name, "version": version, "description": description,
            "long_description": "", "maintainer": "", "maintainer_email": "", "license": "Apache-2.0",
            "platforms": {}, "dependencies": dependencies, "attributes": {}, "groupings": {},
            "recipes": { name: "" }, "providing": { name: ">= 0.0.0" },
        },
    });
    let path = format!("cookbooks/{name}/{version}");
    let answer = client.ask(&place.request("PUT", &path, &body.to_string(), &[])?)?;
    ensure!(matches!(answer.status, 200 | 201), "PUT {path}: {}", answer.told());
    Ok(answer)
}
