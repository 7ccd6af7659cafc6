//! The best answer: the newest versions for the run list first, then for the rest of the solution.
//!
//! Which means: of as few cookbooks of the run list as possible is there a newer version that counts;
//! of those answers, of as few others as possible; and what cannot be the newest is as new as it can
//! be. That is the original's aim, but for one thing: the original also counts cookbooks that are not
//! in the answer, and sometimes holds one back that is there for the sake of one that is not.
//!
//! First only the newest versions are allowed, which nearly always gives an answer. If it does not,
//! the contradiction names cookbooks of which at least one has to be let off; the cheapest of them are,
//! and so on. What was let off when an answer is found is the least that could be.

use std::collections::BTreeSet;

use crate::hitting::cheapest;
use crate::problem::Problem;
use crate::search::{Assignment, Scope, Unmet, domain, search};
use crate::universe::Id;

/// What it costs to let a cookbook of the run list off: more than all others together.
const ITEM: u64 = 1 << 32;

/// How many contradictions are looked at before the first answer that was found has to do.
const MAX_ROUNDS: usize = 256;

/// An answer, and the cookbooks that were let off for it: of the run list, and others.
#[derive(Debug)]
pub(crate) struct Preferred {
    pub(crate) assignment: Assignment,
    pub(crate) let_off: (usize, usize),
}

/// The best answer, or why there is none.
pub(crate) fn best(problem: &Problem<'_>) -> Result<Preferred, Unmet> {
    let mut off = BTreeSet::new();
    let mut sets: Vec<Vec<Id>> = Vec::new();
    let mut any = None;
    for _ in 0..MAX_ROUNDS {
        let scope = Scope::Newest { but: &off };
        let contradiction = match search(problem, scope) {
            Ok(assignment) => return Ok(Preferred { assignment, let_off: split(problem, &off) }),
            Err(Unmet::Contradiction(contradiction)) => contradiction,
            Err(Unmet::TooHard(_)) => break,
        };
        // Whether there is any answer is worth knowing before a better one is looked for.
        if any.is_none() {
            any = Some(search(problem, Scope::Anything)?);
        }
        let held = |id: &Id| {
            let is_narrower = domain(problem, scope, *id) != problem.counting(*id);
            is_narrower || (problem.waives(*id) && !off.contains(id))
        };
        let mut set: Vec<Id> = contradiction.involved().into_iter().filter(held).collect();
        // What others depend on is the last to be let off, as it is the first that the original
        // decides.
        let dependents = |id: &Id| problem.universe.cookbook(*id).map_or(0, |book| book.dependents);
        set.sort_by_key(|id| (dependents(id), *id));
        sets.push(set);
        off = cheapest(&sets, |id| if problem.is_item(id) { ITEM } else { 1 });
    }
    let assignment = match any {
        Some(assignment) => assignment,
        None => search(problem, Scope::Anything)?,
    };
    Ok(Preferred { assignment, let_off: split(problem, &off) })
}

fn split(problem: &Problem<'_>, off: &BTreeSet<Id>) -> (usize, usize) {
    let items = off.iter().filter(|id| problem.is_item(**id)).count();
    (items, off.len() - items)
}
