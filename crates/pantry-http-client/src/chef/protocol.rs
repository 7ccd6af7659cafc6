//! By which protocol requests are signed.
//!
//! 1.3 is the newest and the only one without SHA-1. A server that does not know it says so, or takes
//! the signature for a wrong one; then 1.1 is tried, which every Chef server knows, and stays if it is
//! taken. 1.0 differs from 1.1 in long names only, and is for whoever asks for it.

use std::sync::atomic::{AtomicBool, Ordering};

use hyper::StatusCode;
use pantry_sign::Version;

/// What is known of a server.
#[derive(Debug)]
pub(super) struct Protocol {
    set: Option<Version>,
    is_old: AtomicBool,
}

impl Protocol {
    /// `set` is the one that must be used; without, it is found out.
    pub(super) fn new(set: Option<Version>) -> Self {
        Self { set, is_old: AtomicBool::new(false) }
    }

    /// The same, for what is not known to be the same server.
    pub(super) fn again(&self) -> Self {
        Self::new(self.set)
    }

    /// By which the next request is signed.
    pub(super) fn now(&self) -> Version {
        match self.set {
            Some(version) => version,
            None if self.is_old.load(Ordering::Relaxed) => Version::V1_1,
            None => Version::V1_3,
        }
    }

    /// By which a request is to be signed that was refused so, if that may help.
    pub(super) fn other(&self, tried: Version, status: StatusCode, said: &str) -> Option<Version> {
        if self.set.is_some() || tried != Version::V1_3 {
            return None;
        }
        let said = said.to_ascii_lowercase();
        let is_about_it = match status {
            StatusCode::BAD_REQUEST => {
                said.contains("protocol version") || said.contains("x-ops-sign")
            }
            // That nobody is known by the name, or that the clock is wrong, is so in any protocol.
            StatusCode::UNAUTHORIZED => {
                !said.contains("client key are correct") && !said.contains("clock")
            }
            _ => false,
        };
        is_about_it.then_some(Version::V1_1)
    }

    /// This one was taken after the newest was not.
    pub(super) fn learn_old(&self) {
        self.is_old.store(true, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_one_is_tried_where_it_may_help() {
        let found_out = Protocol::new(None);
        let other = |status: u16, said: &str| {
            found_out.other(Version::V1_3, StatusCode::from_u16(status).unwrap(), said)
        };
        for (status, said) in [
            (400, "Unsupported authentication protocol version"),
            (400, "bad header(s) 'X-Ops-Sign'"),
            (401, "Invalid signature for user or client 'ada'"),
            (401, ""),
        ] {
            assert_eq!(other(status, said), Some(Version::V1_1), "{said}");
        }
        for (status, said) in [
            (400, "invalid JSON"),
            (
                401,
                "Failed to authenticate as 'ada'. Ensure that your node_name and client key are correct.",
            ),
            (401, "Failed to authenticate as ada. Synchronize the clock on your host."),
            (403, "missing read permission"),
        ] {
            assert_eq!(other(status, said), None, "{said}");
        }
        assert_eq!(found_out.now(), Version::V1_3);
        found_out.learn_old();
        assert_eq!(found_out.now(), Version::V1_1);
        let set = Protocol::new(Some(Version::V1_3));
        assert_eq!(set.other(Version::V1_3, StatusCode::UNAUTHORIZED, ""), None);
    }
}
