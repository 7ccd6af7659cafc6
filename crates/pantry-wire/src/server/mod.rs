//! The server's side: two bound sockets, and every connection known by its verified key.
//!
//! One IO thread owns the XPUB (to publish), the ROUTER (to receive, and to answer one peer), the
//! ZAP handler and the monitors. What it decides, it decides from memory, through [`Directory`].
//!
//! **Why granting a subscription is as careful as it is.** In manual mode libzmq keeps two lines:
//! the subscription messages, and the pipes they came from; granting acts on the pipe at the head
//! of the second. Two things could make the heads differ. A message that is no subscription stands
//! in the first line only; so after one, nothing is granted until the line is empty. And a pipe that
//! was closed and freed could have a successor at the same address; so a subscription is granted
//! only while its own connection's socket is seen to be open, which is after that pipe was made and
//! before it can be freed. `subscriptions` has the details.

mod commands;
mod config;
mod connections;
mod count;
mod event;
mod handle;
mod identity;
mod monitors;
mod receiver;
mod subscriptions;
mod worker;
mod zap;

pub use config::{Config, Directory, Limits};
pub use event::{ConnectionId, Event, RefusedWhat};
pub use handle::{BindError, SendError, Server, bind};
