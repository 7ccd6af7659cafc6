//! Why nothing fits, as pubgrub derives it: two requirements make a third, and so on to the end.

use std::collections::{BTreeSet, HashSet};
use std::mem;
use std::ptr;
use std::sync::Arc;

use pubgrub::{DerivationTree, External};

use crate::problem::Problem;
use crate::removed::wanted;
use crate::search::Key;
use crate::set::Set;
use crate::universe::{Id, both};

/// A derivation, which may be deeper than a thread's stack: it is walked and given up step by step.
#[derive(Debug)]
pub(crate) struct Contradiction(Tree);

pub(crate) type Tree = DerivationTree<Key, Set, String>;

/// A requirement from which a contradiction is derived.
pub(crate) type End = External<Key, Set, String>;

impl Contradiction {
    pub(crate) fn new(tree: Tree) -> Self {
        Self(tree)
    }

    /// The derivation.
    pub(crate) fn tree(&self) -> &Tree {
        &self.0
    }

    /// The requirements that it begins with; and how many steps it has.
    pub(crate) fn ends(&self) -> (Vec<&End>, usize) {
        let (mut found, mut steps) = (Vec::new(), 0);
        let mut seen = HashSet::new();
        let mut stack = vec![&self.0];
        while let Some(tree) = stack.pop() {
            // Parts are shared, and looked at once.
            if !seen.insert(ptr::from_ref(tree)) {
                continue;
            }
            match tree {
                DerivationTree::External(external) => found.push(external),
                DerivationTree::Derived(derived) => {
                    steps += 1;
                    stack.extend([&*derived.cause1, &*derived.cause2]);
                }
            }
        }
        (found, steps)
    }

    /// Every cookbook of which it speaks.
    pub(crate) fn involved(&self) -> BTreeSet<Id> {
        let keys = self.ends().0.into_iter().flat_map(|end| match end {
            External::FromDependencyOf(of, _, on, _) => [Some(of), Some(on)],
            External::NotRoot(key, _)
            | External::NoVersions(key, _)
            | External::Custom(key, ..) => [Some(key), None],
        });
        keys.flatten().filter_map(Key::id).collect()
    }

    /// The cookbooks of which something is asked: without these requirements there would be no
    /// contradiction.
    pub(crate) fn asked_of(&self, problem: &Problem<'_>) -> BTreeSet<Id> {
        let mut asked = Vec::new();
        for end in self.ends().0 {
            let External::FromDependencyOf(of, by, Key::Cookbook(on), _) = end else { continue };
            match of {
                Key::RunList => {
                    asked.extend(problem.wanted().get(on).map(|span| (*on, span.clone())));
                }
                Key::Cookbook(id) => {
                    let counting = problem.counting(*id);
                    let releases = by.spans().iter().flat_map(|span| both(span, &counting));
                    let dependencies = releases.flat_map(|it| problem.dependencies(*id, it));
                    let on_it = dependencies.filter(|dependency| dependency.on == *on);
                    asked.extend(on_it.map(|it| (*on, wanted(problem, *id, it))));
                }
            }
        }
        problem.asked_with(asked)
    }

    /// The cookbooks of which the run list asks something.
    pub(crate) fn items(&self) -> BTreeSet<Id> {
        let asked = self.ends().0.into_iter().filter_map(|end| match end {
            External::FromDependencyOf(Key::RunList, _, on, _) => on.id(),
            _ => None,
        });
        asked.collect()
    }
}

impl Drop for Contradiction {
    fn drop(&mut self) {
        let nothing = || DerivationTree::External(External::NotRoot(Key::RunList, 0));
        let mut stack = vec![mem::replace(&mut self.0, nothing())];
        while let Some(tree) = stack.pop() {
            if let DerivationTree::Derived(derived) = tree {
                // What is still used elsewhere comes again.
                let causes = [derived.cause1, derived.cause2];
                stack.extend(causes.into_iter().filter_map(Arc::into_inner));
            }
        }
    }
}
