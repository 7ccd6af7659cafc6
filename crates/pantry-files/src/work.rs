//! Work on files, on a thread of its own: a disk may take its time, and hashing takes a core.

use std::io;
use std::path::Path;
use std::thread;

use tokio::sync::oneshot;

use crate::error::FilesError;
use crate::hash::Stop;

/// Tells the work to stop if nobody waits for it any more.
struct Waiting<'s> {
    stop: &'s Stop,
    is_over: bool,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.stop.stop();
        }
    }
}

/// Does something on a thread of its own. If this is dropped before, `stop` is stopped, which the work
/// must look at from time to time.
pub async fn work<T: Send + 'static>(
    stop: &Stop,
    job: impl FnOnce() -> Result<T, FilesError> + Send + 'static,
) -> Result<T, FilesError> {
    let mut waiting = Waiting { stop, is_over: false };
    let (done, outcome) = oneshot::channel();
    let run = move || {
        // Who has stopped waiting needs no outcome.
        let _ = done.send(job());
    };
    let started = thread::Builder::new().name("pantry-files".to_owned()).spawn(run);
    started.map_err(FilesError::io("start a thread for", Path::new("files")))?;
    let outcome = outcome.await;
    waiting.is_over = true;
    outcome.unwrap_or_else(|_| {
        let source = io::Error::other("its thread ended by a panic");
        Err(FilesError::io("work on", Path::new("files"))(source))
    })
}
