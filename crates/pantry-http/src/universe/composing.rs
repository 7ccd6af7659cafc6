//! A universe while it is sent: put together, and compressed, in steps that are short.
//!
//! It is done where the connection is served, and only as fast as its reader reads, so that it takes
//! neither threads nor more memory than a step does. To put bytes together costs no more than to copy
//! them. To compress them does: after each such step others have their turn.

use std::task::{Context, Poll};
use std::{fmt, io};

use bytes::Bytes;

use super::coding::{Coding, Encoder};
use super::kept::Keeping;
use super::merged::Merged;
use super::pieces::MARK;

/// About how many bytes are put together in a step, which takes some tens of microseconds.
const STEP: usize = 64 << 10;

/// The same where they are compressed as well, which takes some hundreds.
const COMPRESSED_STEP: usize = 16 << 10;

/// What is left to send of a universe.
pub(crate) struct Composing {
    cookbooks: Merged,
    /// What URLs begin with.
    under: String,
    is_begun: bool,
    /// How many bytes are left, as they are before they are compressed.
    left: u64,
    /// `None` at the end.
    encoder: Option<Encoder>,
    step: usize,
    /// Where what is compressed is kept for those who want it next.
    keeping: Option<Keeping>,
    /// Whether it is others' turn.
    rests: bool,
}

impl Composing {
    /// The universe of these cookbooks, whose URLs begin so, of that many bytes before it is
    /// compressed.
    pub(super) fn new(
        cookbooks: Merged,
        (under, length): (String, u64),
        coding: Coding,
        keeping: Option<Keeping>,
    ) -> io::Result<Self> {
        Ok(Self {
            cookbooks,
            under,
            is_begun: false,
            left: length,
            encoder: Some(Encoder::new(coding, length)?),
            step: if coding == Coding::Identity { STEP } else { COMPRESSED_STEP },
            keeping,
            rests: false,
        })
    }

    /// The next bytes that are to be sent; `None` once those were all.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Bytes>>> {
        if self.rests {
            self.rests = false;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let Some(encoder) = self.encoder.take() else { return Poll::Ready(None) };
        match self.advance(encoder) {
            Err(error) => Poll::Ready(Some(Err(error))),
            Ok(bytes) => {
                self.rests = self.keeping.is_some() && self.encoder.is_some();
                if let Some(keeping) = &mut self.keeping {
                    keeping.add(&bytes);
                }
                if self.encoder.is_none()
                    && let Some(keeping) = self.keeping.take()
                {
                    keeping.keep();
                }
                Poll::Ready(Some(Ok(bytes.into())))
            }
        }
    }

    /// One step; after the last one there is no encoder any more.
    fn advance(&mut self, mut encoder: Encoder) -> io::Result<Vec<u8>> {
        let mut raw = Vec::with_capacity(self.step + self.step / 4);
        if !self.is_begun {
            raw.push(b'{');
        }
        let mut is_end = false;
        while raw.len() < self.step && !is_end {
            match self.cookbooks.next() {
                None => {
                    raw.push(b'}');
                    is_end = true;
                }
                Some(said) => {
                    if self.is_begun {
                        raw.push(b',');
                    }
                    self.is_begun = true;
                    let mut parts = said.text().split(MARK);
                    raw.extend_from_slice(parts.next().unwrap_or_default().as_bytes());
                    for part in parts {
                        raw.extend_from_slice(self.under.as_bytes());
                        raw.extend_from_slice(part.as_bytes());
                    }
                }
            }
        }
        let written = u64::try_from(raw.len()).unwrap_or(u64::MAX);
        self.left = self.left.saturating_sub(written);
        let mut out = encoder.put(raw)?;
        if is_end {
            out.extend(encoder.end()?);
        } else {
            self.encoder = Some(encoder);
        }
        Ok(out)
    }

    /// Whether all has been sent.
    pub(crate) fn is_over(&self) -> bool {
        self.encoder.is_none()
    }

    /// How many bytes will still be sent, where that is known before.
    pub(crate) fn left(&self) -> Option<u64> {
        match self.encoder {
            Some(Encoder::Identity) => Some(self.left),
            Some(_) => None,
            None => Some(0),
        }
    }
}

impl fmt::Debug for Composing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Composing").field("left", &self.left).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;
    use std::task::Waker;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::kept::Kept;
    use super::super::merged::Figures;
    use super::super::pieces::tests::pieces;
    use super::*;

    const UNDER: &str = "https://chef.example.org/organizations/shop/cookbooks";

    type Layer = BTreeMap<String, BTreeSet<String>>;

    fn merged(layers: &[Layer]) -> Merged {
        let of_one = |(number, layer): (usize, &Layer)| {
            let cookbooks = layer.iter().map(|(name, versions)| {
                let mut versions: Vec<_> = versions.iter().cloned().collect();
                versions.reverse();
                (name.clone(), versions)
            });
            Arc::new(pieces(number as i64, &cookbooks.collect::<Vec<_>>()))
        };
        Merged::new(layers.iter().enumerate().map(of_one))
    }

    fn sent(layers: &[Layer], coding: Coding, kept: &Kept) -> Vec<u8> {
        let length = Figures::of(merged(layers)).length(UNDER) as u64;
        let keeping = (coding != Coding::Identity).then(|| kept.keeping(UNDER, coding, "tag"));
        let composing = Composing::new(merged(layers), (UNDER.to_owned(), length), coding, keeping);
        let mut composing = composing.unwrap();
        let mut all = Vec::new();
        let mut context = Context::from_waker(Waker::noop());
        loop {
            let left = composing.left();
            match composing.poll_next(&mut context) {
                Poll::Pending => assert_ne!(coding, Coding::Identity),
                Poll::Ready(None) => break,
                Poll::Ready(Some(bytes)) => {
                    let bytes = bytes.unwrap();
                    if let (Some(before), Some(after)) = (left, composing.left()) {
                        assert_eq!(before - after, bytes.len() as u64);
                    }
                    all.extend_from_slice(&bytes);
                }
            }
        }
        assert!(composing.is_over() && composing.left() == Some(0));
        all
    }

    /// What is said of all of them, put together in the simplest way.
    fn expected(layers: &[Layer]) -> Value {
        let mut all: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
        for (number, layer) in layers.iter().enumerate().rev() {
            for (name, versions) in layer {
                for version in versions {
                    let said = json!({
                        "location_path": format!("{UNDER}/{name}/{version}"),
                        "location_type": "chef_server",
                        "dependencies": { format!("of{number}"): "= 1.0.0" },
                    });
                    all.entry(name).or_default().insert(version, said);
                }
            }
        }
        json!(all)
    }

    fn layers() -> impl Strategy<Value = Vec<Layer>> {
        let versions = prop::collection::btree_set(r"[0-3]\.[0-3]\.[0-1]", 1..6);
        prop::collection::vec(prop::collection::btree_map("[a-c]{1,2}", versions, 0..8), 1..4)
    }

    proptest! {
        #[test]
        fn of_each_version_the_first_that_has_it_is_sent(layers in layers()) {
            let bytes = sent(&layers, Coding::Identity, &Kept::default());
            prop_assert_eq!(bytes.len(), Figures::of(merged(&layers)).length(UNDER));
            prop_assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), expected(&layers));
        }

        #[test]
        fn what_says_the_same_has_the_same_hash_wherever_it_comes_from(layers in layers()) {
            // All of it in one place, beside what hides all that others have of these names.
            let hash = |layers: &[Layer]| Figures::of(merged(layers)).hash;
            let twice: Vec<Layer> = layers.iter().chain(&layers).cloned().collect();
            prop_assert_eq!(hash(&twice), hash(&layers));
            let mut more = layers.clone();
            more[0].entry("a".to_owned()).or_default().insert("9.0.0".to_owned());
            prop_assert_ne!(hash(&more), hash(&layers));
        }
    }

    #[test]
    fn what_is_compressed_is_the_same_and_kept() {
        let versions: BTreeSet<String> = (0..9).map(|minor| format!("1.{minor}.0")).collect();
        let layer: Layer = (0..500).map(|at| (format!("c{at:03}"), versions.clone())).collect();
        let kept = Kept::default();
        let plain = sent(std::slice::from_ref(&layer), Coding::Identity, &kept);
        assert!(plain.len() > 10 * STEP);
        for coding in [Coding::Gzip, Coding::Zstd] {
            assert!(kept.get(UNDER, coding, "tag").is_none());
            let bytes = sent(std::slice::from_ref(&layer), coding, &kept);
            let mut read = Vec::new();
            match coding {
                Coding::Gzip => {
                    let mut decoder = flate2::read::GzDecoder::new(&*bytes);
                    io::Read::read_to_end(&mut decoder, &mut read).unwrap();
                }
                _ => read = zstd::bulk::decompress(&bytes, plain.len()).unwrap(),
            }
            assert!(read == plain);
            assert_eq!(kept.get(UNDER, coding, "tag").unwrap(), bytes);
            assert!(kept.get(UNDER, coding, "another").is_none());
        }
    }
}
