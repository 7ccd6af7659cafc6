//! What there is to choose from, prepared once and asked often.
//!
//! Cookbooks are numbered in the order of their names, and so are a cookbook's versions, oldest
//! first. Which versions a dependency allows is then a span of numbers, which is found when the
//! universe is built: to solve is arithmetic on small numbers, and no text is looked at again.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use pantry_model::{Comparison, Constraint, Version};

/// The number of a cookbook.
pub(crate) type Id = u32;

/// Some versions of a cookbook that follow each other, by their numbers.
pub(crate) type Span = Range<u32>;

/// Every cookbook, its versions and what they depend on.
#[derive(Debug, Default)]
pub struct Universe {
    /// In the order of their names, which is that of their numbers.
    cookbooks: Vec<Cookbook>,
}

/// A cookbook, or the name of one that is only depended on.
#[derive(Debug)]
pub(crate) struct Cookbook {
    pub(crate) name: Arc<str>,
    /// Oldest first. None if there is no such cookbook.
    pub(crate) releases: Vec<Release>,
    /// How many dependencies of any version of anything name it.
    pub(crate) dependents: u32,
}

/// One version of a cookbook.
#[derive(Debug)]
pub(crate) struct Release {
    pub(crate) version: Version,
    /// In the order in which they were given.
    pub(crate) dependencies: Vec<Dependency>,
}

/// A dependency on a cookbook, which need not exist.
#[derive(Debug)]
pub(crate) struct Dependency {
    pub(crate) on: Id,
    pub(crate) constraint: Constraint,
    /// The versions that the constraint allows.
    pub(crate) allowed: Span,
}

impl Dependency {
    /// What is compared when two are said to be the same: `~> 1.2` is written like `~> 1.2.0` in the
    /// original, and is the same to it there.
    pub(crate) fn key(&self) -> (Id, &'static str, Version) {
        (self.on, self.constraint.comparison.as_str(), self.constraint.version)
    }
}

/// What a version depends on, by name.
type Wanted = Vec<(Arc<str>, Constraint)>;

/// Collects a universe.
#[derive(Debug, Default)]
pub struct UniverseBuilder {
    cookbooks: BTreeMap<Arc<str>, BTreeMap<Version, Wanted>>,
}

impl UniverseBuilder {
    /// Adds a version of a cookbook with its dependencies, whose order is that of an answer. A version
    /// that is added twice is the first.
    pub fn add<D: Into<Arc<str>>>(
        &mut self,
        cookbook: &str,
        version: Version,
        dependencies: impl IntoIterator<Item = (D, Constraint)>,
    ) {
        if !self.cookbooks.contains_key(cookbook) {
            self.cookbooks.insert(cookbook.into(), BTreeMap::new());
        }
        if let Some(versions) = self.cookbooks.get_mut(cookbook) {
            versions.entry(version).or_insert_with(|| {
                dependencies
                    .into_iter()
                    .map(|(name, constraint)| (name.into(), constraint))
                    .collect()
            });
        }
    }

    /// The universe of all that was added.
    pub fn build(self) -> Universe {
        let named = self.cookbooks.values().flat_map(BTreeMap::values).flatten();
        let mut ids: BTreeMap<Arc<str>, Id> =
            named.map(|(name, _)| (Arc::clone(name), 0)).collect();
        ids.extend(self.cookbooks.keys().map(|name| (Arc::clone(name), 0)));
        for (number, id) in (0..).zip(ids.values_mut()) {
            *id = number;
        }
        let mut added = self.cookbooks;
        let mut versions: Vec<Vec<Version>> = Vec::with_capacity(ids.len());
        let mut wanted = Vec::with_capacity(ids.len());
        for name in ids.keys() {
            let releases = added.remove(name).unwrap_or_default();
            versions.push(releases.keys().copied().collect());
            wanted.push(releases.into_values());
        }
        let mut dependents = vec![0u32; ids.len()];
        let mut dependency = |(name, constraint): (Arc<str>, Constraint)| {
            let on = ids.get(&name).copied().unwrap_or_default();
            let there = versions.get(on as usize).map_or(&[][..], Vec::as_slice);
            if let Some(count) = dependents.get_mut(on as usize) {
                *count += 1;
            }
            Dependency { on, constraint, allowed: allowed(there, constraint) }
        };
        let mut cookbooks = Vec::with_capacity(ids.len());
        for ((name, versions), wanted) in ids.keys().zip(&versions).zip(wanted) {
            let releases = versions.iter().zip(wanted).map(|(version, wanted)| Release {
                version: *version,
                dependencies: wanted.into_iter().map(&mut dependency).collect(),
            });
            let releases = releases.collect();
            cookbooks.push(Cookbook { name: Arc::clone(name), releases, dependents: 0 });
        }
        for (cookbook, count) in cookbooks.iter_mut().zip(dependents) {
            cookbook.dependents = count;
        }
        Universe { cookbooks }
    }
}

/// Which of these versions, oldest first, a constraint allows.
fn allowed(versions: &[Version], constraint: Constraint) -> Span {
    let than = constraint.version;
    let below = versions.partition_point(|version| *version < than);
    let up_to = versions.partition_point(|version| *version <= than);
    let (from, to) = match constraint.comparison {
        Comparison::Less => (0, below),
        Comparison::AtMost => (0, up_to),
        Comparison::Equal => (below, up_to),
        Comparison::AtLeast => (below, versions.len()),
        Comparison::Greater => (up_to, versions.len()),
        Comparison::Compatible | Comparison::CompatibleMinor => {
            let from = versions.get(below..).unwrap_or_default();
            (below, below + from.partition_point(|version| constraint.allows(*version)))
        }
    };
    number(from)..number(to)
}

/// A position as a number; there are never so many.
fn number(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

impl Universe {
    /// An empty one, to be filled.
    pub fn builder() -> UniverseBuilder {
        UniverseBuilder::default()
    }

    /// How many cookbooks there are.
    pub fn cookbooks(&self) -> usize {
        self.cookbooks.iter().filter(|cookbook| !cookbook.releases.is_empty()).count()
    }

    /// How many versions there are of all of them.
    pub fn versions(&self) -> usize {
        self.cookbooks.iter().map(|cookbook| cookbook.releases.len()).sum()
    }

    /// The newest version of a cookbook, if there is such a cookbook.
    pub fn newest(&self, cookbook: &str) -> Option<Version> {
        let cookbook = self.cookbook(self.id(cookbook)?)?;
        cookbook.releases.last().map(|release| release.version)
    }

    /// How many numbers there are.
    pub(crate) fn len(&self) -> usize {
        self.cookbooks.len()
    }

    /// The number of a name, if anything has it or depends on it.
    pub(crate) fn id(&self, name: &str) -> Option<Id> {
        let found = self.cookbooks.binary_search_by(|cookbook| (*cookbook.name).cmp(name));
        found.ok().map(number)
    }

    /// The cookbook of a number.
    pub(crate) fn cookbook(&self, id: Id) -> Option<&Cookbook> {
        self.cookbooks.get(id as usize)
    }

    /// The name of a number.
    pub(crate) fn name(&self, id: Id) -> &str {
        self.cookbook(id).map_or("", |cookbook| &cookbook.name)
    }

    /// All versions of a cookbook.
    pub(crate) fn span(&self, id: Id) -> Span {
        0..self.cookbook(id).map_or(0, |cookbook| number(cookbook.releases.len()))
    }

    /// One version of a cookbook.
    pub(crate) fn release(&self, id: Id, release: u32) -> Option<&Release> {
        self.cookbook(id)?.releases.get(release as usize)
    }

    /// Which versions of a cookbook a constraint allows.
    pub(crate) fn allowed(&self, id: Id, constraint: Constraint) -> Span {
        let releases = self.cookbook(id).map_or(&[][..], |cookbook| &cookbook.releases);
        let versions: Vec<Version> = releases.iter().map(|release| release.version).collect();
        allowed(&versions, constraint)
    }
}

/// What both spans hold.
pub(crate) fn both(one: &Span, other: &Span) -> Span {
    let start = one.start.max(other.start);
    start..one.end.min(other.end).max(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_holds_what_its_constraint_allows() {
        let texts = ["0.9", "1.0", "1.2", "1.2.5", "1.3", "1.10", "2.0", "3.1.4"];
        let versions: Vec<Version> = texts.iter().map(|text| text.parse().unwrap()).collect();
        for operator in ["<", "<=", "=", ">=", ">", "~>"] {
            for than in ["0.1", "1.0", "1.2", "1.2.0", "1.2.1", "1", "2.5", "3.1.4", "9"] {
                let constraint: Constraint = format!("{operator} {than}").parse().unwrap();
                let span = allowed(&versions, constraint);
                for (number, version) in (0..).zip(&versions) {
                    let fits = constraint.allows(*version);
                    assert_eq!(span.contains(&number), fits, "{version} {constraint}");
                }
            }
        }
    }

    #[test]
    fn a_version_that_is_added_twice_is_the_first() {
        let mut builder = Universe::builder();
        let (one, any) = ("1.0".parse().unwrap(), ">= 0.0.0".parse().unwrap());
        builder.add("a", one, [("b", any)]);
        builder.add("a", one, [("c", any)]);
        let universe = builder.build();
        assert_eq!((universe.cookbooks(), universe.versions()), (1, 1));
        assert!(universe.id("b").is_some());
        assert_eq!(universe.id("c"), None);
    }
}
