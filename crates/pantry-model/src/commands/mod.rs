//! Commands as they travel: names, arguments, answers.
//!
//! A *client command* ([`ClientCommand`]) is what a job asks of machines; a *server command*
//! ([`Command`]) is what the command line asks of the server. Each has its file here, one where it
//! is done (`pantry-agent/commands`, `pantry-broker/commands`) and one in `pantry/commands`.

pub mod acl;
pub mod admin;
pub mod app;
pub mod check;
pub mod chef_convert;
pub mod chef_run;
pub mod client;
pub mod echo;
pub mod exec;
pub mod file;
pub mod gc;
pub mod job;
pub mod member;
pub mod migrate_store;
pub mod reindex;
pub mod status;
pub mod user;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A command of the server: asked by a request, answered by one document.
pub trait Command: Serialize + DeserializeOwned + Send {
    /// The name in a request.
    const NAME: &'static str;
    /// What the reply holds.
    type Answer: Serialize + DeserializeOwned + Send;
}

/// A command of the clients: asked by a job.
pub trait ClientCommand: Serialize + DeserializeOwned + Send {
    /// The name in an order.
    const NAME: &'static str;
}
