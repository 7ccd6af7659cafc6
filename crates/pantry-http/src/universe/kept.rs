//! Universes that were compressed, which costs more than all else about them.
//!
//! They are kept as they were sent, for as many senders of requests as there is room for.

use std::sync::Arc;

use bytes::Bytes;
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::coding::Coding;

/// How much memory they may take, about. One of 4,000 cookbooks with 32,000 versions takes some
/// 350 kB.
const BYTES: u64 = 16 << 20;

/// How many there are likely to be.
const LIKELY: usize = 64;

/// What is kept, by what the URLs in it begin with; least asked for goes first.
#[derive(Clone)]
pub(super) struct Kept(Arc<Cache<Key, Compressed, Weight>>);

type Key = (String, Coding);

#[derive(Clone)]
struct Compressed {
    tag: String,
    bytes: Bytes,
}

#[derive(Clone)]
struct Weight;

impl Weighter<Key, Compressed> for Weight {
    fn weight(&self, (under, _): &Key, compressed: &Compressed) -> u64 {
        u64::try_from(under.len() + compressed.bytes.len() + 256).unwrap_or(u64::MAX)
    }
}

impl Default for Kept {
    fn default() -> Self {
        Self(Arc::new(Cache::with_weighter(LIKELY, BYTES, Weight)))
    }
}

impl Kept {
    /// The bytes of the universe that has this tag.
    pub(super) fn get(&self, under: &str, coding: Coding, tag: &str) -> Option<Bytes> {
        let found = self.0.get(&(under.to_owned(), coding))?;
        (found.tag == tag).then_some(found.bytes)
    }

    /// Where the bytes of one are to be put.
    pub(super) fn keeping(&self, under: &str, coding: Coding, tag: &str) -> Keeping {
        let key = (under.to_owned(), coding);
        Keeping { kept: self.clone(), key, tag: tag.to_owned(), bytes: Vec::new() }
    }
}

/// One that is being compressed.
pub(super) struct Keeping {
    kept: Kept,
    key: Key,
    tag: String,
    bytes: Vec<u8>,
}

impl Keeping {
    /// These bytes come next.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Those were all.
    pub(super) fn keep(self) {
        let mut bytes = self.bytes;
        bytes.shrink_to_fit();
        self.kept.0.insert(self.key, Compressed { tag: self.tag, bytes: bytes.into() });
    }
}
