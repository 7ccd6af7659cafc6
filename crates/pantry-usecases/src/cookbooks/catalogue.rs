//! All cookbooks of an application at one moment: their versions, what each depends on, its recipes.
//!
//! It never changes. One that is newer has all cookbooks in common with it that are the same, so that
//! whoever keeps something made of a cookbook can tell by the pointer whether that still stands. Texts
//! that are the same are there once: most dependencies are on the same few cookbooks.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::mem::size_of;
use std::sync::Arc;

use pantry_model::chef::cookbook::CookbookSummary;
use pantry_model::{Constraint, Version};
use pantry_store::Document;

/// All cookbooks of an application at one moment.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// By name in byte order.
    cookbooks: Vec<Arc<CatalogueCookbook>>,
    generation: (i64, u64),
    /// About how much of the memory it takes, in bytes.
    size: usize,
}

/// A cookbook.
#[derive(Debug)]
pub struct CatalogueCookbook {
    /// Its name.
    pub name: Arc<str>,
    /// Its versions, at least one, the newest first.
    pub versions: Vec<CatalogueVersion>,
}

/// A version of a cookbook.
#[derive(Clone, Debug)]
pub struct CatalogueVersion {
    /// Which.
    pub version: Version,
    /// What it depends on, in the order in which that was written.
    pub dependencies: Arc<[CatalogueDependency]>,
    /// The names of its recipes, in byte order.
    pub recipes: Arc<[Arc<str>]>,
}

/// That a version of a cookbook depends on a cookbook.
#[derive(Clone, Debug)]
pub struct CatalogueDependency {
    /// Which; there need not be one of this name.
    pub cookbook: Arc<str>,
    /// Which versions of it.
    pub constraint: Constraint,
    /// The same as it was written: an operator, a space, a version.
    pub written: Arc<str>,
}

impl Catalogue {
    /// All cookbooks, by name in byte order.
    pub fn cookbooks(&self) -> &[Arc<CatalogueCookbook>] {
        &self.cookbooks
    }

    /// The cookbook of this name.
    pub fn cookbook(&self, name: &str) -> Option<&Arc<CatalogueCookbook>> {
        self.cookbooks.get(self.place(name).ok()?)
    }

    /// The scope's number, and the generation of its cookbooks, that this is of.
    pub fn generation(&self) -> (i64, u64) {
        self.generation
    }

    /// About how many bytes it takes.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    fn place(&self, name: &str) -> Result<usize, usize> {
        self.cookbooks.binary_search_by(|cookbook| cookbook.name.as_ref().cmp(name))
    }

    /// The catalogue of a generation that has all these summaries, which stand by name in byte order.
    pub(crate) fn of(generation: (i64, u64), summaries: &[Document]) -> Self {
        let mut texts = Texts::default();
        let mut cookbooks = Vec::new();
        // In byte order `a-b/1.0.0` comes between two of `a/…`'s neighbours, but those of one cookbook
        // stand together.
        for of_one in summaries.chunk_by(|one, next| name_of(one) == name_of(next)) {
            cookbooks.extend(cookbook(of_one, &mut texts).map(Arc::new));
        }
        cookbooks.sort_unstable_by(|one, next| one.name.cmp(&next.name));
        Self { cookbooks, generation, size: 0 }.measured()
    }

    /// The catalogue of a later generation, in which one cookbook has just these summaries.
    pub(super) fn with(&mut self, name: &str, summaries: &[Document]) {
        let new = cookbook(summaries, &mut Texts::default()).map(Arc::new);
        match (self.place(name), new) {
            (Ok(at), None) => drop(self.cookbooks.remove(at)),
            (Ok(at), Some(new)) => {
                if let Some(old) = self.cookbooks.get_mut(at) {
                    *old = new;
                }
            }
            (Err(at), Some(new)) => self.cookbooks.insert(at, new),
            (Err(_), None) => {}
        }
    }

    /// The same, said to be of a generation.
    pub(super) fn at(self, generation: (i64, u64)) -> Self {
        Self { generation, ..self }.measured()
    }

    fn measured(self) -> Self {
        let size = self.cookbooks.iter().map(|cookbook| cookbook.size()).sum();
        Self { size, ..self }
    }
}

impl CatalogueCookbook {
    /// This version of it.
    pub fn version(&self, version: Version) -> Option<&CatalogueVersion> {
        let found =
            self.versions.binary_search_by_key(&Reverse(version), |one| Reverse(one.version));
        self.versions.get(found.ok()?)
    }

    /// The newest version that a constraint allows, or the newest.
    pub fn newest(&self, constraint: Option<Constraint>) -> Option<&CatalogueVersion> {
        self.allowed(constraint).next()
    }

    /// The versions that a constraint allows, the newest first; all if there is none.
    pub fn allowed(&self, by: Option<Constraint>) -> impl Iterator<Item = &CatalogueVersion> {
        let allowed = move |one: &&CatalogueVersion| by.is_none_or(|by| by.allows(one.version));
        self.versions.iter().filter(allowed)
    }

    fn size(&self) -> usize {
        // Texts are shared by many, so each place where one stands counts for a part of it.
        let of = |version: &CatalogueVersion| {
            size_of::<CatalogueVersion>()
                + version.dependencies.len() * (size_of::<CatalogueDependency>() + 8)
                + version.recipes.len() * 8
        };
        size_of::<Self>() + 64 + self.versions.iter().map(of).sum::<usize>()
    }
}

/// The cookbook's name in the name of one of its versions.
fn name_of(summary: &Document) -> &str {
    summary.name.split_once('/').map_or("", |(name, _)| name)
}

/// The cookbook that has these summaries. One that cannot be read is passed over: nothing that could
/// be told of its version is known.
fn cookbook(summaries: &[Document], texts: &mut Texts) -> Option<CatalogueCookbook> {
    let name = texts.one(name_of(summaries.first()?));
    let read = |summary: &Document| {
        let read = version(summary, texts);
        if read.is_none() {
            tracing::error!(name = summary.name, "a cookbook's stored summary cannot be read");
        }
        read
    };
    let mut versions: Vec<_> = summaries.iter().filter_map(read).collect();
    versions.sort_unstable_by_key(|one| Reverse(one.version));
    (!versions.is_empty()).then_some(CatalogueCookbook { name, versions })
}

fn version(stored: &Document, texts: &mut Texts) -> Option<CatalogueVersion> {
    let (_, version) = stored.name.split_once('/')?;
    let summary = CookbookSummary::read(&stored.body)?;
    let dependencies = summary.dependencies.iter().map(|(name, written)| {
        let (cookbook, written) = (texts.one(name), texts.one(written));
        Some(CatalogueDependency { cookbook, constraint: written.parse().ok()?, written })
    });
    let dependencies = dependencies.collect::<Option<_>>()?;
    let recipes = summary.recipes.iter().map(|name| texts.one(name)).collect();
    let recipes = texts.list(recipes);
    Some(CatalogueVersion { version: version.parse().ok()?, dependencies, recipes })
}

/// Texts, each once.
#[derive(Default)]
struct Texts {
    single: HashSet<Arc<str>>,
    lists: HashSet<Arc<[Arc<str>]>>,
}

impl Texts {
    fn one(&mut self, text: &str) -> Arc<str> {
        match self.single.get(text) {
            Some(known) => Arc::clone(known),
            None => {
                let new: Arc<str> = text.into();
                self.single.insert(Arc::clone(&new));
                new
            }
        }
    }

    fn list(&mut self, texts: Arc<[Arc<str>]>) -> Arc<[Arc<str>]> {
        match self.lists.get(&texts) {
            Some(known) => Arc::clone(known),
            None => {
                self.lists.insert(Arc::clone(&texts));
                texts
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use pantry_store::ContentHash;

    use super::*;

    fn summary(name: &str, dependencies: &str) -> Document {
        let body =
            format!(r#"{{"dependencies":{{{dependencies}}},"recipes":["default"]}}"#).into_bytes();
        Document { name: name.to_owned(), hash: ContentHash::of(&body), body }
    }

    fn names(catalogue: &Catalogue) -> Vec<String> {
        let line = |cookbook: &Arc<CatalogueCookbook>| {
            let versions = cookbook.versions.iter().map(|version| version.version.to_string());
            format!("{} {}", cookbook.name, versions.collect::<Vec<_>>().join(" "))
        };
        catalogue.cookbooks().iter().map(line).collect()
    }

    #[test]
    fn versions_stand_by_number_and_cookbooks_by_name() {
        let stored = [
            summary("a-b/1.0.0", ""),
            summary("a/1.10.0", r#""b":">= 0.0.0""#),
            summary("a/1.9.0", r#""b":"~> 1.2","a":"= 1""#),
            summary("b/0.1.0", ""),
        ];
        let catalogue = Catalogue::of((1, 2), &stored);
        assert_eq!(names(&catalogue), ["a 1.10.0 1.9.0", "a-b 1.0.0", "b 0.1.0"]);
        let old = catalogue.cookbook("a").unwrap().versions.last().unwrap();
        let written = |it: &CatalogueDependency| format!("{} {}", it.cookbook, it.written);
        let dependencies: Vec<_> = old.dependencies.iter().map(written).collect();
        assert_eq!(dependencies, ["b ~> 1.2", "a = 1"]);
        assert!(catalogue.cookbook("c").is_none());
    }

    #[test]
    fn a_newer_one_has_the_rest_in_common() {
        let stored = [summary("a/1.0.0", ""), summary("b/1.0.0", ""), summary("d/1.0.0", "")];
        let old = Catalogue::of((1, 2), &stored);
        let mut new = old.clone();
        new.with("a", &[]);
        new.with("b", &[summary("b/1.0.0", ""), summary("b/2.0.0", "")]);
        new.with("c", &[summary("c/1.0.0", "")]);
        new.with("e", &[]);
        let new = new.at((1, 9));
        assert_eq!(names(&new), ["b 2.0.0 1.0.0", "c 1.0.0", "d 1.0.0"]);
        assert_eq!(names(&old), ["a 1.0.0", "b 1.0.0", "d 1.0.0"]);
        assert_eq!(new.generation(), (1, 9));
        assert!(Arc::ptr_eq(old.cookbook("d").unwrap(), new.cookbook("d").unwrap()));
    }
}
