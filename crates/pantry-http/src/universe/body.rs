//! The bytes of a universe.

use std::fmt::Write;
use std::iter::Peekable;
use std::mem::size_of;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use pantry_model::Error;
use pantry_usecases::{CatalogueCookbook, CookbooksAt, VisibleCookbooks};
use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use super::coding::Coding;

/// What a universe tells of where a cookbook is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Tells {
    /// A Chef server's: where it shows each version.
    ChefServer,
    /// A Supermarket's: where its API is, and each version as one file.
    Supermarket,
}

/// What the URLs in a universe begin with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Under {
    pub(crate) url: String,
    pub(crate) tells: Tells,
}

/// A universe, written.
pub(crate) struct Universe {
    at: CookbooksAt,
    /// What stands where in the bytes, by name.
    pieces: Vec<Piece>,
    whole: Bytes,
    /// Tells these bytes from all others.
    tag: String,
    gzip: OnceCell<Bytes>,
    zstd: OnceCell<Bytes>,
}

/// What a universe says of a cookbook.
struct Piece {
    of: Arc<CatalogueCookbook>,
    place: Range<usize>,
    hash: [u8; 32],
}

impl Universe {
    /// Writes the universe of these cookbooks, whose URLs begin so. What an older one of that beginning
    /// says of cookbooks that have not changed is copied.
    pub(super) fn write(all: &VisibleCookbooks, under: &Under, old: Option<&Self>) -> Self {
        let mut text = String::with_capacity(old.map_or(4096, |old| old.whole.len() + 4096));
        text.push('{');
        let mut pieces = Vec::new();
        let mut before = old.map(|old| old.pieces.iter()).unwrap_or_default().peekable();
        for cookbook in all.cookbooks() {
            if text.len() > 1 {
                text.push(',');
            }
            let start = text.len();
            let same = same(&mut before, &cookbook);
            let copied = same.and_then(|piece| {
                let bytes = old?.whole.get(piece.place.clone())?;
                Some((std::str::from_utf8(bytes).ok()?, piece.hash))
            });
            let hash = match copied {
                Some((written, hash)) => {
                    text.push_str(written);
                    hash
                }
                None => {
                    describe(&mut text, &cookbook, under);
                    Sha256::digest(text.get(start..).unwrap_or_default()).into()
                }
            };
            pieces.push(Piece { of: cookbook.into_owned(), place: start..text.len(), hash });
        }
        text.push('}');
        let mut hash = Sha256::new();
        pieces.iter().for_each(|piece| hash.update(piece.hash));
        let hash: [u8; 32] = hash.finalize().into();
        let tag = hash.iter().take(16).fold(String::new(), |tag, byte| format!("{tag}{byte:02x}"));
        text.shrink_to_fit();
        Self {
            at: all.at(),
            pieces,
            whole: Bytes::from(text),
            tag,
            gzip: OnceCell::new(),
            zstd: OnceCell::new(),
        }
    }

    /// Where the cookbooks stood that it is of.
    pub(super) fn at(&self) -> &CookbooksAt {
        &self.at
    }

    /// What tells it from all others: the same on each server.
    pub(crate) fn tag(&self) -> &str {
        &self.tag
    }

    /// Its bytes in this coding, which are made when they are first wanted.
    pub(crate) async fn bytes(&self, coding: Coding) -> Result<Bytes, Error> {
        let kept = match coding {
            Coding::Identity => return Ok(self.whole.clone()),
            Coding::Gzip => &self.gzip,
            Coding::Zstd => &self.zstd,
        };
        let compress = || async {
            let whole = self.whole.clone();
            #[expect(clippy::disallowed_methods, reason = "computes, once for each universe")]
            let compressed = tokio::task::spawn_blocking(move || coding.compress(&whole)).await;
            let compressed = compressed.map_err(|error| Error::Internal(error.to_string()))?;
            compressed.map_err(|error| Error::Internal(format!("a universe: {error}")))
        };
        kept.get_or_try_init(compress).await.cloned()
    }

    /// About how many bytes it takes, compressed as well.
    pub(super) fn size(&self) -> usize {
        self.whole.len() + self.whole.len() / 5 + self.pieces.len() * size_of::<Piece>() + 512
    }
}

/// The piece of a cookbook that is the same, among those that are left of older ones.
fn same<'p>(
    left: &mut Peekable<impl Iterator<Item = &'p Piece>>,
    cookbook: &Arc<CatalogueCookbook>,
) -> Option<&'p Piece> {
    while left.next_if(|piece| piece.of.name < cookbook.name).is_some() {}
    left.next_if(|piece| piece.of.name == cookbook.name)
        .filter(|piece| Arc::ptr_eq(&piece.of, cookbook))
}

/// Writes what a universe says of a cookbook. Names, versions, constraints and URLs hold nothing that
/// JSON would write otherwise, and writing to a text cannot fail.
fn describe(text: &mut String, cookbook: &CatalogueCookbook, under: &Under) {
    let (name, url) = (&cookbook.name, &under.url);
    let _ = write!(text, r#""{name}":{{"#);
    for (at, version) in cookbook.versions.iter().enumerate() {
        let separator = if at == 0 { "" } else { "," };
        let number = version.version;
        let _ = match under.tells {
            Tells::ChefServer => write!(
                text,
                r#"{separator}"{number}":{{"location_path":"{url}/{name}/{number}","location_type":"chef_server","dependencies":{{"#
            ),
            Tells::Supermarket => write!(
                text,
                r#"{separator}"{number}":{{"location_type":"opscode","location_path":"{url}","download_url":"{url}/cookbooks/{name}/versions/{number}/download","dependencies":{{"#
            ),
        };
        // No tool that reads a Supermarket expects a cookbook that depends on itself.
        let may_be_told = |on: &str| under.tells == Tells::ChefServer || *on != **name;
        let dependencies = version.dependencies.iter().filter(|one| may_be_told(&one.cookbook));
        for (at, dependency) in dependencies.enumerate() {
            let separator = if at == 0 { "" } else { "," };
            let _ =
                write!(text, r#"{separator}"{}":"{}""#, dependency.cookbook, dependency.written);
        }
        text.push_str("}}");
    }
    text.push('}');
}
