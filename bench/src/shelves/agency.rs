//! An agency's server: shelves with many cookbooks, and many applications.

use std::ops::Range;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use crate::api::server::Server;
use crate::client::Client;
use crate::cookbooks::made_up;
use crate::cookbooks::site::{Place, RECIPE, RECIPE_MD5, Site, put};
use crate::cookbooks::universe::{Cookbook, Release};
use crate::filling::{Filled, fill};

pub(super) const APPLICATIONS: usize = 200;
pub(super) const SHELVES: usize = 3;
/// How many cookbooks each shelf has.
pub(super) const COOKBOOKS: usize = 1500;

/// The most versions that a cookbook has: the newest of them.
const VERSIONS: usize = 8;

/// How long filling may take.
const LIMIT: Duration = Duration::from_secs(300);

/// A cookbook on the first shelf that new versions come of.
pub(super) const WATCHED: &str = "watched";

/// What there is.
pub(super) struct Agency {
    /// Of each shelf: what its paths begin with, and its cookbooks.
    pub(super) shelves: Vec<(String, Vec<Cookbook>)>,
    /// What the paths of each application begin with.
    pub(super) applications: Vec<String>,
}

impl Default for Agency {
    fn default() -> Self {
        let mut shelves: Vec<_> =
            (0..SHELVES).map(|at| (format!("/organizations/shelf-{at}"), Vec::new())).collect();
        for (at, mut cookbook) in made_up::cookbooks().0.into_iter().enumerate() {
            let many = cookbook.releases.len().saturating_sub(VERSIONS);
            cookbook.releases.drain(..many);
            // An eighth of them is on two shelves.
            let on: &[usize] = match at % 8 {
                0 | 1 => &[0],
                2 => &[0, 1],
                3 | 4 => &[1],
                _ => &[2],
            };
            for (_, (_, cookbooks)) in
                shelves.iter_mut().enumerate().filter(|(at, _)| on.contains(at))
            {
                cookbooks.push(cookbook.clone());
            }
        }
        let applications = (0..APPLICATIONS).map(|at| format!("/organizations/app-{at:03}"));
        Self { shelves, applications: applications.collect() }
    }
}

impl Agency {
    /// How many versions of cookbooks there are on all shelves.
    pub(super) fn versions(&self) -> usize {
        let cookbooks = self.shelves.iter().flat_map(|(_, cookbooks)| cookbooks);
        cookbooks.map(|cookbook| cookbook.releases.len()).sum()
    }

    /// The first shelf, and an application.
    pub(super) fn places<'s>(
        &'s self,
        server: &'s Server,
        application: usize,
    ) -> Result<(Place<'s>, Place<'s>)> {
        let (shelf, _) = self.shelves.first().context("no shelves")?;
        let application = self.applications.get(application).context("no such application")?;
        Ok((Place::at(server, shelf), Place::at(server, application)))
    }

    /// Makes shelves and applications, and fills the shelves.
    pub(super) fn settle(&self, server: &Server) -> Result<()> {
        let shelves = self.shelves.iter().map(|(base, _)| base);
        for base in shelves.chain(&self.applications) {
            let name = base.rsplit('/').next().unwrap_or_default();
            server.make("/organizations", &json!({ "name": name, "full_name": name }))?;
        }
        for (base, cookbooks) in &self.shelves {
            let place = Place::at(server, base);
            let mut site = Site::at(server, place)?;
            succeeds(&mut site, "PUT", "shelf", &json!({}))?;
            succeeds(&mut site, "PUT", "shelf", &json!({ "granted_to_all": true }))?;
            bring_recipe(&mut site, server)?;
            let first = Release { version: "1.0.0".parse()?, dependencies: Vec::new() };
            site.put(WATCHED, &first)?;
            let filled = fill(server, cookbooks.len(), LIMIT, |client, number| {
                let cookbook = cookbooks.get(number).context("no such cookbook")?;
                for release in &cookbook.releases {
                    put(place, client, (&cookbook.name, release), "")?;
                }
                Ok(())
            })?;
            let Filled::All(time) = filled else { bail!("filling takes too long") };
            println!("{base} filled in {:.1} s", time.as_secs_f64());
        }
        Ok(())
    }

    /// Has applications use all shelves.
    pub(super) fn attach(&self, server: &Server, which: Range<usize>) -> Result<()> {
        for base in self.applications.get(which).context("no such applications")? {
            let mut site = Site::at(server, Place::at(server, base))?;
            for (shelf, _) in &self.shelves {
                let name = shelf.rsplit('/').next().unwrap_or_default();
                succeeds(&mut site, "POST", "shelves", &json!({ "name": name }))?;
            }
        }
        Ok(())
    }
}

/// Uploads the file that all cookbooks have.
pub(super) fn bring_recipe(site: &mut Site<'_>, server: &Server) -> Result<()> {
    let sums = json!({ "checksums": { RECIPE_MD5: null } });
    let sandbox = succeeds(site, "POST", "sandboxes", &sums)?;
    if let Some(url) = sandbox["checksums"][RECIPE_MD5]["url"].as_str() {
        let path = url.find("/organizations").and_then(|at| url.get(at..)).context("no link")?;
        let head = format!(
            "PUT {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n\r\n{RECIPE}",
            server.address,
            RECIPE.len()
        );
        let answer = Client::connect(server.address)?.ask(head.as_bytes())?;
        ensure!(matches!(answer.status, 200..=204), "PUT {path}: {}", answer.told());
    }
    let id = sandbox["sandbox_id"].as_str().context("no sandbox")?;
    succeeds(site, "PUT", &format!("sandboxes/{id}"), &json!({ "is_completed": true }))?;
    Ok(())
}

fn succeeds(site: &mut Site<'_>, method: &str, path: &str, body: &Value) -> Result<Value> {
    let answer = site.ask(method, path, &body.to_string(), &[])?;
    ensure!(matches!(answer.status, 200 | 201), "{method} {path}: {}", answer.told());
    Ok(serde_json::from_slice(&answer.body)?)
}
