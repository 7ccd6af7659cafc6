//! How to reach a database: what a URL says, with a default for everything that it does not.
//!
//! The library that we connect with reads URLs too, but not all of what libpq reads in them, and
//! with other meanings for some. Operators bring URLs that work elsewhere, so this is our own.
//!
//! Two defaults differ from libpq's, since a server runs for months without anybody watching. What
//! has vanished without a word is noticed within 15 seconds. And the first host that *takes writes*
//! is used: a standby is of no use here.

mod error;
mod hosts;
mod parameters;
mod show;
#[cfg(test)]
mod tests;
mod url;

use std::path::PathBuf;
use std::time::Duration;

pub use error::UrlError;
pub(crate) use hosts::{At, Host};

/// The most hosts that a URL may name.
const MAX_HOSTS: usize = 16;

/// How many connections a server has at most, unless it is told.
const POOL: usize = 16;

/// A connection that is silent for 5 seconds is asked then, after 8 and after 11, and given up
/// after 14.
const KEEPALIVES: Keepalives = Keepalives {
    idle: Some(Duration::from_secs(5)),
    interval: Some(Duration::from_secs(3)),
    count: Some(3),
};

/// What the database shows as who is connected.
const APPLICATION_NAME: &str = "pantry";

/// How to reach a database. Neither `Debug` nor `Display` shows the password; `Display` is a URL
/// with the place and the user alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Config {
    /// At least one.
    pub(crate) hosts: Vec<Host>,
    /// The user; whoever runs this process, if none.
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    /// The database; the user's name, if none.
    pub(crate) database: Option<String>,
    pub(crate) tls: TlsConfig,
    /// For each address of each host, with all that is said before the first statement.
    pub(crate) connect_timeout: Option<Duration>,
    /// How long what was sent may stay unacknowledged.
    pub(crate) tcp_user_timeout: Option<Duration>,
    pub(crate) keepalives: Option<Keepalives>,
    pub(crate) application_name: String,
    pub(crate) options: Option<String>,
    pub(crate) target: Target,
    pub(crate) channel_binding: ChannelBinding,
    pool: usize,
}

/// How TLS is spoken, or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TlsConfig {
    pub(crate) mode: SslMode,
    /// Who may have issued the server's certificate; it is not checked if nobody is named.
    pub(crate) root: Option<Root>,
    /// What this side proves who it is with.
    pub(crate) own: Option<OwnCertificate>,
}

/// When TLS is spoken and what is checked, by libpq's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SslMode {
    /// Never.
    Disable,
    /// If it does not work without.
    Allow,
    /// If it works.
    Prefer,
    /// Always.
    Require,
    /// Always, with a certificate that an authority issued.
    VerifyCa,
    /// Always, with a certificate that an authority issued for the host.
    VerifyFull,
}

/// Whose certificates are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Root {
    /// Those in this file, PEM.
    File(PathBuf),
    /// Those that this machine trusts.
    System,
}

/// A certificate and its key, PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OwnCertificate {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

/// When a silent connection is asked whether it still stands. What is `None` the system decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Keepalives {
    pub(crate) idle: Option<Duration>,
    pub(crate) interval: Option<Duration>,
    pub(crate) count: Option<u32>,
}

/// Which server will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Each.
    Any,
    /// One that takes writes.
    ReadWrite,
}

/// Whether the password is proven for this very TLS session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChannelBinding {
    /// Never.
    Disable,
    /// Where the server can.
    Prefer,
    /// Always.
    Require,
}

impl Config {
    /// Reads a URL: `postgres://` or `postgresql://`.
    pub fn parse(url: &str) -> Result<Self, UrlError> {
        let parts = url::split(url)?;
        let mut config = Self::new(hosts::read(parts.hosts.as_deref(), parts.ports.as_deref())?);
        // The database itself says so where it is not told.
        config.database = parts.database.or_else(|| parts.user.clone());
        config.user = parts.user;
        config.password = parts.password;
        parameters::apply(&mut config, &parts.parameters)?;
        Ok(config)
    }

    /// Whether there is a password.
    pub fn has_password(&self) -> bool {
        self.password.is_some()
    }

    /// The same with this password.
    #[must_use]
    pub fn with_password(mut self, password: &str) -> Self {
        self.password = Some(password.to_owned());
        self
    }

    /// The same with at most this many connections; at least one.
    #[must_use]
    pub fn with_pool(mut self, connections: usize) -> Self {
        self.pool = connections.max(1);
        self
    }

    /// How many connections there are at most, besides the one that listens.
    pub fn pool(&self) -> usize {
        self.pool
    }

    fn new(hosts: Vec<Host>) -> Self {
        Self {
            hosts,
            user: None,
            password: None,
            database: None,
            tls: TlsConfig { mode: SslMode::Prefer, root: None, own: None },
            connect_timeout: Some(Duration::from_secs(3)),
            tcp_user_timeout: Some(Duration::from_secs(15)),
            keepalives: Some(KEEPALIVES),
            application_name: APPLICATION_NAME.to_owned(),
            options: None,
            target: Target::ReadWrite,
            channel_binding: ChannelBinding::Prefer,
            pool: POOL,
        }
    }
}
