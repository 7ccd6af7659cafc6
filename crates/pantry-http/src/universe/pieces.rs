//! What a universe says of an application's own cookbooks, in pieces.
//!
//! URLs in a universe begin as the request's sender sees the server, and with the application that it
//! asks about. Where such a beginning comes, a piece has a mark, so that one text serves all who use
//! these cookbooks. Newer pieces have those in common with older ones that say the same.

use std::fmt::Write;
use std::mem::size_of;
use std::sync::Arc;

use pantry_usecases::{Catalogue, CatalogueCookbook, CatalogueVersion};
use sha2::{Digest, Sha256};

/// Stands where a URL's beginning comes. Nothing that is in JSON holds it.
pub(super) const MARK: char = '\0';

/// What a universe tells of where a version is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tells {
    /// A Chef server's: where it is shown.
    ChefServer,
    /// A Supermarket's: where the API is, and where the version is had as one file.
    Supermarket,
}

/// What is said of all cookbooks of an application.
pub(super) struct Pieces {
    generation: (i64, u64),
    /// By name in byte order.
    all: Vec<Arc<Piece>>,
    size: usize,
}

/// What is said of a cookbook.
pub(super) struct Piece {
    /// Of which.
    pub(super) of: Arc<CatalogueCookbook>,
    /// `"NAME":{…}`, with what is said of each version.
    pub(super) text: Box<str>,
    /// Tells the text from all others.
    pub(super) hash: [u8; 32],
    /// How many marks are in it.
    pub(super) urls: usize,
    /// Where in the text each version's part ends.
    ends: Box<[u32]>,
}

impl Pieces {
    /// What is said of these cookbooks; of those that have not changed, what older pieces have.
    pub(super) fn of(catalogue: &Catalogue, tells: Tells, old: Option<&Self>) -> Self {
        let mut before = old.map(|old| old.all.iter()).unwrap_or_default().peekable();
        let piece = |cookbook: &Arc<CatalogueCookbook>| {
            while before.next_if(|piece| piece.of.name < cookbook.name).is_some() {}
            let same = before.next_if(|piece| Arc::ptr_eq(&piece.of, cookbook));
            same.cloned().unwrap_or_else(|| Arc::new(Piece::of(cookbook, tells)))
        };
        let all: Vec<_> = catalogue.cookbooks().iter().map(piece).collect();
        let size = all.iter().map(|piece| piece.size()).sum();
        Self { generation: catalogue.generation(), all, size }
    }

    /// Of which generation of the cookbooks.
    pub(super) fn generation(&self) -> (i64, u64) {
        self.generation
    }

    /// About how many bytes they take.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// The one at this place, by name.
    pub(super) fn get(&self, at: usize) -> Option<&Arc<Piece>> {
        self.all.get(at)
    }
}

impl Piece {
    fn of(cookbook: &Arc<CatalogueCookbook>, tells: Tells) -> Self {
        let mut text = format!(r#""{}":{{"#, cookbook.name);
        let mut ends = Vec::with_capacity(cookbook.versions.len());
        for (at, version) in cookbook.versions.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            describe(&mut text, &cookbook.name, version, tells);
            ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
        }
        text.push('}');
        let hash = Sha256::digest(&text).into();
        let urls = text.matches(MARK).count();
        Self { of: Arc::clone(cookbook), text: text.into(), hash, urls, ends: ends.into() }
    }

    /// What is said of each version.
    pub(super) fn versions(&self) -> impl Iterator<Item = (&CatalogueVersion, &str)> {
        // The name stands before the first, in quotes, with a colon and a brace.
        let mut start = self.of.name.len() + 4;
        self.of.versions.iter().zip(&self.ends).map(move |(version, end)| {
            let end = usize::try_from(*end).unwrap_or(usize::MAX);
            let text = self.text.get(start..end).unwrap_or_default();
            start = end.saturating_add(1);
            (version, text)
        })
    }

    fn size(&self) -> usize {
        self.text.len() + self.ends.len() * 4 + size_of::<Self>() + 32
    }
}

/// Writes what a universe says of a version. Names, versions, constraints and URLs hold nothing that
/// JSON would write otherwise, and writing to a text cannot fail.
fn describe(text: &mut String, name: &str, version: &CatalogueVersion, tells: Tells) {
    let number = version.version;
    let _ = match tells {
        Tells::ChefServer => write!(
            text,
            r#""{number}":{{"location_path":"{MARK}/{name}/{number}","location_type":"chef_server","dependencies":{{"#
        ),
        Tells::Supermarket => write!(
            text,
            r#""{number}":{{"location_type":"opscode","location_path":"{MARK}","download_url":"{MARK}/cookbooks/{name}/versions/{number}/download","dependencies":{{"#
        ),
    };
    // A Supermarket does not say that a cookbook depends on itself.
    let is_told = |on: &str| tells == Tells::ChefServer || on != name;
    let dependencies = version.dependencies.iter().filter(|on| is_told(&on.cookbook));
    for (at, dependency) in dependencies.enumerate() {
        let separator = if at == 0 { "" } else { "," };
        let _ = write!(text, r#"{separator}"{}":"{}""#, dependency.cookbook, dependency.written);
    }
    text.push_str("}}");
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Pieces of cookbooks with these versions, each of which depends on another cookbook.
    pub(in super::super) fn pieces<N: AsRef<str>>(
        number: i64,
        cookbooks: &[(N, Vec<N>)],
    ) -> Pieces {
        let on: Arc<str> = format!("of{number}").into();
        let piece = |(name, versions): &(N, Vec<N>)| {
            let version = |version: &N| CatalogueVersion {
                version: version.as_ref().parse().unwrap(),
                dependencies: [pantry_usecases::CatalogueDependency {
                    cookbook: Arc::clone(&on),
                    constraint: "= 1.0.0".parse().unwrap(),
                    written: "= 1.0.0".into(),
                }]
                .into(),
                recipes: Arc::default(),
            };
            let versions = versions.iter().map(version).collect();
            let cookbook = CatalogueCookbook { name: name.as_ref().into(), versions };
            Arc::new(Piece::of(&Arc::new(cookbook), Tells::ChefServer))
        };
        let all = cookbooks.iter().map(piece).collect();
        Pieces { generation: (number, 1), all, size: 0 }
    }

    #[test]
    fn a_versions_part_is_found_again() {
        let pieces = pieces(1, &[("apt", vec!["10.0.0", "2.1.0"]), ("b", vec!["1.0.0"])]);
        let piece = pieces.get(0).unwrap();
        let parts: Vec<_> = piece.versions().map(|(_, text)| text.to_owned()).collect();
        assert_eq!(piece.text.as_ref(), format!(r#""apt":{{{}}}"#, parts.join(",")));
        assert!(parts[1].starts_with(r#""2.1.0":{"location_path""#), "{parts:?}");
        assert!(parts.iter().all(|part| part.matches(MARK).count() == 1));
    }
}
