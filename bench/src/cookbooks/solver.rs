//! The solver by itself: one cookbook, twenty, and sets that cannot be met.

use std::time::{Duration, Instant};

use anyhow::Result;
use pantry_solver::{Failure, Item, Request, Universe, explain, solve};

use super::random::Random;
use super::universe::Cookbooks;
use crate::figures::percentile;

/// How many run lists of several are asked for.
const SETS: usize = 500;

/// How many cookbooks stand in one.
const LARGE: usize = 20;

/// Measures.
pub(super) fn measure(cookbooks: &Cookbooks) -> Result<()> {
    let begun = Instant::now();
    let universe = cookbooks.universe();
    println!("universe prepared for the solver in {}\n", shown(begun.elapsed()));
    println!("solve                         asked  unmet       p50       p99       max");
    let names: Vec<&str> = cookbooks.all().iter().map(|cookbook| cookbook.name.as_str()).collect();
    let single: Vec<Request> = names.iter().map(|name| request(&[name])).collect();
    let unmet = of("one cookbook", &universe, &single);
    let mut random = Random::new(20);
    let sets: Vec<Request> = (0..SETS)
        .map(|_| {
            let items: Vec<&str> =
                (0..LARGE).filter_map(|_| names.get(random.below(names.len())).copied()).collect();
            request(&items)
        })
        .collect();
    let unmet_sets = of("twenty cookbooks", &universe, &sets);
    of("one that cannot be met", &universe, &unmet);
    of("twenty that cannot be met", &universe, &unmet_sets);
    let mut times: Vec<Duration> = unmet_sets
        .iter()
        .chain(&unmet)
        .map(|request| {
            let begun = Instant::now();
            let sentences = explain(&universe, request);
            drop(sentences);
            begun.elapsed()
        })
        .collect();
    told("explained", 0, &mut times);
    Ok(())
}

fn request(names: &[&str]) -> Request {
    let item = |name: &&str| Item { cookbook: (*name).to_owned(), version: None };
    Request::new(names.iter().map(item), [])
}

/// Solves each and tells the times; gives those that cannot be met.
fn of(what: &str, universe: &Universe, requests: &[Request]) -> Vec<Request> {
    let mut unmet = Vec::new();
    let mut given_up = 0;
    let mut times = Vec::with_capacity(requests.len());
    for request in requests {
        let begun = Instant::now();
        let answer = solve(universe, request);
        times.push(begun.elapsed());
        given_up += usize::from(matches!(answer, Err(Failure::TooHard)));
        if answer.is_err() {
            unmet.push(request.clone());
        }
    }
    told(what, unmet.len(), &mut times);
    if given_up > 0 {
        println!("  {given_up} of them were given up");
    }
    unmet
}

fn told(what: &str, unmet: usize, times: &mut [Duration]) {
    times.sort_unstable();
    let [half, nearly, all] = [50, 99, 100].map(|percent| shown(percentile(times, percent)));
    println!("{what:28} {:6} {unmet:6} {half:>9} {nearly:>9} {all:>9}", times.len());
}

fn shown(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1000.0)
}
