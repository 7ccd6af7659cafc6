//! One connection: HTTP/1.1 on it, request after request, until one side ends it.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;

use crate::outgoing::Outgoing;
use crate::pace::{Pace, Paced, Timer};
use crate::pipeline;
use crate::shared::Shared;

/// How long, and for how many bytes, a connection that ends is still listened to.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 16 * 1024 * 1024;

/// How far the server is in ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// It is not.
    NotYet,
    /// A connection ends when its request is answered.
    AfterRequest,
    /// It ends.
    Now,
}

/// Serves a connection until it ends.
pub(crate) async fn serve<S>(
    stream: S,
    peer: IpAddr,
    shared: Arc<Shared>,
    end: &mut watch::Receiver<End>,
) where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let pace = Arc::new(Pace::new());
    let io = TokioIo::new(Paced::new(stream, Arc::clone(&pace)));
    let service = Service { shared: Arc::clone(&shared), peer, pace: Arc::clone(&pace) };
    let mut connection = http1::Builder::new()
        .max_header_size(shared.limits.max_head_bytes)
        // Hyper would count idling as part of the next head.
        .header_read_timeout(None)
        .serve_connection(io, service);
    let mut timer = Timer::default();
    loop {
        let step = poll_fn(|context| {
            if let Poll::Ready(outcome) = connection.poll_without_shutdown(context) {
                return Poll::Ready(outcome.map_err(|error| error.to_string()));
            }
            let Some((deadline, reason)) = pace.deadline(&shared.limits) else {
                return Poll::Pending;
            };
            timer.poll(context, deadline).map(|()| Err(reason.to_owned()))
        });
        tokio::select! {
            outcome = step => {
                if let Err(reason) = outcome {
                    tracing::debug!(%peer, reason, "a connection ended");
                }
                break;
            }
            changed = end.changed() => match (changed, *end.borrow_and_update()) {
                (Ok(()), End::NotYet) => {}
                (Ok(()), End::AfterRequest) => Pin::new(&mut connection).graceful_shutdown(),
                (_, End::Now) | (Err(_), _) => return,
            }
        }
    }
    linger(connection.into_parts().io.into_inner().into_inner()).await;
}

/// Ends a connection such that its peer can read the answer that it was given: closing it while
/// something is still being sent would take that from the peer (RFC 9112 §9.6).
async fn linger<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S) {
    let drain = async {
        stream.shutdown().await.ok()?;
        let (mut bytes, mut buffer) = (0, [0; 4096]);
        while bytes < LINGER_BYTES {
            match stream.read(&mut buffer).await.ok()? {
                0 => break,
                read => bytes += read,
            }
        }
        Some(())
    };
    // Whoever goes on sending for longer does not want to hear the answer.
    let _ = tokio::time::timeout(LINGER, drain).await;
}

/// What answers the requests of one connection.
struct Service {
    shared: Arc<Shared>,
    peer: IpAddr,
    pace: Arc<Pace>,
}

impl hyper::service::Service<Request<Incoming>> for Service {
    type Response = Response<Outgoing>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let (shared, pace, peer) = (Arc::clone(&self.shared), Arc::clone(&self.pace), self.peer);
        pace.serving();
        Box::pin(async move {
            let response = pipeline::run(&shared, peer, request).await;
            pace.served();
            Ok(response)
        })
    }
}

#[cfg(test)]
mod tests;
