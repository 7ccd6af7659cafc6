//! The binary as its users meet it: real processes, real sockets, real files.
//!
//! `whole`, `killed` and `documents` are whole installations. The others ask a small server that
//! answers from a script (`scripted`), so that every answer a server can give is met.
//!
//! Each is marked as test code for clippy, which does not see that of helpers in a test's own crate.

#[cfg(test)]
mod api;
#[cfg(test)]
mod chef;
#[cfg(test)]
mod chef_runs;
#[cfg(test)]
mod cut;
#[cfg(test)]
mod database_faults;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod files;
#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod http;
#[cfg(test)]
mod killed;
#[cfg(test)]
mod moved;
#[cfg(test)]
mod postgres;
#[cfg(test)]
mod scripted;
#[cfg(test)]
mod servers;
#[cfg(test)]
mod several;
#[cfg(test)]
mod shelves;
#[cfg(test)]
mod uploads_killed;
#[cfg(test)]
mod whole;
