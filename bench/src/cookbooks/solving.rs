//! The solver behind its endpoint: run lists of each kind, first while no answer is in memory, then the
//! same again.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;

use super::site::Site;
use super::solver::Kind;
use super::table::Table;
use super::universe::Cookbooks;

const PATH: &str = "environments/_default/cookbook_versions";

/// How long the run lists of a kind may take, and again when they are asked for again.
const TIME: Duration = Duration::from_secs(10);

/// Of a few run lists, each is asked so often that there are about so many times.
const FEW: usize = 200;

/// Measures. `is_equal`: whether the server must find what the solver by itself found.
pub(super) fn measure(
    site: &mut Site<'_>,
    cookbooks: &Cookbooks,
    kinds: &[Kind],
    is_equal: bool,
    table: &mut Table,
) -> Result<()> {
    let changed = cookbooks.all().iter().find(|cookbook| !cookbook.releases.is_empty());
    let changed = changed.and_then(|it| Some((it.name.as_str(), it.releases.first()?)));
    let mut after_change = Vec::new();
    for kind in kinds.iter().filter(|kind| !kind.requests.is_empty()) {
        let (mut new, mut again) = (Seen::default(), Seen::default());
        for _ in 0..FEW.div_ceil(kind.requests.len()) {
            // No answer holds any longer, and the first pays for a new universe.
            if let Some((name, release)) = changed {
                site.change(name, release)?;
                let (time, _) = solve(site, &[name])?;
                after_change.push(time);
            }
            for seen in [&mut new, &mut again] {
                for request in &kind.requests {
                    if seen.time < TIME {
                        let items = request.run_list().iter();
                        let items: Vec<&str> = items.map(|item| item.cookbook.as_str()).collect();
                        match solve(site, &items) {
                            Err(_) if !is_equal => {
                                seen.failed += 1;
                                site.reconnect()?;
                            }
                            solved => seen.add(solved?),
                        }
                    }
                }
            }
        }
        let expected = kind.unmet * new.times.len();
        let found = new.unmet * kind.requests.len();
        ensure!(
            !is_equal || new.time >= TIME || expected == found,
            "{}: {} of {} cannot be met",
            kind.title,
            new.unmet,
            new.times.len()
        );
        let mut remark = format!("{} cannot be met", new.unmet);
        if new.failed > 0 {
            remark = format!("{remark}, {} failed", new.failed);
        }
        table.show(&format!("solve: {}", kind.title), new.times, &remark);
        table.show(&format!("the same again: {}", kind.title), again.times, "");
    }
    table.show("solve: first after a cookbook changed", after_change, "");
    Ok(())
}

#[derive(Default)]
struct Seen {
    times: Vec<Duration>,
    /// All of them together.
    time: Duration,
    unmet: usize,
    /// How often a peer broke off.
    failed: usize,
}

impl Seen {
    fn add(&mut self, (time, is_met): (Duration, bool)) {
        self.times.push(time);
        self.time += time;
        self.unmet += usize::from(!is_met);
    }
}

/// Solves; whether that was possible.
pub(crate) fn solve(site: &mut Site<'_>, items: &[&str]) -> Result<(Duration, bool)> {
    let body = json!({ "run_list": items }).to_string();
    let answer = site.ask("POST", PATH, &body, &[])?;
    ensure!(matches!(answer.status, 200 | 412), "POST {PATH}: {}", answer.told());
    Ok((answer.time, answer.status == 200))
}
