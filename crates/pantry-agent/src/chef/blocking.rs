//! Work on files, away from the threads that carry the network.
//!
//! A run does one thing at a time and there is one run at a time, so a thread for each piece of work
//! is a thread in all. Whoever stops waiting lets it come to its end.

use std::io;

use tokio::sync::oneshot;

/// Does this work on a thread of its own.
pub(super) async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let (done, result) = oneshot::channel();
    let work = move || {
        // Whoever asked may be gone.
        let _ = done.send(work());
    };
    std::thread::Builder::new().name("chef-files".to_owned()).spawn(work)?;
    result.await.map_err(|_| io::Error::other("its thread ended by a panic"))
}
