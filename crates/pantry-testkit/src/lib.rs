//! What tests need that is not Pantry itself.
//!
//! An [`installation::Installation`] is a whole Pantry of real processes, and
//! `simulated` is any number of clients in one. [`documentation`] reads
//! the commands out of the documents, and [`terminal`] types them as a plain user would.

pub mod documentation;
pub mod installation;
#[cfg(feature = "postgres")]
pub mod postgres;
pub mod process;
pub mod proxy;
#[cfg(feature = "simulated")]
pub mod simulated;
pub mod terminal;
