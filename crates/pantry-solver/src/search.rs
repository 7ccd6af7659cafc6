//! The search itself, which is pubgrub's.
//!
//! It is asked in two ways. *Anything that fits*: the order in which it decides is whatever finds an
//! answer or a contradiction soonest. *Only the newest*, but for some cookbooks that are let off: then
//! nearly nothing is left to decide, and what is follows one fixed order, so that of all answers the
//! first in that order is found and no cookbook in it could be newer by itself.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;

use pubgrub::{Dependencies, DependencyProvider, PackageResolutionStatistics, PubGrubError};

use crate::contradiction::Contradiction;
use crate::problem::Problem;
use crate::set::Set;
use crate::universe::{Id, Span, both};

/// How often one search may decide about the same cookbook again. Real sets need a few times. With
/// each contradiction there is more to look at for the next decision, so what would need a little more
/// takes much longer.
const MAX_TRIES: u32 = 200;

/// What pubgrub decides about: a cookbook, or the run list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Key {
    /// The run list, whose one version depends on its items.
    RunList,
    /// A cookbook.
    Cookbook(Id),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Key {
    /// The cookbook.
    pub(crate) fn id(&self) -> Option<Id> {
        match self {
            Self::RunList => None,
            Self::Cookbook(id) => Some(*id),
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Unmet {
    /// There can be none.
    Contradiction(Contradiction),
    /// More had to be tried than is tried.
    TooHard(TooHard),
}

impl From<TooHard> for Unmet {
    fn from(too_hard: TooHard) -> Self {
        Self::TooHard(too_hard)
    }
}

/// More had to be tried than is tried.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("more than is tried has to be tried")]
pub(crate) struct TooHard;

/// Which version of each cookbook.
pub(crate) type Assignment = BTreeMap<Id, u32>;

/// Which answers count.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Scope<'a> {
    /// Any.
    Anything,
    /// Those with the newest version of every cookbook that is not let off. What is waived is to be
    /// there as well, in its newest version, unless it is let off.
    Newest {
        /// The cookbooks that are let off.
        but: &'a BTreeSet<Id>,
    },
}

/// Looks for an answer.
pub(crate) fn search(problem: &Problem<'_>, scope: Scope<'_>) -> Result<Assignment, Unmet> {
    let provider = Provider { problem, scope, tries: RefCell::default() };
    match pubgrub::resolve(&provider, Key::RunList, 0u32) {
        Ok(selected) => Ok(selected
            .into_iter()
            .filter_map(|(key, release)| match key {
                Key::RunList => None,
                Key::Cookbook(id) => Some((id, release)),
            })
            .collect()),
        Err(PubGrubError::NoSolution(tree)) => Err(Unmet::Contradiction(Contradiction::new(tree))),
        Err(
            PubGrubError::ErrorRetrievingDependencies { source, .. }
            | PubGrubError::ErrorChoosingVersion { source, .. }
            | PubGrubError::ErrorInShouldCancel(source),
        ) => Err(source.into()),
    }
}

struct Provider<'a> {
    problem: &'a Problem<'a>,
    scope: Scope<'a>,
    /// How often it was decided about each.
    tries: RefCell<HashMap<Key, u32>>,
}

impl Provider<'_> {
    /// The versions of a cookbook that may be in the answer.
    fn domain(&self, id: Id) -> Span {
        domain(self.problem, self.scope, id)
    }

    /// What the run list depends on.
    fn of_run_list(&self) -> Vec<(Key, Set)> {
        let problem = self.problem;
        let items = problem.wanted().iter().filter(|(id, _)| !problem.waives(**id));
        let mut wanted: BTreeMap<Id, Span> =
            items.map(|(id, span)| (*id, both(span, &self.domain(*id)))).collect();
        if let Scope::Newest { but } = self.scope {
            let free = problem.waived().iter().filter(|id| !but.contains(id));
            wanted.extend(
                free.map(|id| (*id, self.domain(*id))).filter(|(_, span)| !span.is_empty()),
            );
        }
        wanted.into_iter().map(|(id, span)| self.tried(id, span)).collect()
    }

    /// What a version of a cookbook depends on.
    fn of_release(&self, id: Id, release: u32) -> Vec<(Key, Set)> {
        let mut wanted: Vec<(Id, Span)> = Vec::new();
        for dependency in self.problem.dependencies(id, release) {
            if self.problem.waives(dependency.on) {
                continue;
            }
            let itself = dependency.on == id;
            if itself && dependency.allowed.contains(&release) {
                continue;
            }
            // A version that wants another one of its own cookbook can never be there.
            let span =
                if itself { 0..0 } else { both(&dependency.allowed, &self.domain(dependency.on)) };
            // A cookbook may be named twice.
            match wanted.iter_mut().find(|(on, _)| *on == dependency.on) {
                Some((_, so_far)) => *so_far = both(so_far, &span),
                None => wanted.push((dependency.on, span)),
            }
        }
        wanted.into_iter().map(|(id, span)| self.tried(id, span)).collect()
    }

    fn tried(&self, id: Id, span: Span) -> (Key, Set) {
        (Key::Cookbook(id), self.problem.tried(id, span))
    }
}

/// The versions of a cookbook that may be in an answer.
pub(crate) fn domain(problem: &Problem<'_>, scope: Scope<'_>, id: Id) -> Span {
    let counting = problem.counting(id);
    match scope {
        Scope::Newest { but } if !but.contains(&id) => {
            problem.newest(id).map_or(counting, |newest| newest..newest + 1)
        }
        _ => counting,
    }
}

/// What is decided first is largest.
type Priority = (bool, bool, u32, Reverse<u32>, u32, Reverse<Key>);

impl DependencyProvider for Provider<'_> {
    type P = Key;
    type V = u32;
    type VS = Set;
    type M = String;
    type Err = TooHard;
    type Priority = Priority;

    fn prioritize(
        &self,
        key: &Key,
        set: &Set,
        statistics: &PackageResolutionStatistics,
    ) -> Priority {
        let Key::Cookbook(id) = *key else {
            return (true, true, u32::MAX, Reverse(0), u32::MAX, Reverse(*key));
        };
        let is_item = self.problem.is_item(id);
        let dependents = self.problem.universe.cookbook(id).map_or(0, |book| book.dependents);
        match self.scope {
            Scope::Anything => {
                let (conflicts, choices) = (statistics.conflict_count(), set.len());
                (choices == 0, is_item, conflicts, Reverse(choices), dependents, Reverse(*key))
            }
            Scope::Newest { .. } => (false, is_item, 0, Reverse(0), dependents, Reverse(*key)),
        }
    }

    fn choose_version(&self, key: &Key, set: &Set) -> Result<Option<u32>, TooHard> {
        let mut tries = self.tries.borrow_mut();
        let known = tries.len();
        let tries = tries.entry(*key).or_default();
        *tries += 1;
        if *tries > MAX_TRIES {
            return Err(TooHard);
        }
        self.problem.spend(if *tries == 1 { 1 } else { known })?;
        Ok(set.last())
    }

    fn get_dependencies(
        &self,
        key: &Key,
        release: &u32,
    ) -> Result<Dependencies<Key, Set, String>, TooHard> {
        let wanted = match *key {
            Key::RunList => self.of_run_list(),
            Key::Cookbook(id) => self.of_release(id, *release),
        };
        Ok(Dependencies::Available(wanted.into_iter().collect()))
    }
}
