//! What a server is told.

use std::fmt;
use std::net::SocketAddr;

use pantry_model::ApplicationName;
use pantry_sign::PublicKey;
use subtle::ConstantTimeEq;

use crate::limits::Limits;
use crate::tls::Tls;

/// What a server is told when it starts.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it listens; port 0 is any that is free.
    pub listen: SocketAddr,
    /// With what it speaks TLS. Without, it speaks plain HTTP: behind a proxy, or to its own machine.
    pub tls: Option<Tls>,
    /// The key of a web front end, which may speak for every user (`X-Ops-Request-Source: web`).
    pub web_key: Option<PublicKey>,
    /// The organization whose objects are also found without `/organizations/NAME`.
    pub default_organization: Option<ApplicationName>,
    /// With what `statsuser` may read `/_stats`. Without, nobody may.
    pub stats_password: Option<StatsPassword>,
    /// What peers may take of it.
    pub limits: Limits,
}

impl Config {
    /// All defaults, on this address.
    pub fn on(listen: SocketAddr) -> Self {
        Self {
            listen,
            tls: None,
            web_key: None,
            default_organization: None,
            stats_password: None,
            limits: Limits::default(),
        }
    }
}

/// The password of `/_stats`. `Debug` does not show it.
#[derive(Clone)]
pub struct StatsPassword(String);

impl StatsPassword {
    /// This password.
    pub fn new(password: String) -> Self {
        Self(password)
    }

    /// Whether it is this one. How long that takes says nothing of what is in it.
    pub(crate) fn is(&self, given: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(given).into()
    }
}

impl fmt::Debug for StatsPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StatsPassword(..)")
    }
}
