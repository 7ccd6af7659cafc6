//! Versions that can never be chosen, found before anything is tried.
//!
//! A version that depends on what there is not, or on versions that all can never be chosen, can never
//! be chosen either. The search would find out by trying, and with a long chain whose end is missing it
//! would try every version of every link of it. Here each dependency looks at each version that it
//! allows once at most. Of each version it is known which dependency cannot be met, so that who is to
//! blame can still be told.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::problem::Problem;
use crate::set::Set;
use crate::universe::{Dependency, Id, Span, both};

/// The versions that can never be chosen: of each cookbook that has any, their numbers, and for each the
/// position of its dependency that cannot be met.
#[derive(Debug, Default)]
pub(crate) struct Removed(HashMap<Id, BTreeMap<u32, usize>>);

/// A dependency: of which version of which cookbook, and at which position.
type Place = (Id, u32, usize);

impl Removed {
    /// Those within reach of a problem's run list.
    pub(crate) fn of(problem: &Problem<'_>) -> Self {
        let mut removed = Self::default();
        // Who relies on a version, as the newest that is still there of those that it allows.
        let mut relying: HashMap<(Id, u32), Vec<Place>> = HashMap::new();
        // What has just been removed.
        let mut stack = Vec::new();
        for id in problem.reachable() {
            for release in problem.counting(id) {
                for position in 0..problem.dependencies(id, release).len() {
                    let place = (id, release, position);
                    stack.extend(removed.look(problem, place, None, &mut relying));
                }
            }
        }
        while let Some(gone) = stack.pop() {
            for place in relying.remove(&gone).unwrap_or_default() {
                stack.extend(removed.look(problem, place, Some(gone.1), &mut relying));
            }
        }
        removed
    }

    /// Has a dependency rely on the newest version that is left, below one or at all. If there is none,
    /// the version that has it is removed and given.
    fn look(
        &mut self,
        problem: &Problem<'_>,
        (id, release, position): Place,
        below: Option<u32>,
        relying: &mut HashMap<(Id, u32), Vec<Place>>,
    ) -> Option<(Id, u32)> {
        let dependency = problem.dependencies(id, release).get(position)?;
        let on = dependency.on;
        let is_met = on == id && dependency.allowed.contains(&release);
        if self.has(id, release) || problem.waives(on) || is_met {
            return None;
        }
        let wanted = wanted(problem, id, dependency);
        let still = wanted.start..below.map_or(wanted.end, |below| below.min(wanted.end));
        match still.rev().find(|other| !self.has(on, *other)) {
            Some(newest) => {
                relying.entry((on, newest)).or_default().push((id, release, position));
                None
            }
            None => {
                self.0.entry(id).or_default().insert(release, position);
                Some((id, release))
            }
        }
    }

    fn has(&self, id: Id, release: u32) -> bool {
        self.0.get(&id).is_some_and(|removed| removed.contains_key(&release))
    }

    /// What is left of some versions of a cookbook.
    pub(crate) fn left(&self, id: Id, of: Span) -> Set {
        let Some(removed) = self.0.get(&id) else { return Set::of(of) };
        let left = of.filter(|release| !removed.contains_key(release));
        left.collect()
    }

    /// The cookbooks of which something is asked if these versions of these are: also those on account
    /// of which some of the versions are removed.
    pub(crate) fn asked_with(
        &self,
        problem: &Problem<'_>,
        mut asked: Vec<(Id, Span)>,
    ) -> BTreeSet<Id> {
        let (mut found, mut seen) = (BTreeSet::new(), HashSet::new());
        while let Some((id, span)) = asked.pop() {
            found.insert(id);
            let Some(removed) = self.0.get(&id) else { continue };
            for (release, position) in removed.range(span) {
                if seen.insert((id, *release)) {
                    let unmet = problem.dependencies(id, *release).get(*position);
                    asked.extend(unmet.map(|unmet| (unmet.on, wanted(problem, id, unmet))));
                }
            }
        }
        found
    }
}

/// The versions that count and that a dependency of a cookbook allows. None if that is on the same
/// cookbook, since there is only one version of it.
pub(crate) fn wanted(problem: &Problem<'_>, id: Id, dependency: &Dependency) -> Span {
    if dependency.on == id {
        0..0
    } else {
        both(&dependency.allowed, &problem.counting(dependency.on))
    }
}
