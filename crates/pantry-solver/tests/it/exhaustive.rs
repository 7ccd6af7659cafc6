//! An answer found by trying everything, to compare with.

use std::collections::BTreeMap;

use pantry_model::{Constraint, Version};
use pantry_solver::{Item, Request, Universe};
use proptest::prelude::*;

/// What a version depends on.
type Wanted = Vec<(String, Constraint)>;

/// A small world that can be looked at as a whole.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) releases: Vec<(String, Version, Wanted)>,
    pub(crate) request: Request,
}

pub(crate) type Chosen = BTreeMap<String, Version>;

impl World {
    pub(crate) fn universe(&self) -> Universe {
        let mut builder = Universe::builder();
        for (name, version, dependencies) in &self.releases {
            builder.add(name, *version, dependencies.iter().map(|(on, c)| (on.as_str(), *c)));
        }
        builder.build()
    }

    pub(crate) fn dependencies(&self, name: &str, version: Version) -> &[(String, Constraint)] {
        let mut all = self.releases.iter();
        all.find(|(other, at, _)| other == name && *at == version).map_or(&[], |(_, _, d)| d)
    }

    /// The versions that count, newest first.
    pub(crate) fn counting(&self, name: &str) -> Vec<Version> {
        let of_it = self.releases.iter().filter(|(other, ..)| other == name);
        let mut versions: Vec<Version> = of_it.map(|(_, version, _)| *version).collect();
        let constraints = self.request.constraints();
        versions.retain(|version| {
            constraints.iter().filter(|(on, _)| on == name).all(|(_, c)| c.allows(*version))
        });
        versions.sort_unstable_by(|one, other| other.cmp(one));
        versions
    }

    /// Whether a choice is an answer: all of the run list, all that is depended on, nothing else.
    pub(crate) fn is_answer(&self, chosen: &Chosen) -> bool {
        let counts = |(name, version): (&String, &Version)| self.counting(name).contains(version);
        let fits = |(on, c): &(String, Constraint)| chosen.get(on).is_some_and(|v| c.allows(*v));
        let meets = |item: &Item| {
            let version = chosen.get(&item.cookbook);
            version.is_some_and(|version| item.version.is_none_or(|pin| pin == *version))
        };
        let wanted: Vec<&String> =
            self.request.run_list().iter().map(|item| &item.cookbook).collect();
        let mut reached = std::collections::BTreeSet::new();
        let mut stack = wanted;
        while let Some(name) = stack.pop() {
            if let Some(version) = chosen.get(name)
                && reached.insert(name)
            {
                stack.extend(self.dependencies(name, *version).iter().map(|(on, _)| on));
            }
        }
        chosen.iter().all(counts)
            && chosen
                .iter()
                .all(|(name, version)| self.dependencies(name, *version).iter().all(fits))
            && self.request.run_list().iter().all(meets)
            && reached.len() == chosen.len()
    }

    /// Every answer.
    pub(crate) fn answers(&self) -> Vec<Chosen> {
        let mut names: Vec<&String> = self.releases.iter().map(|(name, ..)| name).collect();
        names.sort_unstable();
        names.dedup();
        let mut choices = vec![Chosen::new()];
        for name in names {
            let with = choices.iter().flat_map(|chosen| {
                self.counting(name).into_iter().map(|version| {
                    let mut chosen = chosen.clone();
                    chosen.insert(name.clone(), version);
                    chosen
                })
            });
            let with: Vec<Chosen> = with.collect();
            choices.extend(with);
        }
        choices.retain(|chosen| self.is_answer(chosen));
        choices
    }

    /// How far an answer is from the best imaginable: cookbooks of the run list that are not at the
    /// newest that counts and is asked for, and others.
    pub(crate) fn shortfall(&self, chosen: &Chosen) -> (usize, usize) {
        let asked = |name: &str| self.request.run_list().iter().any(|item| item.cookbook == name);
        let newest = |name: &str| {
            let pins: Vec<Version> = self
                .request
                .run_list()
                .iter()
                .filter(|item| item.cookbook == name)
                .filter_map(|item| item.version)
                .collect();
            let mut counting = self.counting(name).into_iter();
            counting.find(|version| pins.iter().all(|pin| pin == version))
        };
        let older = chosen.iter().filter(|(name, version)| newest(name) != Some(**version));
        let (of_run_list, others): (Vec<_>, Vec<_>) = older.partition(|(name, _)| asked(name));
        (of_run_list.len(), others.len())
    }
}

fn constraint() -> impl Strategy<Value = Constraint> {
    let operator = prop::sample::select(vec![">=", ">=", "=", "<", "~>", ">"]);
    (operator, 0u8..4, 0u8..2)
        .prop_map(|(operator, major, minor)| format!("{operator} {major}.{minor}").parse().unwrap())
}

/// Worlds of up to six cookbooks with up to three versions; `g` is depended on and never there.
pub(crate) fn worlds() -> impl Strategy<Value = World> {
    let name = || prop::sample::select(vec!["a", "b", "c", "d", "e", "f"]);
    let on = prop::sample::select(vec!["a", "b", "c", "d", "e", "f", "b", "c", "d", "e", "f", "g"]);
    let dependency = (on.prop_map(str::to_owned), constraint());
    let version = (1u8..4, 0u8..2).prop_map(|(a, b)| format!("{a}.{b}").parse().unwrap());
    let release =
        (name().prop_map(str::to_owned), version.clone(), prop::collection::vec(dependency, 0..3));
    let item = (name(), prop::option::weighted(0.2, version))
        .prop_map(|(name, version)| Item { cookbook: name.to_owned(), version });
    let constraints = prop::collection::vec((name().prop_map(str::to_owned), constraint()), 0..2);
    (prop::collection::vec(release, 1..14), prop::collection::vec(item, 1..4), constraints)
        .prop_map(|(mut releases, items, constraints)| {
            releases.sort_by(|one, other| (&one.0, one.1).cmp(&(&other.0, other.1)));
            releases.dedup_by(|one, other| (&one.0, one.1) == (&other.0, other.1));
            World { releases, request: Request::new(items, constraints) }
        })
}
