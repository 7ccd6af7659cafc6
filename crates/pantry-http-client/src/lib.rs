//! HTTP as a client: requests to any server, and signed ones to any Chef server.
//!
//! It has two layers. [`HttpClient`] sends a request and reads the answer, within limits of time and
//! size, over connections that are kept, and repeats what may be repeated; it knows nothing of
//! Chef. [`ChefClient`] stands on it: it signs, agrees with the server on the version of the API and
//! of the signatures, and turns an answer that is no success into an error that says what happened,
//! where, and of whom it speaks.
//!
//! [`Supermarket`] reads what is no Chef server: universes, and cookbooks as single files.
//!
//! What is made of an answer is up to the caller: bodies stay the bytes that came, since attributes
//! are their owner's and reading them into numbers would change them.
//!
//! It stands on hyper's client for one connection, and on rustls. Time is handed in where it is
//! written down (signatures); what only waits, waits on tokio's clock.

mod body;
mod chef;
mod client;
mod config;
mod connect;
mod error;
mod payload;
mod pool;
mod retry;
mod sink;
mod supermarket;
mod tls;
mod url;

pub use chef::{
    ChefClient, ChefError, Identity, LocalContent, Refused, RemoteContent, Uploaded,
    download_contents, query_value, segment, upload_contents,
};
pub use client::{Answer, HttpClient, Method, Request};
pub use config::{Config, Limits, Retries, Trust};
pub use error::{HttpError, Problem};
pub use payload::Payload;
pub use sink::Sink;
pub use supermarket::Supermarket;
pub use tls::{TlsProblem, TrustError};
pub use url::{InvalidUrl, ServerUrl};
