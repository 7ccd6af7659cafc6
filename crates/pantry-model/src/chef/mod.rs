//! What is asked in the Chef Server API, family by family: requests as values that cannot be wrong.
//!
//! Each is read once from the JSON that was sent, with the original's order of checks and its
//! sentences ([`crate::refusals`]), which differ between the versions of the API.

pub mod clients;
pub mod date;
pub mod email;
mod fields;
pub mod keys;
pub mod users;
mod version;

pub use version::ApiVersion;
