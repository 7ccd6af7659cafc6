//! What a change on a shelf costs, and who sees it when.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::agency::{APPLICATIONS, Agency, WATCHED};
use crate::api::server::Server;
use crate::cookbooks::reading::universe;
use crate::cookbooks::site::Site;
use crate::cookbooks::table::{Table, shown};
use crate::cookbooks::universe::Release;

/// How many versions are uploaded one after the other.
const UPLOADS: u32 = 200;

/// After how many uploads all applications are asked for what they see.
const ROUNDS: u32 = 3;

/// Uploads new versions to a shelf that so many applications use.
pub(super) fn uploads(
    agency: &Agency,
    server: &Server,
    users: usize,
    table: &mut Table,
) -> Result<()> {
    let (shelf, _) = agency.places(server, 0)?;
    let mut site = Site::at(server, shelf)?;
    let cpu = server.process.cpu_time()?;
    let mut times = Vec::new();
    for number in 0..UPLOADS {
        times.push(site.put(WATCHED, &release(&format!("1.{users}.{number}"))?)?.time);
    }
    let cpu = (server.process.cpu_time()? - cpu) / UPLOADS;
    let with = if users == 1 { "application uses" } else { "applications use" };
    let remark = format!("server CPU {} each", shown(cpu));
    table.show(&format!("upload to a shelf that {users} {with}"), times, &remark);
    // What comes next does not begin with what these have left to do.
    let (_, application) = agency.places(server, 0)?;
    site.go(application);
    universe(&mut site, "identity").map(drop)
}

/// Uploads a version to a shelf, and asks every application for its universe and for an answer of the
/// solver: each must have it at once.
pub(super) fn seen_by_all(agency: &Agency, server: &Server, table: &mut Table) -> Result<()> {
    let (shelf, _) = agency.places(server, 0)?;
    let mut site = Site::at(server, shelf)?;
    let (mut first, mut read, mut solved) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        site.go(shelf);
        let version = format!("2.0.{round}");
        site.put(WATCHED, &release(&version)?)?;
        for number in 0..APPLICATIONS {
            let (_, application) = agency.places(server, number)?;
            site.go(application);
            // Half of them read the universe first, and the others solve first.
            for is_universe in [number % 2 == 0, number % 2 != 0] {
                if is_universe {
                    let answer = universe(&mut site, "identity")?;
                    let all: Value = serde_json::from_slice(&answer.body)?;
                    let path = all.pointer(&format!("/{WATCHED}/{version}/location_path"));
                    let path = path.and_then(Value::as_str);
                    let base = agency.applications.get(number).map_or("", String::as_str);
                    let expected = format!("{base}/cookbooks/{WATCHED}/{version}");
                    let is_there = path.is_some_and(|path| path.ends_with(&expected));
                    ensure!(is_there, "the universe of {base} lacks {WATCHED} {version}");
                    first.push(answer.first);
                    read.push(answer.time);
                } else {
                    let time = solve(&mut site, &version)?;
                    solved.push(time);
                }
            }
        }
    }
    println!("  {ROUNDS} times seen by all {APPLICATIONS} applications at their next request");
    table.show("universe of each after a change: first byte", first, "");
    table.show("universe of each after a change: whole", read, "");
    table.show("solve of each after a change", solved, "");
    Ok(())
}

/// Solves what has changed, which must be found.
fn solve(site: &mut Site<'_>, version: &str) -> Result<Duration> {
    let body = format!(r#"{{"run_list":["{WATCHED}"]}}"#);
    let answer = site.ask("POST", "environments/_default/cookbook_versions", &body, &[])?;
    ensure!(answer.status == 200, "{}", answer.told());
    let solved: Value = serde_json::from_slice(&answer.body)?;
    let found = solved.pointer(&format!("/{WATCHED}/version")).and_then(Value::as_str);
    ensure!(found == Some(version), "{found:?} was chosen, and not {version}");
    Ok(answer.time)
}

fn release(version: &str) -> Result<Release> {
    Ok(Release { version: version.parse()?, dependencies: Vec::new() })
}
