//! The signals by which the server and the client are told to end.

use tokio::signal::unix::{SignalKind, signal};

use crate::errors::CliError;

/// Completes when the process is asked to end: by a service manager (SIGTERM) or Ctrl-C. It
/// listens from this call on, so that a signal is not missed while everything else is starting.
pub(crate) fn ended() -> Result<impl Future<Output = ()>, CliError> {
    let listen = |kind| signal(kind).map_err(|error| CliError::Signals(error.to_string()));
    let (mut terminate, mut interrupt) =
        (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
