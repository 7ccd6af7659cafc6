//! pantry-sign against Chef's own signing library, an RSA of other making, and whatever is sent.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "clippy's leave for tests covers only the test functions, not their helpers"
)]

#[cfg(test)]
mod forgeries;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod house;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod ruby;
#[cfg(test)]
mod vectors;
