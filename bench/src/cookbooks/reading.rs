//! What tools read that look at all cookbooks: the universe, as each of them may want it, and the lists.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};

use super::site::Site;
use super::table::{Table, shown};
use super::universe::Cookbooks;
use crate::client::Answer;

/// How often each is asked for, and how long at most.
const TIMES: usize = 100;
const TIME: Duration = Duration::from_secs(10);

/// How often a cookbook is changed before something is asked for.
const CHANGES: usize = 11;

/// In which coding a universe is asked for.
pub(crate) const CODINGS: [&str; 3] = ["identity", "gzip", "zstd"];

/// The first that is asked for after a server has started.
pub(super) fn first(site: &mut Site<'_>, coding: &str) -> Result<()> {
    let answer = universe(site, coding)?;
    println!(
        "  universe, first after the server's start, {coding}: first byte after {}, whole after {}",
        shown(answer.first),
        shown(answer.time)
    );
    Ok(())
}

/// Measures universes and lists.
pub(super) fn measure(
    site: &mut Site<'_>,
    cookbooks: &Cookbooks,
    codings: &[&str],
    table: &mut Table,
) -> Result<()> {
    let some = cookbooks.all().get(cookbooks.count() / 2).context("no cookbooks")?;
    let release = some.releases.first().context("no version")?;
    let mut saved = Vec::new();
    for coding in codings {
        let mut answers = Vec::new();
        for _ in 0..CHANGES {
            saved.push(site.change(&some.name, release)?.time);
            answers.push(universe(site, coding)?.into());
        }
        show(table, &format!("universe, a cookbook changed, {coding}"), &answers);
    }
    table.show("save of a version", saved, "");
    for coding in codings {
        let answers = repeated(|| universe(site, coding))?;
        show(table, &format!("universe, warm, {coding}"), &answers);
    }
    let tag = universe(site, "identity")?.header("etag").map(str::to_owned);
    if let Some(tag) = tag {
        let answers = repeated(|| {
            let answer = site.ask("GET", "universe", "", &[("If-None-Match", &tag)])?;
            ensure!(answer.status == 304, "GET universe: {}", answer.told());
            Ok(answer)
        })?;
        table.show("universe, not changed (304)", whole(&answers), "");
    }
    let most = cookbooks.all().iter().max_by_key(|cookbook| cookbook.releases.len());
    let most = most.context("no cookbooks")?;
    for (title, path) in [
        ("list of cookbooks, newest versions", "cookbooks".to_owned()),
        ("list of cookbooks, all versions", "cookbooks?num_versions=all".to_owned()),
        ("list of a cookbook's versions", format!("cookbooks/{}", most.name)),
        ("a version", format!("cookbooks/{}/{}", some.name, release.version)),
    ] {
        let answers = repeated(|| {
            let answer = site.ask("GET", &path, "", &[])?;
            ensure!(answer.status == 200, "GET {path}: {}", answer.told());
            Ok(answer)
        })?;
        table.show(title, whole(&answers), &bytes(&answers));
    }
    Ok(())
}

/// The universe in a coding.
pub(crate) fn universe(site: &mut Site<'_>, coding: &str) -> Result<Answer> {
    let answer = site.ask("GET", "universe", "", &[("Accept-Encoding", coding)])?;
    let said = answer.header("content-encoding").unwrap_or("identity");
    ensure!(answer.status == 200 && said == coding, "GET universe as {coding}, got {said}");
    Ok(answer)
}

/// What is kept of an answer.
pub(crate) struct Seen {
    first: Duration,
    whole: Duration,
    bytes: usize,
}

impl From<Answer> for Seen {
    fn from(answer: Answer) -> Self {
        Self { first: answer.first, whole: answer.time, bytes: answer.body.len() }
    }
}

/// Asks over and over, the first time for nothing.
pub(crate) fn repeated(mut ask: impl FnMut() -> Result<Answer>) -> Result<Vec<Seen>> {
    let begin = Instant::now();
    ask()?;
    let mut all = Vec::new();
    while all.is_empty() || (all.len() < TIMES && begin.elapsed() < TIME) {
        all.push(ask()?.into());
    }
    Ok(all)
}

/// How long each took.
pub(crate) fn whole(all: &[Seen]) -> Vec<Duration> {
    all.iter().map(|seen| seen.whole).collect()
}

/// How large the last one was.
pub(crate) fn bytes(all: &[Seen]) -> String {
    format!("{} bytes", all.last().map_or(0, |seen| seen.bytes))
}

/// Prints when first bytes came, and when all had.
pub(crate) fn show(table: &mut Table, title: &str, all: &[Seen]) {
    let first = all.iter().map(|seen| seen.first).collect();
    table.show(&format!("{title}: first byte"), first, "");
    table.show(&format!("{title}: whole"), whole(all), &bytes(all));
}
