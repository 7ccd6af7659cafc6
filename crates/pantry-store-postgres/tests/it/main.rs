//! The contract of the seam, and what only this backend promises.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test program"
)]

mod contract;
mod faults;
mod load;
mod notices;
mod place;
