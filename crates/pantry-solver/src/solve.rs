//! From a request to an answer.

use std::sync::Arc;

use pantry_model::Version;

use crate::explain::explain as derive;
use crate::failure::Failure;
use crate::prefer::best;
use crate::problem::Problem;
use crate::request::Request;
use crate::search::{Assignment, Unmet};
use crate::universe::{Id, Universe};

/// Versions that fit together: each cookbook of the run list and what it depends on, and nothing else.
/// First is what comes first in the run list, then what that depends on, and so on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Solution(Vec<(Arc<str>, Version)>);

impl Solution {
    /// Cookbooks and their versions, in order.
    pub fn cookbooks(&self) -> &[(Arc<str>, Version)] {
        &self.0
    }

    /// The version of a cookbook.
    pub fn version(&self, cookbook: &str) -> Option<Version> {
        self.0.iter().find(|(name, _)| **name == *cookbook).map(|(_, version)| *version)
    }
}

/// The best versions for a run list, or why none fit.
pub fn solve(universe: &Universe, request: &Request) -> Result<Solution, Failure> {
    let problem =
        Problem::new(universe, request).map_err(|invalid| Failure::invalid(request, &invalid))?;
    solved(&problem.pruned(), request)
}

fn solved(problem: &Problem<'_>, request: &Request) -> Result<Solution, Failure> {
    match best(problem) {
        Ok(best) => Ok(in_order(problem, &best.assignment)),
        Err(Unmet::Contradiction(_)) => Err(Failure::unsatisfiable(problem, request)),
        Err(Unmet::TooHard(_)) => Err(Failure::TooHard),
    }
}

/// How it follows, step by step, that nothing fits; nothing if something does, or if an item of the run
/// list cannot be met by itself.
pub fn explain(universe: &Universe, request: &Request) -> Vec<String> {
    Problem::new(universe, request).map(|problem| derive(&problem)).unwrap_or_default()
}

/// Each cookbook before what it depends on, in the order of the run list and of the dependencies.
fn in_order(problem: &Problem<'_>, assignment: &Assignment) -> Solution {
    let mut rest = assignment.clone();
    let mut found = Vec::with_capacity(assignment.len());
    let mut stack: Vec<Id> = problem.items().iter().rev().map(|(id, _)| *id).collect();
    while let Some(id) = stack.pop() {
        let Some(release) = rest.remove(&id) else {
            continue;
        };
        let (Some(cookbook), Some(chosen)) =
            (problem.universe.cookbook(id), problem.universe.release(id, release))
        else {
            continue;
        };
        found.push((Arc::clone(&cookbook.name), chosen.version));
        stack.extend(chosen.dependencies.iter().rev().map(|dependency| dependency.on));
    }
    Solution(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::request::Item;

    /// Cookbooks are `a` to `f`; `g` is only depended on.
    type Release = ((usize, u8), Vec<(usize, &'static str, u8)>);

    const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];

    fn releases() -> impl Strategy<Value = Vec<Release>> {
        let operator = prop::sample::select(vec![">=", ">=", "=", "<", ">"]);
        let dependencies = prop::collection::vec((0usize..7, operator, 0u8..4), 0..3);
        prop::collection::vec(((0usize..6, 1u8..5), dependencies), 4..20)
    }

    fn universe(releases: &[Release]) -> Universe {
        let mut builder = Universe::builder();
        for ((name, version), dependencies) in releases {
            let on = dependencies.iter().map(|(on, operator, than)| {
                (NAMES[*on], format!("{operator} {than}.0").parse().unwrap())
            });
            builder.add(NAMES[*name], format!("{version}.0").parse().unwrap(), on);
        }
        builder.build()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn what_can_never_be_chosen_changes_no_answer(
            releases in releases(),
            items in prop::collection::vec((0usize..6, prop::option::weighted(0.2, 1u8..5)), 1..4),
            constraint in (0usize..6, 1u8..4),
        ) {
            let universe = universe(&releases);
            let items = items.iter().map(|(name, version)| Item {
                cookbook: NAMES[*name].to_owned(),
                version: version.map(|version| format!("{version}.0").parse().unwrap()),
            });
            let (on, than) = constraint;
            let constraint = (NAMES[on].to_owned(), format!(">= {than}.0").parse().unwrap());
            let request = Request::new(items, [constraint]);
            if let Ok(problem) = Problem::new(&universe, &request) {
                let (tried, pruned) = (solved(&problem, &request), solved(&problem.pruned(), &request));
                match (&pruned, &tried) {
                    // Of several who are as much to blame, either may be told.
                    (
                        Err(Failure::Unsatisfiable { item, .. }),
                        Err(Failure::Unsatisfiable { item: same, .. }),
                    ) => prop_assert_eq!(item, same),
                    _ => prop_assert_eq!(pruned, tried),
                }
            }
        }
    }
}
