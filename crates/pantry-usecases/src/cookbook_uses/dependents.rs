//! Which cookbooks bring a cookbook with them: those that depend on it, on those, and so on.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use pantry_model::{Constraint, Version};

use super::Names;
use crate::cookbooks::{Catalogue, VisibleCookbooks};
use crate::solving::on;

/// By name of what is depended on: who depends on it, and on which versions.
type Reverse = HashMap<Arc<str>, BTreeMap<Arc<str>, Vec<Constraint>>>;

/// What is remembered of shelves, which many applications have: by the state of their cookbooks.
#[derive(Default)]
pub(super) struct Dependents(HashMap<(i64, u64), Arc<Reverse>>);

impl Dependents {
    /// The cookbook itself, and those of an application's that may bring one of these versions of it
    /// with them.
    pub(super) fn of(
        &mut self,
        visible: &VisibleCookbooks,
        name: &str,
        versions: &[Version],
    ) -> Names {
        let layers: Vec<_> =
            visible.layers().enumerate().map(|(at, one)| self.reverse(at == 0, one)).collect();
        let allows = |by: &Vec<Constraint>| {
            by.iter().any(|by| versions.iter().any(|version| by.allows(*version)))
        };
        let name: Arc<str> = name.into();
        let mut found = Names::from([Arc::clone(&name)]);
        let mut left = Vec::new();
        for (dependent, by) in layers.iter().filter_map(|one| one.get(&name)).flatten() {
            if allows(by) && found.insert(Arc::clone(dependent)) {
                left.push(Arc::clone(dependent));
            }
        }
        while let Some(next) = left.pop() {
            for (dependent, _) in layers.iter().filter_map(|one| one.get(&next)).flatten() {
                if found.insert(Arc::clone(dependent)) {
                    left.push(Arc::clone(dependent));
                }
            }
        }
        found
    }

    fn reverse(&mut self, is_own: bool, catalogue: &Arc<Catalogue>) -> Arc<Reverse> {
        if is_own {
            // Nobody else's.
            return Arc::new(reverse(catalogue));
        }
        let known = self.0.entry(catalogue.generation());
        Arc::clone(known.or_insert_with(|| Arc::new(reverse(catalogue))))
    }
}

fn reverse(catalogue: &Catalogue) -> Reverse {
    let mut reverse = Reverse::new();
    for cookbook in catalogue.cookbooks() {
        for dependency in cookbook.versions.iter().flat_map(|version| version.dependencies.iter()) {
            let by = reverse.entry(on(&dependency.cookbook)).or_default();
            let by = by.entry(Arc::clone(&cookbook.name)).or_default();
            if !by.contains(&dependency.constraint) {
                by.push(dependency.constraint);
            }
        }
    }
    reverse
}
