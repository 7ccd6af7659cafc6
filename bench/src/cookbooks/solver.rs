//! The solver by itself: one cookbook, twenty, and sets that cannot be met.

use std::time::{Duration, Instant};

use pantry_solver::{Failure, Item, Request, Universe, explain, solve};

use super::random::Random;
use super::table::shown;
use super::universe::Cookbooks;
use crate::figures::percentile;

/// How many run lists of several are asked for.
const SETS: usize = 500;

/// How many cookbooks stand in one.
const LARGE: usize = 20;

/// Run lists of a kind.
pub(super) struct Kind {
    pub(super) title: &'static str,
    pub(super) requests: Vec<Request>,
    /// How many of them cannot be met.
    pub(super) unmet: usize,
}

/// Measures, and gives what was asked.
pub(super) fn measure(cookbooks: &Cookbooks) -> Vec<Kind> {
    let begun = Instant::now();
    let universe = cookbooks.universe();
    println!("universe prepared for the solver in {}\n", shown(begun.elapsed()));
    println!("solve                         asked  unmet       p50       p99       max");
    let names: Vec<&str> = cookbooks.all().iter().map(|cookbook| cookbook.name.as_str()).collect();
    let single: Vec<Request> = names.iter().map(|name| request(&[name])).collect();
    let mut random = Random::new(20);
    let sets = (0..SETS).map(|_| {
        let items: Vec<&str> =
            (0..LARGE).filter_map(|_| names.get(random.below(names.len())).copied()).collect();
        request(&items)
    });
    let (one, unmet_one) = of("one cookbook", &universe, single);
    let (twenty, unmet_twenty) = of("twenty cookbooks", &universe, sets.collect());
    let (unmet_one, _) = of("one that cannot be met", &universe, unmet_one);
    let (unmet_twenty, _) = of("twenty that cannot be met", &universe, unmet_twenty);
    let mut times: Vec<Duration> = unmet_twenty
        .requests
        .iter()
        .chain(&unmet_one.requests)
        .map(|request| {
            let begun = Instant::now();
            let sentences = explain(&universe, request);
            drop(sentences);
            begun.elapsed()
        })
        .collect();
    told("explained", 0, &mut times);
    vec![one, twenty, unmet_one, unmet_twenty]
}

fn request(names: &[&str]) -> Request {
    let item = |name: &&str| Item { cookbook: (*name).to_owned(), version: None };
    Request::new(names.iter().map(item), [])
}

/// Solves each and tells the times; gives those that cannot be met as well.
fn of(title: &'static str, universe: &Universe, requests: Vec<Request>) -> (Kind, Vec<Request>) {
    let mut unmet = Vec::new();
    let mut given_up = 0;
    let mut times = Vec::with_capacity(requests.len());
    for request in &requests {
        let begun = Instant::now();
        let answer = solve(universe, request);
        times.push(begun.elapsed());
        given_up += usize::from(matches!(answer, Err(Failure::TooHard)));
        if answer.is_err() {
            unmet.push(request.clone());
        }
    }
    told(title, unmet.len(), &mut times);
    if given_up > 0 {
        println!("  {given_up} of them were given up");
    }
    (Kind { title, requests, unmet: unmet.len() }, unmet)
}

fn told(what: &str, unmet: usize, times: &mut [Duration]) {
    times.sort_unstable();
    let [half, nearly, all] = [50, 99, 100].map(|percent| shown(percentile(times, percent)));
    println!("{what:28} {:6} {unmet:6} {half:>9} {nearly:>9} {all:>9}", times.len());
}
