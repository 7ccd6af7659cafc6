//! Connections that are kept for the next request to the same server.
//!
//! The one that was used last is taken first, so that those that are not needed grow old and are
//! closed by the server. A few are enough: a client that asks for much does it one after the other,
//! or some at a time.

use std::sync::{Mutex, PoisonError};

use crate::connect::Sender;
use crate::url::ServerUrl;

/// The most that are kept.
const KEPT: usize = 16;

/// Whom a connection is with.
type Peer = (bool, String, u16);

/// The kept connections, the last used at the end.
#[derive(Default)]
pub(crate) struct Pool(Mutex<Vec<(Peer, Sender)>>);

fn peer(url: &ServerUrl) -> Peer {
    (url.tls(), url.host().to_owned(), url.port())
}

impl Pool {
    /// A connection to the server of this URL that was still open a moment ago.
    pub(crate) fn take(&self, url: &ServerUrl) -> Option<Sender> {
        let peer = peer(url);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, sender)| !sender.is_closed());
        let at = kept.iter().rposition(|(of, sender)| *of == peer && sender.is_ready())?;
        Some(kept.remove(at).1)
    }

    /// Keeps a connection whose last answer has been read.
    pub(crate) fn keep(&self, url: &ServerUrl, sender: Sender) {
        if sender.is_closed() {
            return;
        }
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((peer(url), sender));
    }
}
