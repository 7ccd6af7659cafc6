//! A request over a universe, in numbers: which versions count, and what is to be there.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::removed::Removed;
use crate::request::Request;
use crate::search::TooHard;
use crate::set::Set;
use crate::universe::{Dependency, Id, Span, Universe, both};

/// How much work a request is worth, with everything that is tried for it: to decide about a cookbook
/// again is as much as there are cookbooks to be decided about. Real sets need some thousand; but sets
/// can be made up that would need more than there is time. It is counted and not timed, so that an
/// answer is the same on every machine.
const MAX_WORK: usize = 1_000_000;

/// What is to be solved.
#[derive(Clone, Debug)]
pub(crate) struct Problem<'a> {
    pub(crate) universe: &'a Universe,
    /// Of each cookbook, the versions that count.
    counting: Vec<Span>,
    /// What is to be there, and in which versions. None of them is empty.
    items: Vec<(Id, Span)>,
    /// The same, each cookbook once. Two items may have no version in common.
    wanted: BTreeMap<Id, Span>,
    /// Cookbooks on which nothing depends: whatever is asked of them counts as given.
    waived: BTreeSet<Id>,
    /// What counts and yet can never be chosen, if that is not to be tried.
    removed: Option<Rc<Removed>>,
    /// How much more work may be done, here and wherever else the same request is tried.
    work: Rc<Cell<usize>>,
}

/// A request that is no problem yet: some of its items can be met by nothing. The positions of those
/// whose cookbook does not exist, and of those of which no version counts.
#[derive(Debug)]
pub(crate) struct Invalid {
    pub(crate) missing: Vec<usize>,
    pub(crate) without_versions: Vec<usize>,
}

impl<'a> Problem<'a> {
    /// The problem that a request is.
    pub(crate) fn new(universe: &'a Universe, request: &Request) -> Result<Self, Invalid> {
        let numbers = 0..u32::try_from(universe.len()).unwrap_or(u32::MAX);
        let mut counting: Vec<Span> = numbers.map(|id| universe.span(id)).collect();
        for (name, constraint) in request.constraints() {
            if let Some(id) = universe.id(name)
                && let Some(span) = counting.get_mut(id as usize)
            {
                *span = both(span, &universe.allowed(id, *constraint));
            }
        }
        let mut invalid = Invalid { missing: Vec::new(), without_versions: Vec::new() };
        let mut items = Vec::new();
        for (position, item) in request.run_list().iter().enumerate() {
            let there = universe.id(&item.cookbook).filter(|id| !universe.span(*id).is_empty());
            let Some(id) = there else {
                invalid.missing.push(position);
                continue;
            };
            let count = counting.get(id as usize).cloned().unwrap_or_default();
            let span = item.version.map_or(count.clone(), |version| {
                let pin = pantry_model::Constraint {
                    comparison: pantry_model::Comparison::Equal,
                    version,
                };
                both(&count, &universe.allowed(id, pin))
            });
            if span.is_empty() {
                invalid.without_versions.push(position);
            }
            items.push((id, span));
        }
        if invalid.missing.is_empty() && invalid.without_versions.is_empty() {
            let (wanted, waived) = (together(&items), BTreeSet::new());
            let work = Rc::new(Cell::new(MAX_WORK));
            Ok(Self { universe, counting, items, wanted, waived, removed: None, work })
        } else {
            Err(invalid)
        }
    }

    /// Does so much work, if it may still be done.
    pub(crate) fn spend(&self, work: usize) -> Result<(), TooHard> {
        self.work.set(self.work.get().checked_sub(work).ok_or(TooHard)?);
        Ok(())
    }

    /// The versions of a cookbook that count.
    pub(crate) fn counting(&self, id: Id) -> Span {
        self.counting.get(id as usize).cloned().unwrap_or_default()
    }

    /// What is to be tried of some versions of a cookbook that count.
    pub(crate) fn tried(&self, id: Id, of: Span) -> Set {
        match &self.removed {
            Some(removed) => removed.left(id, of),
            None => Set::of(of),
        }
    }

    /// The cookbooks of which something is asked if these versions of these are: also those on account
    /// of which some of the versions are not tried.
    pub(crate) fn asked_with(&self, asked: Vec<(Id, Span)>) -> BTreeSet<Id> {
        match &self.removed {
            Some(removed) => removed.asked_with(self, asked),
            None => asked.into_iter().map(|(id, _)| id).collect(),
        }
    }

    /// What is to be there, in order.
    pub(crate) fn items(&self) -> &[(Id, Span)] {
        &self.items
    }

    /// What is to be there, each cookbook once.
    pub(crate) fn wanted(&self) -> &BTreeMap<Id, Span> {
        &self.wanted
    }

    /// The newest version that counts and that the run list allows, if there is one.
    pub(crate) fn newest(&self, id: Id) -> Option<u32> {
        let counting = || self.counting(id);
        let span = self.wanted.get(&id).filter(|span| !span.is_empty()).cloned();
        let span = span.unwrap_or_else(counting);
        span.end.checked_sub(1).filter(|newest| span.contains(newest))
    }

    /// The same, where what can never be chosen is not tried.
    pub(crate) fn pruned(self) -> Self {
        Self { removed: Some(Rc::new(Removed::of(&self))), ..self }
    }

    /// The same with only some of the items.
    pub(crate) fn with_items(&self, items: Vec<(Id, Span)>) -> Self {
        Self { wanted: together(&items), items, ..self.clone() }
    }

    /// The same with the first items only.
    pub(crate) fn first(&self, count: usize) -> Self {
        self.with_items(self.items.iter().take(count).cloned().collect())
    }

    /// The same, where whatever is asked of these cookbooks counts as given.
    pub(crate) fn waiving(&self, waived: BTreeSet<Id>) -> Self {
        let other = Self { waived, ..self.clone() };
        // What could never be chosen on account of these can be, now.
        if self.removed.is_some() { other.pruned() } else { other }
    }

    /// Whether whatever is asked of a cookbook counts as given.
    pub(crate) fn waives(&self, id: Id) -> bool {
        self.waived.contains(&id)
    }

    /// The cookbooks on which nothing depends.
    pub(crate) fn waived(&self) -> &BTreeSet<Id> {
        &self.waived
    }

    /// Whether a cookbook is an item.
    pub(crate) fn is_item(&self, id: Id) -> bool {
        self.wanted.contains_key(&id)
    }

    /// What a version depends on.
    pub(crate) fn dependencies(&self, id: Id, release: u32) -> &'a [Dependency] {
        self.universe.release(id, release).map_or(&[], |release| &release.dependencies)
    }

    /// The cookbooks that any version that counts of anything could bring in, in the order in which
    /// one comes upon them from the run list.
    pub(crate) fn reachable(&self) -> Vec<Id> {
        let mut seen = vec![false; self.universe.len()];
        let mut order = Vec::new();
        // What is still to be looked at, the next one last.
        let mut stack: Vec<Id> = self.items.iter().rev().map(|(id, _)| *id).collect();
        while let Some(id) = stack.pop() {
            match seen.get_mut(id as usize) {
                Some(seen) if !*seen => *seen = true,
                _ => continue,
            }
            order.push(id);
            let wanted: Vec<Id> = self
                .counting(id)
                .flat_map(|release| self.dependencies(id, release))
                .map(|dependency| dependency.on)
                .filter(|on| !seen.get(*on as usize).copied().unwrap_or(true))
                .collect();
            stack.extend(wanted.into_iter().rev());
        }
        order
    }
}

fn together(items: &[(Id, Span)]) -> BTreeMap<Id, Span> {
    let mut wanted: BTreeMap<Id, Span> = BTreeMap::new();
    for (id, span) in items {
        let so_far = wanted.entry(*id).or_insert_with(|| span.clone());
        *so_far = both(so_far, span);
    }
    wanted
}
