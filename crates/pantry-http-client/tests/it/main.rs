//! The client against a real Pantry, and against a server that does everything wrong.
//!
//! Each is marked as test code for clippy, which does not see that of helpers in a test's own crate.

#[cfg(test)]
mod agreeing;
#[cfg(test)]
mod bad_server;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod contents;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod pantry;
#[cfg(test)]
mod real;
#[cfg(test)]
mod repeating;
#[cfg(test)]
mod supermarkets;
#[cfg(test)]
mod tls;
