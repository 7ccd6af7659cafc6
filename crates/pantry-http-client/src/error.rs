//! Why there is no answer.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::tls::{TlsProblem, TrustError};

/// A request that has no answer, or none that could be read.
#[derive(Debug, thiserror::Error)]
#[error("{method} {url}: {problem}")]
pub struct HttpError {
    /// What was asked.
    pub method: String,
    /// Of whom.
    pub url: String,
    /// What happened.
    pub problem: Problem,
}

/// What happened.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The host's name has no address.
    #[error("the name {host} cannot be resolved: {source}")]
    Unresolved {
        /// The name.
        host: String,
        /// Why not.
        source: io::Error,
    },
    /// The machine answers that nobody listens on the port.
    #[error("nobody listens at {address}")]
    NobodyListens {
        /// Where.
        address: SocketAddr,
    },
    /// The machine cannot be reached.
    #[error("{host}:{port} cannot be reached: {source}")]
    Unreachable {
        /// Its name or address.
        host: String,
        /// The port.
        port: u16,
        /// Why not.
        source: io::Error,
    },
    /// It took too long to reach it.
    #[error("no connection came about within {} s", .0.as_secs_f32())]
    ConnectTimeout(Duration),
    /// TLS fails.
    #[error("{0}")]
    Tls(#[from] TlsProblem),
    /// There is nobody to trust.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// What answers does not speak HTTP.
    #[error("what answers there speaks no HTTP ({0})")]
    NotHttp(String),
    /// The connection ended too early.
    #[error("the connection ended before the whole answer was there")]
    CutOff,
    /// Nothing came for too long.
    #[error("nothing more came for {} s", .0.as_secs_f32())]
    Silent(Duration),
    /// The whole answer took too long.
    #[error("the whole answer was not there within {} s", .0.as_secs_f32())]
    TooSlow(Duration),
    /// The answer is too large.
    #[error("the answer is larger than {limit} bytes, the most that is taken")]
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The answer cannot be unpacked.
    #[error("the answer says that it is packed with {0}, and cannot be unpacked")]
    Packing(String),
    /// The file that is to be sent cannot be read.
    #[error("{} cannot be read: {source}", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// What comes cannot be written where it is to go.
    #[error("what comes cannot be written: {0}")]
    Unwritable(io::Error),
    /// The request cannot be written.
    #[error("the request cannot be written: {0}")]
    Request(String),
}

impl Problem {
    /// Whether it may be another time: the same request could be answered.
    pub fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::Unresolved { .. }
                | Self::NobodyListens { .. }
                | Self::Unreachable { .. }
                | Self::ConnectTimeout(_)
                | Self::CutOff
                | Self::Silent(_)
        )
    }

    /// Whether the server cannot have heard of the request.
    pub fn is_before_request(&self) -> bool {
        matches!(
            self,
            Self::Unresolved { .. }
                | Self::NobodyListens { .. }
                | Self::Unreachable { .. }
                | Self::ConnectTimeout(_)
                | Self::Tls(_)
                | Self::Trust(_)
                | Self::Unreadable { .. }
                | Self::Request(_)
        )
    }
}
