//! The pieces of several applications laid over each other, one cookbook after the other.
//!
//! Nothing is put together before it is wanted: whoever has an application's pieces in hand walks along
//! them, and what it takes is a cookbook at a time.

use std::cmp::Reverse;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::pieces::{MARK, Piece, Pieces};

/// Walks along the cookbooks of several applications by name.
pub(super) struct Merged {
    /// The first before the others, with how many of each have been passed.
    layers: Vec<(Arc<Pieces>, usize)>,
}

/// What is said of a cookbook.
pub(super) enum Said {
    /// By one application alone.
    Once(Arc<Piece>),
    /// By several: of each version what the first says that has it.
    Together(String),
}

impl Said {
    /// `"NAME":{…}`, with a mark where each URL begins.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Once(piece) => &piece.text,
            Self::Together(text) => text,
        }
    }
}

impl Merged {
    pub(super) fn new(layers: impl IntoIterator<Item = Arc<Pieces>>) -> Self {
        Self { layers: layers.into_iter().map(|pieces| (pieces, 0)).collect() }
    }
}

impl Iterator for Merged {
    type Item = Said;

    fn next(&mut self) -> Option<Said> {
        let heads = self.layers.iter().filter_map(|(pieces, at)| pieces.get(*at));
        let first = Arc::clone(heads.min_by(|one, other| one.of.name.cmp(&other.of.name))?);
        let mut same = Vec::new();
        for (pieces, at) in &mut self.layers {
            if let Some(piece) = pieces.get(*at).filter(|piece| piece.of.name == first.of.name) {
                *at += 1;
                // The first of them is in hand.
                if !Arc::ptr_eq(piece, &first) {
                    same.push(Arc::clone(piece));
                }
            }
        }
        Some(if same.is_empty() { Said::Once(first) } else { together(&first, &same) })
    }
}

fn together(first: &Piece, others: &[Arc<Piece>]) -> Said {
    let others = others.iter().flat_map(|piece| piece.versions());
    let mut versions: Vec<_> = first.versions().chain(others).collect();
    // What is equal stays in order, so that the first is kept.
    versions.sort_by_key(|(version, _)| Reverse(version.version));
    versions.dedup_by_key(|(version, _)| version.version);
    let mut text = format!(r#""{}":{{"#, first.of.name);
    for (at, (_, said)) in versions.into_iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(said);
    }
    text.push('}');
    Said::Together(text)
}

/// What is to be known of a universe before it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Figures {
    /// Tells all that it says from everything else, but for how URLs begin.
    pub(super) hash: [u8; 32],
    /// How many bytes it has without those beginnings.
    bytes: usize,
    /// How many URLs there are.
    urls: usize,
}

impl Figures {
    /// Those of the universe of these.
    pub(super) fn of(cookbooks: Merged) -> Self {
        let (mut hash, mut bytes, mut urls) = (Sha256::new(), 2, 0);
        for (at, said) in cookbooks.enumerate() {
            let of_one = match &said {
                Said::Once(piece) => (piece.hash, piece.urls),
                Said::Together(text) => (Sha256::digest(text).into(), text.matches(MARK).count()),
            };
            hash.update(of_one.0);
            urls += of_one.1;
            bytes += said.text().len() - of_one.1 + usize::from(at > 0);
        }
        Self { hash: hash.finalize().into(), bytes, urls }
    }

    /// How many bytes it has if URLs begin so.
    pub(super) fn length(&self, under: &str) -> usize {
        self.bytes + self.urls * under.len()
    }
}
