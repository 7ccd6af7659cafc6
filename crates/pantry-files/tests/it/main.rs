//! Real files in real folders: what is read is written again, and nothing is touched that should not be.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic, in its helpers too"
)]

mod house;
mod reading;
mod writing;
