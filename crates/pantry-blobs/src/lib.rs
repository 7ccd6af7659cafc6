//! File contents, kept under their SHA-256.
//!
//! A content arrives in a [`Spool`], which computes its digests while it is streamed and keeps it
//! aside: what is wrong with it is known before anything is kept. What was [`Received`] is then
//! [put](Blobs::put) where all contents are, behind the narrow trait [`Blobs`]: in a [`Directory`], or
//! in a [`Bucket`]. Contents are kept once, whoever has sent them; who may have them is decided above.
//!
//! Files are read, written and hashed by [`Workers`], of which there are few, so that a large file
//! delays nobody's request. What else takes its time on the server is done by others of them.

mod blobs;
mod bucket;
mod directory;
mod error;
mod reading;
mod spool;
mod workers;

pub use blobs::{Blobs, Kept};
pub use bucket::{Bucket, BucketConfig, Keys};
pub use directory::Directory;
pub use error::BlobError;
pub use reading::Reading;
pub use spool::{Received, Spool};
pub use workers::{Ended, Workers};
