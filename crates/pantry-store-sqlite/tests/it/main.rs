//! The contract of the seam, and what only this backend promises.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test program")]
#![allow(clippy::print_stdout, reason = "child processes tell the test what they did")]

mod child;
mod contract;
mod crash;
mod full_disk;
mod moving;
mod open;
mod points;
