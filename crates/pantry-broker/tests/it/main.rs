//! The broker on a real store and real sockets, with machines and users that the tests speak for
//! word by word, so that they can say what no agent and no command line would.
//!
//! Each is marked as test code for clippy, which does not see that of helpers in a test's own crate.

#[cfg(test)]
mod files;
#[cfg(test)]
mod following;
#[cfg(test)]
mod house;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod watches;
