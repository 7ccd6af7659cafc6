//! Who is to blame when nothing fits, as the original finds it.
//!
//! The run list's items are added one after the other; the first with which nothing fits any more is
//! the item that cannot be met. Then the cookbooks are looked for whose constraints would have to be
//! disregarded to get an answer after all: of the run list itself as few as possible, then of the
//! others, while those of which some version somewhere asks for what does not exist are disregarded
//! most easily. If several do, the one that leaves most cookbooks at their newest, and then the one
//! that the original comes upon last.

use std::collections::{BTreeMap, BTreeSet};

use crate::hitting::cheapest;
use crate::prefer::best;
use crate::problem::Problem;
use crate::search::{Scope, TooHard, Unmet, search};
use crate::universe::Id;

/// What it costs to disregard a cookbook: of the run list, any other, and one of which somebody asks
/// for what there is not.
const COSTS: (u64, u64, u64) = (1 << 40, 1 << 20, 1);

/// How many cookbooks that cost the same are tried.
const MAX_TRIED: usize = 8;

/// How many contradictions are looked at.
const MAX_ROUNDS: usize = 128;

/// Who is to blame.
#[derive(Debug)]
pub(crate) struct Culprits {
    /// The position of the item that cannot be met.
    pub(crate) item: usize,
    /// The cookbooks whose constraints would have to be disregarded, in the order in which one comes
    /// upon them from the run list. There is at least one.
    pub(crate) cookbooks: Vec<Id>,
}

/// Who is to blame for a problem without an answer.
pub(crate) fn culprits(problem: &Problem<'_>) -> Result<Culprits, TooHard> {
    let item = first_unmet(problem)?;
    let until = problem.first(item + 1);
    // Everything within reach of the whole run list counts, as it does in the original.
    let order = problem.reachable();
    let rank: BTreeMap<Id, usize> = (0..).zip(&order).map(|(rank, id)| (*id, rank)).collect();
    let suspicious = suspicious(problem, &order);
    let cost = |id: Id| match (until.is_item(id), suspicious.contains(&id)) {
        (true, true) => COSTS.0 + COSTS.2,
        (true, false) => COSTS.0,
        (false, false) => COSTS.1,
        (false, true) => COSTS.2,
    };
    let last_first = |set: BTreeSet<Id>| {
        let mut set: Vec<Id> = set.into_iter().collect();
        set.sort_by_key(|id| std::cmp::Reverse(rank.get(id).copied()));
        set
    };
    let mut sets: Vec<Vec<Id>> = Vec::new();
    let mut waived = BTreeSet::new();
    loop {
        let trial = until.waiving(waived.clone());
        match search(&trial, Scope::Anything) {
            Ok(_) => break,
            Err(Unmet::Contradiction(why)) => sets.push(last_first(why.asked_of(&trial))),
            Err(Unmet::TooHard(too_hard)) => return Err(too_hard),
        }
        if sets.len() >= MAX_ROUNDS {
            break;
        }
        waived = cheapest(&sets, cost);
    }
    if let [only] = &waived.iter().copied().collect::<Vec<_>>()[..] {
        let as_cheap = alternatives(&sets, *only, cost);
        waived = BTreeSet::from([preferred(&until, &as_cheap).unwrap_or(*only)]);
    }
    let mut cookbooks = last_first(waived);
    cookbooks.reverse();
    Ok(Culprits { item, cookbooks })
}

/// The position of the first item with which nothing fits any more. With more items there never is an
/// answer where there was none, so it is found by halving.
pub(crate) fn first_unmet(problem: &Problem<'_>) -> Result<usize, TooHard> {
    let (mut met, mut unmet) = (0, problem.items().len());
    while unmet - met > 1 {
        let middle = met + (unmet - met) / 2;
        match search(&problem.first(middle), Scope::Anything) {
            Ok(_) => met = middle,
            Err(Unmet::Contradiction(_)) => unmet = middle,
            Err(Unmet::TooHard(too_hard)) => return Err(too_hard),
        }
    }
    Ok(met)
}

/// The cookbooks of which any version within reach asks for what there is not.
fn suspicious(problem: &Problem<'_>, reachable: &[Id]) -> BTreeSet<Id> {
    let releases =
        reachable.iter().flat_map(|id| problem.counting(*id).map(move |release| (*id, release)));
    let dependencies = releases.flat_map(|(id, release)| problem.dependencies(id, release));
    let asks_too_much = dependencies.filter(|dependency| {
        crate::universe::both(&dependency.allowed, &problem.counting(dependency.on)).is_empty()
    });
    asks_too_much.map(|dependency| dependency.on).collect()
}

/// Those that could be disregarded in the place of one, at no other cost.
fn alternatives(sets: &[Vec<Id>], one: Id, cost: impl Fn(Id) -> u64) -> Vec<Id> {
    let Some((first, others)) = sets.split_first() else {
        return Vec::new();
    };
    let everywhere = first.iter().filter(|id| others.iter().all(|set| set.contains(id)));
    everywhere.copied().filter(|id| cost(*id) == cost(one)).take(MAX_TRIED).collect()
}

/// The one without which most cookbooks are at their newest; of those that leave the same, the first.
fn preferred(problem: &Problem<'_>, candidates: &[Id]) -> Option<Id> {
    if candidates.len() < 2 {
        return candidates.first().copied();
    }
    let tried = candidates.iter().filter_map(|id| {
        let answer = best(&problem.waiving(BTreeSet::from([*id]))).ok()?;
        Some((answer.let_off, *id))
    });
    tried.min_by_key(|(let_off, _)| *let_off).map(|(_, id)| id)
}
