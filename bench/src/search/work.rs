//! What is measured of a server that holds nodes: saves that are searched at once, and searches of
//! each kind.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use super::nodes::Node;
use super::site::Site;
use crate::figures::{millis, percentile};

/// How many saves are measured.
const SAVES: usize = 200;

/// How many searches of a kind are, and how long at most.
const SEARCHES: usize = 100;
const TIME: Duration = Duration::from_secs(20);

/// How long a server may take to find what was saved.
const PATIENCE: Duration = Duration::from_secs(10);

/// One attribute, so that what is measured is the search and not the size of nodes.
const NAMES: &str = r#"{"name":["name"]}"#;

const COLUMNS: &str = r#"{"name":["name"],"ip":["ipaddress"],"kernel":["kernel","release"],"mtu":["network","interfaces","eth0","mtu"],"tags":["tags"]}"#;

struct Kind {
    title: &'static str,
    query: fn(Node) -> String,
    rows: usize,
    columns: &'static str,
    /// How many there must be, if that is known.
    total: Option<u64>,
}

const KINDS: &[Kind] = &[
    Kind {
        title: "exact, the whole node",
        query: |node| format!("fqdn:{}", node.fqdn()),
        rows: 1000,
        columns: "",
        total: Some(1),
    },
    Kind {
        title: "exact, 10 names of many",
        query: |node| format!("roles:{}", node.role()),
        rows: 10,
        columns: NAMES,
        total: None,
    },
    Kind {
        title: "prefix",
        query: |node| format!("hostname:{}{:03}*", node.role(), node.number / 100),
        rows: 10,
        columns: NAMES,
        total: None,
    },
    Kind {
        title: "infix, one field",
        query: |node| format!("fqdn:*{:02}.{}*", node.number % 100, node.environment()),
        rows: 10,
        columns: NAMES,
        total: None,
    },
    Kind {
        title: "infix, any field",
        query: |node| format!("*:*{}*", node.address()),
        rows: 10,
        columns: NAMES,
        total: None,
    },
    Kind {
        title: "boolean with NOT",
        query: |node| {
            format!(
                "(roles:{} OR tags:rack7) AND chef_environment:{} AND NOT platform:ubuntu",
                node.role(),
                node.environment()
            )
        },
        rows: 10,
        columns: NAMES,
        total: None,
    },
    Kind {
        title: "range",
        query: |node| format!("uptime_seconds:[5{0:02} TO 5{0:02}9]", node.number % 100),
        rows: 10,
        columns: NAMES,
        total: None,
    },
    Kind {
        title: "1,000 rows of 5 attributes",
        query: |_| "*:*".to_owned(),
        rows: 1000,
        columns: COLUMNS,
        total: None,
    },
];

/// Every so often one of so many nodes, never in their order.
fn some(number: usize, nodes: usize) -> Node {
    Node { number: number * 7919 % nodes }
}

/// Waits until the last node that was made is found, which some servers leave for later; `false` if
/// that takes longer than there is time.
pub(super) fn follows(site: &mut Site<'_>, nodes: usize, limit: Duration) -> Result<bool> {
    let query = format!("fqdn:{}", Node { number: nodes - 1 }.fqdn());
    let begin = Instant::now();
    let mut tries = 0;
    while site.search(&query, 10, NAMES)?.total != 1 {
        tries += 1;
        if begin.elapsed() > limit {
            println!("  does not find its nodes, {:.0} s later", begin.elapsed().as_secs_f64());
            return Ok(false);
        }
    }
    if tries > 0 {
        println!("  finds them {:.1} s later", begin.elapsed().as_secs_f64());
    }
    Ok(true)
}

/// Saves nodes that chef-client ran on, and searches each at once by what only this run of it has.
pub(super) fn saves(site: &mut Site<'_>, nodes: usize) -> Result<()> {
    let (mut puts, mut visible, mut failures) = (Vec::new(), Vec::new(), 0);
    let begin = Instant::now();
    for run in 1..=SAVES {
        let node = some(run, nodes);
        let query = format!("deploy_revision:{}", node.revision(run));
        let put = site.save(node, run)?;
        let after = Instant::now();
        let first = site.search(&query, 10, NAMES)?;
        let mut total = (first.total, put + first.time);
        if total.0 != 1 {
            failures += 1;
        }
        while total.0 != 1 && after.elapsed() < PATIENCE {
            let again = site.search(&query, 10, NAMES)?;
            total = (again.total, put + after.elapsed());
        }
        puts.push(put);
        visible.push(total.1);
        if begin.elapsed() > TIME {
            break;
        }
    }
    show(&format!("save ({} of them)", puts.len()), puts, "");
    show("save and search for it", visible, &format!("; {failures} not found at once"));
    Ok(())
}

/// Searches of each kind.
pub(super) fn searches(site: &mut Site<'_>, nodes: usize) -> Result<()> {
    for kind in KINDS {
        let (mut times, mut totals, mut bytes) = (Vec::new(), Vec::new(), 0);
        let begin = Instant::now();
        for number in 0..SEARCHES {
            let query = (kind.query)(some(number, nodes));
            let seen = site.search(&query, kind.rows, kind.columns)?;
            let is_right = kind.total.is_none_or(|total| total == seen.total)
                && seen.rows as u64 == seen.total.min(kind.rows as u64);
            ensure!(is_right, "{query}: {} of {} rows", seen.rows, seen.total);
            times.push(seen.time);
            totals.push(seen.total);
            bytes = seen.bytes;
            if begin.elapsed() > TIME {
                break;
            }
        }
        totals.sort_unstable();
        let found = format!("; {} found, {bytes} bytes", percentile(&totals, 50));
        show(kind.title, times, &found);
    }
    Ok(())
}

fn show(title: &str, mut times: Vec<Duration>, more: &str) {
    times.sort_unstable();
    let (p50, p99) = (percentile(&times, 50), percentile(&times, 99));
    println!("  {title:<28} p50 {:>9}, p99 {:>9}{more}", millis(p50), millis(p99));
}
