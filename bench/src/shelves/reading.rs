//! What an application with shelves reads.

use std::ops::Range;

use anyhow::{Context as _, Result, ensure};

use super::agency::{Agency, WATCHED};
use crate::api::server::Server;
use crate::cookbooks::reading::{CODINGS, bytes, repeated, show, universe, whole};
use crate::cookbooks::site::Site;
use crate::cookbooks::solving::solve;
use crate::cookbooks::table::Table;
use crate::cookbooks::universe::Release;

/// How many cookbooks stand in a run list, and how many such run lists are asked for.
const LARGE: usize = 20;
const SETS: usize = 200;

/// How often a cookbook of a shelf is changed before a universe is asked for.
const CHANGES: usize = 50;

/// Each of these applications reads its universe, and solves a run list.
pub(super) fn each(
    agency: &Agency,
    server: &Server,
    which: Range<usize>,
    coding: &str,
) -> Result<()> {
    let set = run_lists(agency).next().context("no run list")?;
    for application in which {
        let (_, place) = agency.places(server, application)?;
        let mut site = Site::at(server, place)?;
        universe(&mut site, coding)?;
        solve(&mut site, &set)?;
    }
    Ok(())
}

/// Run lists of cookbooks from all shelves; always the same.
fn run_lists(agency: &Agency) -> impl Iterator<Item = Vec<&str>> {
    let name = |number: usize| {
        let (_, cookbooks) = agency.shelves.get(number % agency.shelves.len())?;
        Some(cookbooks.get(number * 7 % cookbooks.len())?.name.as_str())
    };
    (0..SETS).map(move |set| (0..LARGE).filter_map(|at| name(set * LARGE + at)).collect())
}

/// Measures what one application reads.
pub(super) fn measure(agency: &Agency, server: &Server, table: &mut Table) -> Result<()> {
    let (shelf, application) = agency.places(server, 0)?;
    let (_, cookbooks) = agency.shelves.first().context("no shelves")?;
    let some = cookbooks.get(cookbooks.len() / 2).context("no cookbooks")?;
    let release = some.releases.first().context("no version")?;
    let mut site = Site::at(server, application)?;
    for (number, coding) in CODINGS.into_iter().enumerate() {
        let mut answers = Vec::new();
        for change in 0..CHANGES {
            // A universe that says the same is the same, whatever was saved.
            let version = format!("0.{number}.{change}").parse()?;
            site.go(shelf);
            site.put(WATCHED, &Release { version, dependencies: Vec::new() })?;
            site.go(application);
            answers.push(universe(&mut site, coding)?.into());
        }
        show(table, &format!("universe, a shelf changed, {coding}"), &answers);
    }
    for coding in CODINGS {
        let answers = repeated(|| universe(&mut site, coding))?;
        show(table, &format!("universe, warm, {coding}"), &answers);
    }
    let tag = universe(&mut site, "identity")?.header("etag").context("no tag")?.to_owned();
    let answers = repeated(|| {
        let answer = site.ask("GET", "universe", "", &[("If-None-Match", &tag)])?;
        ensure!(answer.status == 304, "GET universe: {}", answer.told());
        Ok(answer)
    })?;
    table.show("universe, not changed (304)", whole(&answers), "");
    for (title, path) in [
        ("list of cookbooks, newest versions", "cookbooks"),
        ("list of cookbooks, all versions", "cookbooks?num_versions=all"),
        ("a version", &format!("cookbooks/{}/{}", some.name, release.version)),
    ] {
        let answers = repeated(|| {
            let answer = site.ask("GET", path, "", &[])?;
            ensure!(answer.status == 200, "GET {path}: {}", answer.told());
            Ok(answer)
        })?;
        table.show(title, whole(&answers), &bytes(&answers));
    }
    for title in ["solve: one cookbook", "the same again: one cookbook"] {
        let mut times = Vec::new();
        for cookbook in cookbooks.iter().take(SETS) {
            times.push(solve(&mut site, &[&cookbook.name])?.0);
        }
        table.show(title, times, "");
    }
    for title in ["solve: twenty cookbooks", "the same again: twenty cookbooks"] {
        let mut times = Vec::new();
        for set in run_lists(agency) {
            times.push(solve(&mut site, &set)?.0);
        }
        table.show(title, times, "");
    }
    let mut after = Vec::new();
    for _ in 0..CHANGES {
        site.go(shelf);
        site.change(&some.name, release)?;
        site.go(application);
        after.push(solve(&mut site, &[WATCHED])?.0);
    }
    table.show("solve: a shelf changed", after, "");
    Ok(())
}
