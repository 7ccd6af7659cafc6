//! What a run needs of the server: what it means here, contents, and somebody who hears how it ended.

use std::future::Future;
use std::pin::Pin;

use pantry_model::Sha256;
use pantry_model::commands::chef_run::{ChefRunFinish, ChefRunPrepare, FinishedRun, PreparedRun};
use pantry_model::protocol::files::Source;
use pantry_wire::files::{Contents, FileClient, FileError};

/// An answer that is on its way.
pub(crate) type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, FileError>> + Send + 'a>>;

/// Who provides a run with what it needs.
pub(crate) trait Provider: Send + Sync {
    /// What the run means for this machine now.
    fn prepare<'a>(&'a self, ask: &'a ChefRunPrepare) -> Answer<'a, PreparedRun>;

    /// Makes these contents be in the cache.
    fn fetch<'a>(
        &'a self,
        ask: &'a ChefRunPrepare,
        contents: &'a [(Sha256, u64)],
        cache: &'a Contents,
    ) -> Answer<'a, ()>;

    /// Hears how it ended. `record` is the JSON of a `RunRecord`.
    fn finish<'a>(&'a self, ended: &'a ChefRunFinish, record: &'a [u8]) -> Answer<'a, FinishedRun>;
}

impl Provider for FileClient {
    fn prepare<'a>(&'a self, ask: &'a ChefRunPrepare) -> Answer<'a, PreparedRun> {
        Box::pin(self.request(ask, Vec::new()))
    }

    fn fetch<'a>(
        &'a self,
        ask: &'a ChefRunPrepare,
        contents: &'a [(Sha256, u64)],
        cache: &'a Contents,
    ) -> Answer<'a, ()> {
        Box::pin(cache.fetch(self, Source::Job(ask.job), contents, &|_| {}))
    }

    fn finish<'a>(&'a self, ended: &'a ChefRunFinish, record: &'a [u8]) -> Answer<'a, FinishedRun> {
        Box::pin(self.request(ended, record.to_vec()))
    }
}
