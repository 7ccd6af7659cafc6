//! The contract of the seam, and what only this backend promises.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test program"
)]

#[cfg(test)]
mod certificates;
#[cfg(test)]
mod collecting;
#[cfg(test)]
mod connect;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod load;
#[cfg(test)]
mod moving;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod place;
#[cfg(test)]
mod search;
#[cfg(test)]
mod tls;
