//! Walking through contents in their order: those that something holds, or those that are kept. So
//! the two are compared side by side, however many there are.

use std::collections::VecDeque;

use pantry_blobs::Blobs;
use pantry_model::{Error, Sha256, Timestamp};
use pantry_store::Store;

use super::to_error;
use crate::fault;

/// How many are read at once.
const PAGE: u16 = 1000;

/// A content that was come to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) sha256: Sha256,
    /// In bytes.
    pub(super) size: u64,
    /// Since when it is kept.
    pub(super) since: Option<Timestamp>,
}

enum Source<'a> {
    Held(&'a dyn Store),
    Kept(&'a dyn Blobs),
}

/// A place among them.
pub(super) struct Walk<'a> {
    source: Source<'a>,
    page: VecDeque<Found>,
    last: Option<Sha256>,
    ended: bool,
}

impl<'a> Walk<'a> {
    /// Before the first that something holds.
    pub(super) fn held(store: &'a dyn Store) -> Self {
        Self { source: Source::Held(store), page: VecDeque::new(), last: None, ended: false }
    }

    /// Before the first that is kept.
    pub(super) fn kept(blobs: &'a dyn Blobs) -> Self {
        Self { source: Source::Kept(blobs), page: VecDeque::new(), last: None, ended: false }
    }

    /// The next, which is the next one still after this.
    pub(super) async fn peek(&mut self) -> Result<Option<Found>, Error> {
        if self.page.is_empty() && !self.ended {
            self.page = self.read().await?;
            self.ended = self.page.is_empty();
            self.last = self.page.back().map(|found| found.sha256).or(self.last);
        }
        Ok(self.page.front().copied())
    }

    /// The next.
    pub(super) async fn next(&mut self) -> Result<Option<Found>, Error> {
        self.peek().await?;
        Ok(self.page.pop_front())
    }

    async fn read(&self) -> Result<VecDeque<Found>, Error> {
        match self.source {
            Source::Held(store) => {
                let held = store.held_contents(self.last, PAGE.into()).await;
                let found = |(sha256, size)| Found { sha256, size, since: None };
                Ok(held.map_err(fault::to_error)?.into_iter().map(found).collect())
            }
            Source::Kept(blobs) => {
                let kept = blobs.list(self.last, PAGE.into()).await.map_err(to_error)?;
                let kept = kept.into_iter();
                let found = kept.map(|it| Found {
                    sha256: it.sha256,
                    size: it.size,
                    since: Some(it.since),
                });
                Ok(found.collect())
            }
        }
    }
}
