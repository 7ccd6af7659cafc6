//! The contract of the seam, and what only this backend promises.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test program")]

#[cfg(test)]
mod certificates;
#[cfg(test)]
mod connect;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod tls;
