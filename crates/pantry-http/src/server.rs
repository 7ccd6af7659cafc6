//! Accepting connections, and ending.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use pantry_usecases::UseCases;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use crate::config::Config;
use crate::connection::{End, serve};
use crate::shared::Shared;
use crate::tls::Tls;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 4096;

/// How long nothing is accepted after that has failed: mostly because too many files are open.
const PAUSE: Duration = Duration::from_millis(100);

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The address cannot be had.
    #[error("cannot listen on {address} for HTTP: {source}")]
    Address {
        /// The address.
        address: SocketAddr,
        /// Why not.
        source: io::Error,
    },
    /// Two routes are one; a fault of the program's own.
    #[error("the routes contradict each other: {0}")]
    Routes(#[from] matchit::InsertError),
}

/// A server that has its address. It serves while [`Server::run`] runs.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
    shared: Arc<Shared>,
}

/// Takes the address. From here on connections wait to be served. Must be called within tokio.
pub fn bind(config: Config, usecases: UseCases) -> Result<Server, BindError> {
    let address = config.listen;
    let (listener, address) =
        listen(address).map_err(|source| BindError::Address { address, source })?;
    let tls = config.tls.clone();
    let shared = Arc::new(Shared::new(config, usecases)?);
    Ok(Server { listener, address, tls, shared })
}

fn listen(address: SocketAddr) -> io::Result<(TcpListener, SocketAddr)> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // So that a server that ended can be started again at once.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    let listener = socket.listen(BACKLOG)?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

impl Server {
    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The URL of what listens there, if its certificate were for the bare address.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Serves until then, and a little longer: requests that have begun are answered, for as long as
    /// the limits say.
    pub async fn run(self, until: impl Future<Output = ()>) {
        let (end, ending) = watch::channel(End::NotYet);
        tokio::select! {
            () = until => {}
            never = self.accept(&ending) => match never {},
        }
        let Self { listener, shared, .. } = self;
        drop((listener, ending));
        // Each connection holds a receiver, and closes the channel with the last.
        end.send_replace(End::AfterRequest);
        if timeout(shared.limits.end_within, end.closed()).await.is_err() {
            tracing::warn!(open = shared.crowd.open(), "connections did not end in time");
            end.send_replace(End::Now);
            end.closed().await;
        }
    }

    async fn accept(&self, ending: &watch::Receiver<End>) -> std::convert::Infallible {
        loop {
            let (stream, peer) = match self.listener.accept().await {
                Ok((stream, peer)) => (stream, peer.ip()),
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    sleep(PAUSE).await;
                    continue;
                }
            };
            let Some(place) = self.shared.crowd.enter(peer) else {
                self.shared.metrics.refused_connection();
                tracing::debug!(%peer, "there is no room for another connection");
                continue;
            };
            let (shared, tls) = (Arc::clone(&self.shared), self.tls.clone());
            let mut ending = ending.clone();
            tokio::spawn(async move {
                welcome(stream, peer, tls, shared, &mut ending).await;
                drop(place);
            });
        }
    }
}

/// Serves a connection from its first byte on.
async fn welcome(
    stream: TcpStream,
    peer: IpAddr,
    tls: Option<Tls>,
    shared: Arc<Shared>,
    ending: &mut watch::Receiver<End>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%peer, %error, "a connection ended before it began");
        return;
    }
    let Some(tls) = tls else {
        serve(stream, peer, shared, ending).await;
        return;
    };
    let handshake = timeout(shared.limits.head_within, tls.acceptor().accept(stream));
    let met = tokio::select! {
        met = handshake => met,
        _ = ending.wait_for(|end| *end != End::NotYet) => return,
    };
    match met {
        Ok(Ok(stream)) => serve(stream, peer, shared, ending).await,
        Ok(Err(error)) => tracing::debug!(%peer, %error, "a TLS handshake failed"),
        Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
    }
}
