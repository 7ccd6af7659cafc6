//! File transfer: contents by SHA-256, carried both ways under credit, and resumed after a break.
//!
//! A [`FileClient`] is a connection to the file service for as long as there is something to carry.
//! It fetches into a [`Sink`] and stores from a [`Supply`], of which [`Contents`] (a folder of contents)
//! is the sink that everybody needs. What the server does with the other end is the broker's affair; the
//! part that both ends share is how contents are cut and packed ([`Packing`], [`split`]).

mod arriving;
mod client;
mod contents;
mod fetch;
mod packing;
mod store;

pub use client::{FileClient, FileError};
pub use contents::Contents;
pub use fetch::Sink;
pub use packing::{Packing, split};
pub use store::Supply;
