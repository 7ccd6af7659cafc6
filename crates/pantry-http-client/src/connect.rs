//! A new connection to a server.
//!
//! A name may have several addresses, and some of them may lead nowhere: each is tried a moment after
//! the one before, and whichever answers first is taken (the idea of RFC 8305).

use std::io;
use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Duration;

use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::config::Config;
use crate::error::Problem;
use crate::payload::Sending;
use crate::tls::Tls;
use crate::url::ServerUrl;

/// How long one address is waited for before the next is tried beside it.
const HEAD_START: Duration = Duration::from_millis(250);

/// Where requests go in.
pub(crate) type Sender = SendRequest<Sending>;

/// Makes connections.
pub(crate) struct Connector {
    config: Config,
    /// Read when it is first needed: plain HTTP needs nobody's trust.
    tls: OnceLock<Tls>,
}

impl Connector {
    pub(crate) fn new(config: Config) -> Self {
        Self { config, tls: OnceLock::new() }
    }

    /// Connects to the server of this URL.
    pub(crate) async fn connect(&self, url: &ServerUrl) -> Result<Sender, Problem> {
        let within = self.config.limits.connect_within;
        timeout(within, self.reach(url)).await.unwrap_or(Err(Problem::ConnectTimeout(within)))
    }

    async fn reach(&self, url: &ServerUrl) -> Result<Sender, Problem> {
        let tcp = any_address(url).await?;
        // A request is written at once and waits for its answer: nothing is won by delaying it.
        let _ = tcp.set_nodelay(true);
        if url.tls() {
            let tls = self.tls()?;
            handshake(tls.connect(url.host(), tcp).await?).await
        } else {
            handshake(tcp).await
        }
    }

    fn tls(&self) -> Result<Tls, Problem> {
        match self.tls.get() {
            Some(tls) => Ok(tls.clone()),
            None => {
                let tls = Tls::new(&self.config.trust)?;
                Ok(self.tls.get_or_init(|| tls).clone())
            }
        }
    }
}

async fn any_address(url: &ServerUrl) -> Result<TcpStream, Problem> {
    let unresolved = |source| Problem::Unresolved { host: url.host().to_owned(), source };
    let addresses = tokio::net::lookup_host((url.host(), url.port())).await.map_err(unresolved)?;
    let mut addresses = addresses.collect::<Vec<_>>().into_iter();
    let mut attempts = JoinSet::new();
    let mut failed = unresolved(io::ErrorKind::NotFound.into());
    let mut next = addresses.next();
    while next.is_some() || !attempts.is_empty() {
        if let Some(address) = next {
            attempts.spawn(async move { (address, TcpStream::connect(address).await) });
        }
        next = addresses.next();
        let wait = if next.is_some() { HEAD_START } else { Duration::MAX };
        match timeout(wait, attempts.join_next()).await {
            Ok(Some(Ok((_, Ok(stream))))) => return Ok(stream),
            Ok(Some(Ok((address, Err(source))))) => failed = no_connection(url, address, source),
            Ok(Some(Err(_)) | None) | Err(_) => {}
        }
    }
    Err(failed)
}

fn no_connection(url: &ServerUrl, address: SocketAddr, source: io::Error) -> Problem {
    if source.kind() == io::ErrorKind::ConnectionRefused {
        return Problem::NobodyListens { address };
    }
    Problem::Unreachable { host: url.host().to_owned(), port: url.port(), source }
}

async fn handshake<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
    stream: S,
) -> Result<Sender, Problem> {
    let (sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| Problem::NotHttp(error.to_string()))?;
    // It ends with its sender, and what goes wrong with it the request hears.
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended");
        }
    });
    Ok(sender)
}
