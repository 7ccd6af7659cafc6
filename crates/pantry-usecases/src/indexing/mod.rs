//! Building indexes anew while everything goes on: after an update that finds objects by other
//! terms, for data that has no index yet, or because somebody asks for it.
//!
//! A second index stands beside the one that is searched, and takes every change as that one does.
//! Meanwhile each object is read and added to it, in writes that rest on what was read; whoever
//! changes an object in between makes such a write fail, and it is read again. Adding what is there
//! already does no harm. So it does not matter whether an object is changed before it is reached or
//! after, nor who else is building the same index; and what a server that died has begun another one
//! goes on with ([`Indexer`]), or the same when it starts again.

mod build;
mod indexer;

pub(crate) use build::build_all;
pub use indexer::Indexer;
