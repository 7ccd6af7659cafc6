//! What has to come along when versions of cookbooks are promoted, so that they can be solved with
//! what the shelf has then.
//!
//! Each version is looked at by itself: two that are promoted together need not fit together. First it
//! is tried whether the shelf has all that it needs. If not, everything that is staged is offered, and
//! then taken back cookbook by cookbook, as long as there still is an answer. So nothing comes along
//! that could be left, though another choice might have needed fewer cookbooks: to find the fewest of
//! all would mean to try all.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use pantry_model::Version;
use pantry_solver::{Item, Request, Universe};

use crate::cookbooks::{Catalogue, CatalogueVersion};
use crate::solving::{Chosen, answer, on};

/// A version of a cookbook.
pub(super) type NamedVersion = (Arc<str>, Version);

/// Why a version comes along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The cookbook that depends on it.
    pub cookbook: Arc<str>,
    /// In which version.
    pub version: Version,
    /// Which versions that allows.
    pub constraint: Arc<str>,
}

/// What there is to choose from.
pub(super) struct Offer<'c> {
    /// What the shelf has.
    pub(super) there: &'c Catalogue,
    /// What may come along.
    pub(super) staged: &'c Catalogue,
    /// What comes in any case.
    granted: BTreeSet<NamedVersion>,
    /// Of which cookbooks nothing else may come; `None` if nothing may.
    kept_back: Option<BTreeSet<Arc<str>>>,
}

/// What of the staged cookbooks has to come along with these, which are there or staged, and why; or
/// for which of them there is no answer, and the solver's refusal.
pub(super) fn needed(
    there: &Catalogue,
    staged: &Catalogue,
    named: &BTreeSet<NamedVersion>,
) -> Result<BTreeMap<NamedVersion, Need>, (NamedVersion, pantry_model::Refusal)> {
    let mut along = BTreeMap::new();
    let mut offer = Offer { there, staged, granted: named.clone(), kept_back: None };
    for one in named {
        offer.kept_back = None;
        let chosen = match offer.solve(one, false) {
            Ok(chosen) => chosen,
            Err(_) => offer.least(one).map_err(|refusal| (one.clone(), refusal))?,
        };
        for (at, version) in chosen.iter().enumerate() {
            if !offer.is_given(version) {
                let before = chosen.get(..at).unwrap_or_default();
                along.extend(offer.need(before, version).map(|need| (version.clone(), need)));
                offer.granted.insert(version.clone());
            }
        }
    }
    Ok(along)
}

impl Offer<'_> {
    /// An answer with which nothing comes along that could be left.
    fn least(&mut self, one: &NamedVersion) -> Chosen {
        self.kept_back = Some(BTreeSet::new());
        let mut chosen = self.solve(one, true)?;
        let mut needed: BTreeSet<Arc<str>> = BTreeSet::new();
        while let Some(name) = self.first_along(&chosen, &needed) {
            self.keep_back(&name, true);
            match self.solve(one, false) {
                Ok(other) => chosen = other,
                Err(_) => {
                    self.keep_back(&name, false);
                    needed.insert(name);
                }
            }
        }
        Ok(chosen)
    }

    /// The first cookbook of an answer that would come along, and of which it is not known to have to.
    fn first_along(
        &self,
        chosen: &[NamedVersion],
        needed: &BTreeSet<Arc<str>>,
    ) -> Option<Arc<str>> {
        let mut along = chosen.iter().filter(|one| !self.is_given(one));
        along.find(|(name, _)| !needed.contains(name)).map(|(name, _)| Arc::clone(name))
    }

    fn keep_back(&mut self, name: &Arc<str>, is_kept: bool) {
        if let Some(kept_back) = &mut self.kept_back {
            if is_kept {
                kept_back.insert(Arc::clone(name));
            } else {
                kept_back.remove(name);
            }
        }
    }

    /// Whether a version is there, or comes in any case.
    fn is_given(&self, one: &NamedVersion) -> bool {
        version(self.there, one).is_some() || self.granted.contains(one)
    }

    fn solve(&self, one: &NamedVersion, explain: bool) -> Chosen {
        let item = Item { cookbook: one.0.to_string(), version: Some(one.1) };
        let request = Request::new([item], []);
        answer(&self.universe(&one.0), &request, explain).0
    }

    /// All that one can come upon from a cookbook.
    fn universe(&self, from: &Arc<str>) -> Universe {
        let mut builder = Universe::builder();
        let mut left = vec![Arc::clone(from)];
        let mut seen: HashSet<Arc<str>> = left.iter().cloned().collect();
        while let Some(name) = left.pop() {
            for version in self.versions(&name) {
                let dependencies = version.dependencies.iter();
                let dependencies: Vec<_> =
                    dependencies.map(|it| (on(&it.cookbook), it.constraint)).collect();
                let new = dependencies.iter().filter(|(name, _)| seen.insert(Arc::clone(name)));
                left.extend(new.map(|(name, _)| Arc::clone(name)));
                builder.add(&name, version.version, dependencies);
            }
        }
        builder.build()
    }

    /// The versions of a cookbook that there are to choose from.
    fn versions<'o>(&'o self, name: &'o Arc<str>) -> impl Iterator<Item = &'o CatalogueVersion> {
        let of = |catalogue: &'o Catalogue| {
            catalogue.cookbook(name).into_iter().flat_map(|cookbook| &cookbook.versions)
        };
        let may_come = self.kept_back.as_ref().is_some_and(|kept_back| !kept_back.contains(name));
        let staged = of(self.staged).filter(move |staged| {
            may_come || self.granted.contains(&(Arc::clone(name), staged.version))
        });
        // Of those that are added twice the first counts.
        of(self.there).chain(staged)
    }

    /// Which of these needs a version.
    fn need(&self, before: &[NamedVersion], (name, _): &NamedVersion) -> Option<Need> {
        before.iter().find_map(|one| {
            let found = version(self.there, one).or_else(|| version(self.staged, one))?;
            let dependency = found.dependencies.iter().find(|it| on(&it.cookbook) == *name)?;
            let constraint = Arc::clone(&dependency.written);
            Some(Need { cookbook: Arc::clone(&one.0), version: one.1, constraint })
        })
    }
}

/// A version in a catalogue.
fn version<'c>(of: &'c Catalogue, (name, version): &NamedVersion) -> Option<&'c CatalogueVersion> {
    of.cookbook(name)?.version(*version)
}

#[cfg(test)]
mod tests {
    use pantry_store::{ContentHash, Document};

    use super::*;

    /// Versions, each written `NAME VERSION` with what it needs behind it: `web 1.0.0: apt >= 1.0`.
    fn catalogue(versions: &[&str]) -> Catalogue {
        let summary = |text: &&str| {
            let (title, needs) = text.split_once(": ").unwrap_or((text, ""));
            let needs = needs.split(", ").filter_map(|need| need.split_once(' '));
            let needs: Vec<_> = needs.map(|(name, by)| format!(r#""{name}":"{by}""#)).collect();
            let body = format!(r#"{{"dependencies":{{{}}},"recipes":[]}}"#, needs.join(","));
            let (name, body) = (title.replace(' ', "/"), body.into_bytes());
            Document { name, hash: ContentHash::of(&body), body }
        };
        let mut summaries: Vec<_> = versions.iter().map(summary).collect();
        summaries.sort_by(|one, other| one.name.cmp(&other.name));
        Catalogue::of((1, 1), &summaries)
    }

    fn named(text: &str) -> NamedVersion {
        let (name, version) = text.split_once(' ').unwrap();
        (name.into(), version.parse().unwrap())
    }

    /// What comes along, and why.
    fn along(there: &[&str], staged: &[&str], wanted: &[&str]) -> Result<Vec<String>, String> {
        let wanted = wanted.iter().map(|text| named(text)).collect();
        let line = |((name, version), need): (NamedVersion, Need)| {
            let Need { cookbook, version: of, constraint } = need;
            format!("{name} {version} for {cookbook} {of} ({constraint})")
        };
        match needed(&catalogue(there), &catalogue(staged), &wanted) {
            Ok(along) => Ok(along.into_iter().map(line).collect()),
            Err(((name, version), why)) => Err(format!("{name} {version}: {}", why.sentence)),
        }
    }

    #[test]
    fn what_the_shelf_has_need_not_come_along() {
        let staged = ["web 1.0.0: apt >= 1.0", "apt 2.0.0: zsh >= 0.0.0", "zsh 1.0.0"];
        assert_eq!(along(&["apt 1.0.0"], &staged, &["web 1.0.0"]), Ok(vec![]));
        assert_eq!(
            along(&["apt 0.9.0"], &staged, &["web 1.0.0"]).unwrap(),
            ["apt 2.0.0 for web 1.0.0 (>= 1.0)", "zsh 1.0.0 for apt 2.0.0 (>= 0.0.0)"]
        );
        assert_eq!(
            along(&["apt 0.9.0", "zsh 0.1.0"], &staged, &["web 1.0.0"]).unwrap(),
            ["apt 2.0.0 for web 1.0.0 (>= 1.0)"]
        );
    }

    #[test]
    fn an_older_version_that_needs_less_comes_rather_than_a_newer_one() {
        let staged = [
            "web 1.0.0: apt >= 0.0.0, ntp >= 0.0.0",
            "ntp 2.0.0: apt >= 2.0",
            "ntp 1.0.0",
            "apt 2.0.0: zsh >= 0.0.0",
            "zsh 1.0.0",
        ];
        assert_eq!(
            along(&["apt 1.0.0"], &staged, &["web 1.0.0"]).unwrap(),
            ["ntp 1.0.0 for web 1.0.0 (>= 0.0.0)"]
        );
    }

    #[test]
    fn versions_that_are_promoted_together_need_not_fit_together() {
        let staged = ["a 1.0.0: c = 1.0.0", "b 1.0.0: c = 2.0.0", "c 1.0.0", "c 2.0.0", "a 2.0.0"];
        assert_eq!(
            along(&[], &staged, &["a 1.0.0", "a 2.0.0", "b 1.0.0"]).unwrap(),
            ["c 1.0.0 for a 1.0.0 (= 1.0.0)", "c 2.0.0 for b 1.0.0 (= 2.0.0)"]
        );
        // What comes for one is there for the next.
        let staged = ["a 1.0.0: c >= 0.0.0", "b 1.0.0: c < 2.0", "c 1.0.0", "c 2.0.0"];
        assert_eq!(along(&[], &staged, &["b 1.0.0"]).unwrap(), ["c 1.0.0 for b 1.0.0 (< 2.0)"]);
        assert_eq!(along(&[], &staged, &["a 1.0.0", "b 1.0.0", "c 1.0.0"]), Ok(vec![]));
    }

    #[test]
    fn what_nobody_has_is_told() {
        let staged = ["web 1.0.0: apt >= 2.0", "apt 1.0.0", "ok 1.0.0"];
        let why = along(&[], &staged, &["ok 1.0.0", "web 1.0.0"]).unwrap_err();
        assert!(why.starts_with("web 1.0.0: Unable to "), "{why}");
        let circle = ["a 1.0.0: b >= 0.0.0", "b 1.0.0: a >= 0.0.0, a::x >= 0.0.0"];
        assert_eq!(along(&[], &circle, &["a 1.0.0"]).unwrap(), ["b 1.0.0 for a 1.0.0 (>= 0.0.0)"]);
    }
}
