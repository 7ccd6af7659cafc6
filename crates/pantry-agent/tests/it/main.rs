//! The agent against a server that is real as far as the wire goes, with real programs and files.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test fails by a panic, in its helpers too"
)]

mod broker;
mod disk_full;
mod machine;
mod output;
mod programs;
mod session;
