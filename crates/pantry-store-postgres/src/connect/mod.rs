//! Making a connection: host after host, address after address, with and without TLS as the mode
//! says, each within its time.
//!
//! The library could go through the hosts by itself. But its time limit ends with the TCP
//! handshake, which a paused server still answers; it does not know the fallbacks of `allow` and
//! `prefer`; and of several failures it tells the last, which is seldom the one that matters.

mod error;
mod failure;

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::config::{self as library, TargetSessionAttrs};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Socket};
use tokio_postgres_rustls::MakeRustlsConnect;

pub use error::ConnectError;
use error::Try;
use failure::Failure;

use crate::config::{At, ChannelBinding, Config, Host, SslMode, Target};
use crate::tls::{self, TlsFilesError};

/// What must be polled for its [`Client`] to get answers.
pub(crate) type Connection =
    tokio_postgres::Connection<Socket, <MakeRustlsConnect as MakeTlsConnect<Socket>>::Stream>;

/// Makes connections to one database.
pub(crate) struct Connector {
    /// All but where.
    session: tokio_postgres::Config,
    hosts: Vec<Host>,
    mode: SslMode,
    tls: MakeRustlsConnect,
    /// How long each address may take.
    within: Option<Duration>,
    /// Where it is, for messages.
    place: String,
    /// The number of the host that took the last connection: it is tried first.
    best: AtomicUsize,
}

impl Connector {
    /// Reads the files that the configuration names; connects to nobody yet.
    pub(crate) fn new(config: &Config) -> Result<Self, TlsFilesError> {
        Ok(Self {
            session: session(config),
            hosts: config.hosts.clone(),
            mode: config.tls.mode,
            tls: tls::maker(&config.tls)?,
            within: config.connect_timeout,
            place: config.to_string(),
            best: AtomicUsize::new(0),
        })
    }

    /// Connects to the first host that will do.
    pub(crate) async fn connect(&self) -> Result<(Client, Connection), ConnectError> {
        let mut tries = Vec::new();
        let best = self.best.load(Ordering::Relaxed);
        let hosts = self.hosts.iter().enumerate();
        for (number, host) in hosts.clone().skip(best).chain(hosts.take(best)) {
            match self.host(host, &mut tries).await {
                Some(connected) => {
                    self.best.store(number, Ordering::Relaxed);
                    return Ok(connected);
                }
                None => continue,
            }
        }
        Err(ConnectError::new(self.place.clone(), tries))
    }

    /// The database as people call it, without a password.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Does what must be done with a connection before it is of use, in the time that one address
    /// may take.
    pub(crate) async fn prepare<T>(
        &self,
        first: impl Future<Output = Result<T, tokio_postgres::Error>>,
    ) -> Result<T, ConnectError> {
        let failure = match within(self.within, first).await {
            Ok(Ok(done)) => return Ok(done),
            Ok(Err(error)) => Failure::of(&error),
            Err(silent) => silent,
        };
        let tries = vec![Try::new(self.place.clone(), failure)];
        Err(ConnectError::new(self.place.clone(), tries))
    }

    /// One host, at each of its addresses.
    async fn host(&self, host: &Host, tries: &mut Vec<Try>) -> Option<(Client, Connection)> {
        let mut session = self.session.clone();
        session.port(host.port);
        let name = match &host.at {
            At::Socket(directory) => {
                session.host_path(directory);
                // TLS is for what leaves the machine; libpq leaves it out here as well.
                session.ssl_mode(library::SslMode::Disable);
                return self.once(&session, host.to_string(), tries).await;
            }
            At::Tcp(name) => name,
        };
        let resolved = within(self.within, tokio::net::lookup_host((name.as_str(), host.port)));
        let addresses = match resolved.await {
            Ok(Ok(addresses)) => addresses,
            Ok(Err(error)) => {
                tries.push(Try::new(host.to_string(), Failure::name(&error)));
                return None;
            }
            Err(silent) => {
                tries.push(Try::new(host.to_string(), silent));
                return None;
            }
        };
        session.host(name);
        for address in addresses {
            let address = address.ip();
            let mut session = session.clone();
            session.hostaddr(address);
            let connected = self.address(&mut session, place(host, address), tries).await;
            if connected.is_some() {
                return connected;
            }
        }
        None
    }

    /// One address, the ways that the mode allows.
    async fn address(
        &self,
        session: &mut tokio_postgres::Config,
        place: String,
        tries: &mut Vec<Try>,
    ) -> Option<(Client, Connection)> {
        use library::SslMode::{Disable, Prefer, Require};
        let (first, second) = match self.mode {
            SslMode::Disable => (Disable, None),
            SslMode::Allow => (Disable, Some((Require, "with TLS"))),
            // On the same connection where the server has no TLS at all.
            SslMode::Prefer => (Prefer, Some((Disable, "without TLS"))),
            SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => (Require, None),
        };
        session.ssl_mode(first);
        let connected = self.once(session, place.clone(), tries).await;
        let (Some((second, way)), None) = (second, &connected) else { return connected };
        if !tries.last().is_some_and(|last| last.failure.may_depend_on_tls()) {
            return None;
        }
        session.ssl_mode(second);
        let connected = self.once(session, format!("{place} {way}"), tries).await;
        if let [.., first, second] = &tries[..]
            && second.says_as_much_as(first)
        {
            tries.pop();
        }
        connected
    }

    async fn once(
        &self,
        session: &tokio_postgres::Config,
        place: String,
        tries: &mut Vec<Try>,
    ) -> Option<(Client, Connection)> {
        let connected = within(self.within, session.connect(self.tls.clone())).await;
        let failure = match connected {
            Ok(Ok(connected)) => return Some(connected),
            Ok(Err(error)) => Failure::of(&error),
            Err(silent) => silent,
        };
        tries.push(Try::new(place, failure));
        None
    }
}

/// Everything but hosts and TLS.
fn session(config: &Config) -> tokio_postgres::Config {
    let mut session = tokio_postgres::Config::new();
    session.application_name(&config.application_name);
    if let Some(user) = &config.user {
        session.user(user);
    }
    if let Some(password) = &config.password {
        session.password(password);
    }
    if let Some(database) = &config.database {
        session.dbname(database);
    }
    if let Some(options) = &config.options {
        session.options(options);
    }
    if let Some(timeout) = config.tcp_user_timeout {
        session.tcp_user_timeout(timeout);
    }
    session.keepalives(config.keepalives.is_some());
    if let Some(keepalives) = config.keepalives {
        if let Some(idle) = keepalives.idle {
            session.keepalives_idle(idle);
        }
        if let Some(interval) = keepalives.interval {
            session.keepalives_interval(interval);
        }
        if let Some(count) = keepalives.count {
            session.keepalives_retries(count);
        }
    }
    session.target_session_attrs(match config.target {
        Target::Any => TargetSessionAttrs::Any,
        Target::ReadWrite => TargetSessionAttrs::ReadWrite,
    });
    session.channel_binding(match config.channel_binding {
        ChannelBinding::Disable => library::ChannelBinding::Disable,
        ChannelBinding::Prefer => library::ChannelBinding::Prefer,
        ChannelBinding::Require => library::ChannelBinding::Require,
    });
    session
}

/// A host, and its address where that is another text.
fn place(host: &Host, address: IpAddr) -> String {
    match &host.at {
        At::Tcp(name) if *name != address.to_string() => format!("{host} ({address})"),
        _ => host.to_string(),
    }
}

async fn within<F: Future>(limit: Option<Duration>, future: F) -> Result<F::Output, Failure> {
    match limit {
        Some(limit) => timeout(limit, future).await.map_err(|_| Failure::silent(limit)),
        None => Ok(future.await),
    }
}
