//! The server's side of remote execution.
//!
//! One task ([`Broker::run`]) takes what arrives on the sockets and hands it on: what a machine says to
//! the task of that machine (`session`), what a user asks to a task of its own (`commands`). No
//! task waits for another, and storage puts what they write at the same time into one commit.
//!
//! What must survive is on disk before it is said: a delivery is written down as *sent* before it
//! is published (`machines`), a report is recorded before it is acknowledged (`session`). What is
//! only in memory (who is here, what is being watched) is rebuilt when machines say hello again.

mod answers;
mod broker;
mod changes;
mod commands;
mod files;
mod machines;
mod parcel;
mod redelivery;
mod refusals;
mod session;
mod sweep;
mod watch;

pub use broker::{Broker, KnownKeys};
pub use commands::About;
pub use files::FileService;
pub use machines::Machines;
