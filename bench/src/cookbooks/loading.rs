//! Loading: every version of every cookbook is put over the API, one request each.
//!
//! All of them have one file, which is uploaded once. A cookbook's versions are put one after the other
//! and cookbooks side by side, as tools do that copy one server's to another.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::site::{Place, RECIPE, Site, put};
use super::universe::Cookbooks;
use super::upload::CommandLine;
use crate::api::server::Server;
use crate::client::Client;
use crate::filling::{FILLERS, Filled, fill};

/// Loads all cookbooks, within this time. A peer may not take some versions, or break off. Whether the
/// server has all.
pub(super) fn load(
    server: &Server,
    cookbooks: &Cookbooks,
    command_line: &CommandLine,
    (is_peer, limit): (bool, Duration),
) -> Result<bool> {
    let first = cookbooks.all().iter().find(|cookbook| !cookbook.releases.is_empty());
    let first = first.context("no cookbooks")?;
    // Its one version is replaced by the same with no more than the recipe.
    let version = first.releases.first().context("no version")?.version.to_string();
    command_line.describe(&first.name, &version, Value::Object(Default::default()))?;
    command_line.write(&format!("{}/recipes/default.rb", first.name), RECIPE)?;
    command_line.upload(server, &first.name)?;
    let cpu = server.process.cpu_time()?;
    let (place, address, missing) = (Place::of(server)?, server.address, AtomicUsize::new(0));
    let filled = fill(server, cookbooks.count(), limit, |client, number| {
        let cookbook = cookbooks.all().get(number).context("no such cookbook")?;
        for release in &cookbook.releases {
            match put(place, client, (&cookbook.name, release), "") {
                Err(_) if is_peer => {
                    missing.fetch_add(1, Ordering::Relaxed);
                    *client = Client::connect(address)?;
                }
                outcome => drop(outcome?),
            }
        }
        Ok(())
    })?;
    let cpu = server.process.cpu_time()? - cpu;
    let missing = missing.into_inner();
    if missing > 0 {
        println!("  {missing} versions it did not take");
    }
    match filled {
        Filled::All(time) => {
            let versions = cookbooks.versions() as f64;
            println!(
                "  loaded over {FILLERS} connections in {:.1} s: {:.0} versions a second; server CPU {:.2} ms for each",
                time.as_secs_f64(),
                versions / time.as_secs_f64(),
                cpu.as_secs_f64() * 1000.0 / versions
            );
            Ok(missing == 0)
        }
        Filled::Part(made) => {
            println!(
                "  ended with {made} cookbooks, after {} s at most or for its size",
                limit.as_secs()
            );
            Ok(false)
        }
    }
}

/// Sees to it that a universe tells of all that was loaded.
pub(super) fn check(site: &mut Site<'_>, cookbooks: &Cookbooks) -> Result<()> {
    let answer = site.ask("GET", "universe", "", &[])?;
    ensure!(answer.status == 200, "GET universe: {}", answer.told());
    let universe: Value = serde_json::from_slice(&answer.body)?;
    let universe = universe.as_object().context("no universe")?;
    let versions = universe.values().filter_map(Value::as_object).map(|it| it.len()).sum::<usize>();
    let seen = (universe.len(), versions);
    let expected = (cookbooks.count(), cookbooks.versions());
    ensure!(seen == expected, "{seen:?} cookbooks and versions where {expected:?} were loaded");
    Ok(())
}
