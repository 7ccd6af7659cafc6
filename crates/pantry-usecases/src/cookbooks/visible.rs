//! All cookbooks that an application uses: its own, and behind them those of its shelves.
//!
//! Catalogues are laid over each other and not put together: what a shelf has is in memory once,
//! however many applications use it. Of each name and version the first one counts.

use std::borrow::Cow;
use std::cmp::{Ordering, Reverse};
use std::iter::Peekable;
use std::slice::Iter;
use std::sync::Arc;

use pantry_model::Version;
use pantry_store::Scope;

use super::catalogue::{Catalogue, CatalogueCookbook};

/// All cookbooks that an application uses.
#[derive(Clone, Debug, Default)]
pub struct VisibleCookbooks {
    /// Its own first, then those of its shelves in order.
    layers: Vec<(Scope, Arc<Catalogue>)>,
}

/// Where each layer's cookbooks stand: what is made of them rests on that.
pub type CookbooksAt = Vec<(i64, u64)>;

impl VisibleCookbooks {
    /// These, the first before the others.
    pub(crate) fn new(layers: Vec<(Scope, Arc<Catalogue>)>) -> Self {
        Self { layers }
    }

    /// The catalogues, the application's own first.
    pub fn layers(&self) -> impl ExactSizeIterator<Item = &Arc<Catalogue>> {
        self.layers.iter().map(|(_, catalogue)| catalogue)
    }

    /// Where they stand.
    pub fn at(&self) -> CookbooksAt {
        self.layers().map(|catalogue| catalogue.generation()).collect()
    }

    /// All cookbooks, by name in byte order, each with all of its versions.
    pub fn cookbooks(&self) -> Merged<'_> {
        Merged { left: self.layers().map(|one| one.cookbooks().iter().peekable()).collect() }
    }

    /// The cookbook of this name, with all of its versions.
    pub fn cookbook(&self, name: &str) -> Option<Cow<'_, Arc<CatalogueCookbook>>> {
        merge(self.layers().filter_map(|catalogue| catalogue.cookbook(name)))
    }

    /// Whose a version is: the application's own, or a shelf's.
    pub(crate) fn whose(&self, name: &str, version: Version) -> Option<&Scope> {
        let has = |(_, catalogue): &&(Scope, Arc<Catalogue>)| {
            catalogue.cookbook(name).is_some_and(|cookbook| cookbook.version(version).is_some())
        };
        self.layers.iter().find(has).map(|(scope, _)| scope)
    }
}

/// Cookbooks of several catalogues, by name.
pub struct Merged<'c> {
    left: Vec<Peekable<Iter<'c, Arc<CatalogueCookbook>>>>,
}

impl<'c> Iterator for Merged<'c> {
    type Item = Cow<'c, Arc<CatalogueCookbook>>;

    fn next(&mut self) -> Option<Self::Item> {
        if let [only] = self.left.as_mut_slice() {
            return only.next().map(Cow::Borrowed);
        }
        let heads = self.left.iter_mut().filter_map(|one| one.peek());
        let first = Arc::clone(heads.min_by(|one, other| one.name.cmp(&other.name))?);
        let same = self.left.iter_mut().filter_map(|one| one.next_if(|it| it.name == first.name));
        merge(same)
    }
}

/// What these are together, which have one name: of each version the first.
fn merge<'c>(
    mut of_one_name: impl Iterator<Item = &'c Arc<CatalogueCookbook>>,
) -> Option<Cow<'c, Arc<CatalogueCookbook>>> {
    let first = of_one_name.next()?;
    let mut merged: Option<CatalogueCookbook> = None;
    for further in of_one_name {
        let so_far = merged.as_ref().map_or(first.as_ref(), |merged| merged);
        merged = Some(over(so_far, further));
    }
    Some(merged.map_or(Cow::Borrowed(first), |merged| Cow::Owned(Arc::new(merged))))
}

/// One laid over another.
fn over(one: &CatalogueCookbook, other: &CatalogueCookbook) -> CatalogueCookbook {
    let (mut upper, mut lower) = (one.versions.iter().peekable(), other.versions.iter().peekable());
    let mut versions = Vec::with_capacity(one.versions.len() + other.versions.len());
    loop {
        let order = match (upper.peek(), lower.peek()) {
            (None, None) => break,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(one), Some(other)) => Reverse(one.version).cmp(&Reverse(other.version)),
        };
        let taken = if order.is_gt() { lower.next() } else { upper.next() };
        if order.is_eq() {
            lower.next();
        }
        versions.extend(taken.cloned());
    }
    CatalogueCookbook { name: Arc::clone(&one.name), versions }
}

#[cfg(test)]
mod tests {
    use pantry_store::{ContentHash, Document};

    use super::*;

    fn catalogue(number: i64, versions: &[&str]) -> (Scope, Arc<Catalogue>) {
        let summary = |name: &&str| {
            let body = format!(r#"{{"dependencies":{{}},"recipes":["of{number}"]}}"#).into_bytes();
            Document { name: (*name).to_owned(), hash: ContentHash::of(&body), body }
        };
        let summaries: Vec<_> = versions.iter().map(summary).collect();
        let scope = Scope::Application(format!("a{number}").parse().unwrap());
        (scope, Arc::new(Catalogue::of((number, 1), &summaries)))
    }

    fn line(cookbook: &CatalogueCookbook) -> String {
        let versions = cookbook.versions.iter();
        let versions = versions.map(|one| format!(" {}{}", one.version, one.recipes.concat()));
        format!("{}{}", cookbook.name, versions.collect::<String>())
    }

    #[test]
    fn of_each_name_and_version_the_first_counts() {
        let all = VisibleCookbooks::new(vec![
            catalogue(1, &["apt/1.0.0", "apt/3.0.0", "own/1.0.0"]),
            catalogue(2, &["apt/1.0.0", "apt/2.0.0", "base/1.0.0"]),
            catalogue(3, &["apt/4.0.0", "base/1.0.0", "zsh/1.0.0"]),
        ]);
        let lines: Vec<_> = all.cookbooks().map(|cookbook| line(&cookbook)).collect();
        assert_eq!(
            lines,
            [
                "apt 4.0.0of3 3.0.0of1 2.0.0of2 1.0.0of1",
                "base 1.0.0of2",
                "own 1.0.0of1",
                "zsh 1.0.0of3",
            ]
        );
        for (line_of_one, name) in lines.iter().zip(["apt", "base", "own", "zsh"]) {
            assert_eq!(line(&all.cookbook(name).unwrap()), *line_of_one);
        }
        assert!(all.cookbook("none").is_none());
        let whose = |name: &str, version: &str| {
            all.whose(name, version.parse().unwrap()).map(Scope::as_str)
        };
        assert_eq!(whose("apt", "1.0.0"), Some("a1"));
        assert_eq!(whose("apt", "2.0.0"), Some("a2"));
        assert_eq!(whose("base", "1.0.0"), Some("a2"));
        assert_eq!(whose("base", "2.0.0"), None);
    }

    #[test]
    fn what_is_in_one_place_only_is_not_copied() {
        let all =
            VisibleCookbooks::new(vec![catalogue(1, &["a/1.0.0"]), catalogue(2, &["b/1.0.0"])]);
        assert!(all.cookbooks().all(|cookbook| matches!(cookbook, Cow::Borrowed(_))));
    }
}
