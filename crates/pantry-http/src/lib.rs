//! Everything over HTTP: the server, the pipeline that each request passes, and the routes.
//!
//! A request takes one way. `server` accepts its connection and `connection` speaks HTTP on it, with
//! a limit on everything that a peer could draw out. `pipeline` makes the checks that the Chef
//! Server API makes of every request, in the original's order, finds the route in the one table
//! (`routes`), and hands the route's handler a `Call`. The handler parses the call's body, asks it
//! for the [`Caller`](pantry_usecases::Caller), calls one use case, and writes an `Answer`; whatever
//! goes wrong is a [`pantry_model::Error`], which `refuse` alone turns into a status and a body.
//!
//! Decisions are made in `pantry-usecases`, sentences are written in `pantry-model`, and signatures
//! are verified by `pantry-sign`. What is here is HTTP, and this is the only crate that names its
//! library.

mod answer;
mod api_version;
mod authenticate;
mod body;
mod call;
mod config;
mod connection;
mod crowd;
mod forms;
#[doc(hidden)]
pub mod fuzz;
mod limits;
mod metrics;
mod origin;
mod outgoing;
mod pace;
mod pipeline;
mod query;
mod refuse;
mod request_id;
mod route;
mod routes;
mod server;
mod shared;
mod tls;
mod universe;
mod unwind;

pub use config::{Config, StatsPassword};
pub use limits::Limits;
pub use route::routes;
pub use server::{BindError, Server, bind};
pub use tls::{Tls, TlsError};
