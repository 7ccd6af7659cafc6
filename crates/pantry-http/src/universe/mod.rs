//! Universes: for each organization one answer that tells all versions of all its cookbooks, what they
//! depend on and where they are.
//!
//! It is asked for often, large, and changes seldom. So its bytes are kept: written once for each
//! generation of the cookbooks, where what has not changed is copied from the bytes before; compressed
//! once, when somebody first wants that. URLs stand in it, which begin as the request's sender sees the
//! server. Bytes are kept for each such beginning, of which there are few, and not put together for each
//! request, since what is compressed cannot be put together.

mod body;
mod coding;

use std::sync::Arc;

use hyper::header::{HeaderMap, IF_NONE_MATCH};
use pantry_model::Error;
use pantry_usecases::VisibleCookbooks;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use tokio::sync::Mutex;

pub(crate) use body::{Tells, Under, Universe};
pub(crate) use coding::Coding;

/// How much memory all kept bytes may take, about. Those of 4,000 cookbooks with 32,000 versions are
/// some 10 MB, and a fifth more when they are compressed.
const BYTES: u64 = 64 << 20;

/// How many there are likely to be. For so few the cache is not divided, of which no part could keep
/// what is large.
const LIKELY: usize = 32;

/// What is kept, by what the URLs in it begin with; least asked for goes first.
pub(crate) struct Universes {
    kept: Cache<Under, Arc<Universe>, Weight>,
    /// One is written at a time, for all who wait for it.
    turn: Mutex<()>,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Under, Arc<Universe>> for Weight {
    fn weight(&self, under: &Under, universe: &Arc<Universe>) -> u64 {
        u64::try_from(under.url.len() + universe.size()).unwrap_or(u64::MAX)
    }
}

impl Default for Universes {
    fn default() -> Self {
        Self { kept: Cache::with_weighter(LIKELY, BYTES, Weight), turn: Mutex::default() }
    }
}

impl Universes {
    /// The universe of these cookbooks, whose URLs begin so.
    pub(crate) async fn of(
        &self,
        cookbooks: &VisibleCookbooks,
        under: Under,
    ) -> Result<Arc<Universe>, Error> {
        let at = cookbooks.at();
        let fits = |universe: &Arc<Universe>| *universe.at() == at;
        if let Some(universe) = self.kept.get(&under).filter(fits) {
            return Ok(universe);
        }
        let _turn = self.turn.lock().await;
        let old = self.kept.get(&under);
        if let Some(universe) = old.clone().filter(fits) {
            return Ok(universe);
        }
        let (all, beginning) = (cookbooks.clone(), under.clone());
        let write = move || Universe::write(&all, &beginning, old.as_deref());
        #[expect(clippy::disallowed_methods, reason = "computes, one at a time")]
        let written = tokio::task::spawn_blocking(write).await;
        let universe = Arc::new(written.map_err(|error| Error::Internal(error.to_string()))?);
        self.kept.insert(under, Arc::clone(&universe));
        Ok(universe)
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
