//! What tests need that is not Pantry itself.
//!
//! An [`installation::Installation`] is a whole Pantry of real processes, and
//! `simulated` is any number of clients in one. [`goiardi`] is another Chef server, to compare. [`documentation`] reads
//! the commands out of the documents, and [`terminal`] types them as a plain user would.

pub mod backend;
pub mod chef;
#[cfg(feature = "stores")]
pub mod contents;
pub mod documentation;
pub mod goiardi;
pub mod installation;
pub mod moto;
pub mod postgres;
pub mod process;
mod program;
pub mod proxy;
#[cfg(feature = "simulated")]
pub mod simulated;
#[cfg(feature = "stores")]
pub mod stores;
pub mod terminal;
