//! The agent against a server that is real as far as the wire goes, with real programs and files.

mod broker;
mod disk_full;
mod machine;
mod output;
mod programs;
mod session;
