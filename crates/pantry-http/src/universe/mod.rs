//! Universes: for each application one answer that tells all versions of all cookbooks that it uses,
//! what they depend on and where they are.
//!
//! It is asked for often, large, and changes seldom. Hundreds of applications may use the same shelves,
//! each with URLs of its own, so their universes are not kept. What is said of an application's own
//! cookbooks is written once for each generation, in pieces in which the beginnings of URLs are left
//! open; an answer is put together from the pieces of the application and of its shelves while it is
//! sent. Of a universe itself only its length is kept, and a hash of what it says: they tell whoever
//! has it that it has not changed. What is compressed is kept as far as there is room.

mod coding;
mod composing;
mod kept;
mod merged;
mod pieces;

use std::sync::Arc;

use hyper::header::{HeaderMap, IF_NONE_MATCH};
use pantry_model::Error;
use pantry_usecases::{Catalogue, CookbooksAt, VisibleCookbooks, Workers};
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::outgoing::Outgoing;

pub(crate) use coding::Coding;
pub(crate) use composing::Composing;
pub(crate) use pieces::Tells;

use kept::Kept;
use merged::{Figures, Merged};
use pieces::Pieces;

/// How much memory all pieces may take, about. Those of 4,000 cookbooks with 32,000 versions are some
/// 8 MB.
const BYTES: u64 = 64 << 20;

/// How many applications have pieces that are large. For so few the cache is not divided, of which no
/// part could keep what is large.
const LIKELY: usize = 32;

/// Of how many universes it is known what tells them from others.
const KNOWN: usize = 8192;

/// What is kept.
pub(crate) struct Universes {
    tells: Tells,
    /// By the number of the scope; least asked for goes first.
    pieces: Cache<i64, Arc<Pieces>, Weight>,
    /// By the number of the application's scope, with where its cookbooks stood.
    figures: Cache<i64, Arc<(CookbooksAt, Figures)>>,
    compressed: Kept,
    /// Pieces are written by one at a time, for all who wait for them.
    turn: Mutex<()>,
    workers: Workers,
}

#[derive(Clone)]
struct Weight;

impl Weighter<i64, Arc<Pieces>> for Weight {
    fn weight(&self, _: &i64, pieces: &Arc<Pieces>) -> u64 {
        u64::try_from(pieces.size()).unwrap_or(u64::MAX).saturating_add(512)
    }
}

impl Universes {
    /// Those that tell so of where cookbooks are.
    pub(crate) fn new(tells: Tells) -> Self {
        Self {
            tells,
            pieces: Cache::with_weighter(LIKELY, BYTES, Weight),
            figures: Cache::new(KNOWN),
            compressed: Kept::default(),
            turn: Mutex::default(),
            workers: Workers::of_cores(),
        }
    }
}

/// A universe that can be sent.
pub(crate) struct Universe {
    cookbooks: VisibleCookbooks,
    /// What its URLs begin with.
    under: String,
    length: u64,
    tag: String,
}

impl Universe {
    /// What tells its bytes from all others: the same on each server.
    pub(crate) fn tag(&self) -> &str {
        &self.tag
    }
}

impl Universes {
    /// The universe of these cookbooks, whose URLs begin so.
    pub(crate) async fn of(
        &self,
        cookbooks: VisibleCookbooks,
        under: String,
    ) -> Result<Universe, Error> {
        let figures = self.figures(&cookbooks).await?;
        let length = u64::try_from(figures.length(&under)).unwrap_or(u64::MAX);
        let hash = Sha256::new().chain_update(figures.hash).chain_update(&under).finalize();
        let tag = hash.iter().take(16).fold(String::new(), |tag, byte| format!("{tag}{byte:02x}"));
        Ok(Universe { cookbooks, under, length, tag })
    }

    /// Its bytes in this coding.
    pub(crate) async fn body(
        &self,
        universe: &Universe,
        coding: Coding,
    ) -> Result<Outgoing, Error> {
        let Universe { cookbooks, under, length, tag } = universe;
        let keeping = match coding {
            Coding::Identity => None,
            Coding::Gzip | Coding::Zstd => {
                if let Some(bytes) = self.compressed.get(under, coding, tag) {
                    return Ok(Outgoing::Whole(Some(bytes)));
                }
                Some(self.compressed.keeping(under, coding, tag))
            }
        };
        let merged = self.merged(cookbooks).await?;
        let composing = Composing::new(merged, (under.clone(), *length), coding, keeping);
        let composing =
            composing.map_err(|error| Error::Internal(format!("a universe: {error}")))?;
        Ok(Outgoing::Composed(Box::new(composing)))
    }

    async fn figures(&self, cookbooks: &VisibleCookbooks) -> Result<Figures, Error> {
        let at = cookbooks.at();
        let number = at.first().map_or(0, |(number, _)| *number);
        let known = self.figures.get(&number).filter(|known| known.0 == at);
        if let Some(known) = known {
            return Ok(known.1);
        }
        let merged = self.merged(cookbooks).await?;
        let compute = move || Ok(Figures::of(merged));
        let figures = self.workers.run::<_, Error>(compute).await?;
        self.figures.insert(number, Arc::new((at, figures)));
        Ok(figures)
    }

    async fn merged(&self, cookbooks: &VisibleCookbooks) -> Result<Merged, Error> {
        let mut layers = Vec::new();
        for catalogue in cookbooks.layers() {
            layers.push(self.pieces(catalogue).await?);
        }
        Ok(Merged::new(layers))
    }

    async fn pieces(&self, catalogue: &Arc<Catalogue>) -> Result<Arc<Pieces>, Error> {
        let (number, _) = catalogue.generation();
        let fits = |pieces: &Arc<Pieces>| pieces.generation() == catalogue.generation();
        if let Some(pieces) = self.pieces.get(&number).filter(fits) {
            return Ok(pieces);
        }
        let _turn = self.turn.lock().await;
        let old = self.pieces.get(&number);
        if let Some(pieces) = old.clone().filter(fits) {
            return Ok(pieces);
        }
        let all = Arc::clone(catalogue);
        let tells = self.tells;
        let write = move || Ok(Pieces::of(&all, tells, old.as_deref()));
        let pieces = Arc::new(self.workers.run::<_, Error>(write).await?);
        self.pieces.insert(number, Arc::clone(&pieces));
        Ok(pieces)
    }
}

/// Whether the sender of a request has what has this entity tag, in whichever coding.
pub(crate) fn has(headers: &HeaderMap, tag: &str) -> bool {
    let said = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    said.flat_map(|tags| tags.split(',')).map(str::trim).any(|known| {
        let known = known.strip_prefix("W/").unwrap_or(known);
        known == "*" || Coding::ALL.iter().any(|coding| known == coding.entity_tag(tag))
    })
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    #[test]
    fn whoever_has_it_in_some_coding_has_it() {
        let has = |said: &str| {
            let value = HeaderValue::from_str(said).unwrap();
            has(&[(IF_NONE_MATCH, value)].into_iter().collect(), "ab")
        };
        for tags in ["\"ab\"", "W/\"ab\"", "\"x\", \"ab-gzip\"", "\"ab-zstd\"", "*"] {
            assert!(has(tags), "{tags}");
        }
        for tags in ["ab", "\"abc\"", "\"ab-br\"", ""] {
            assert!(!has(tags), "{tags}");
        }
    }
}
