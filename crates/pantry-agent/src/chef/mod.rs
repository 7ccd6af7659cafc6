//! Chef runs on this machine.
//!
//! [`Chef::run`] is a whole one: it finds the program ([`program`]), waits for its turn ([`turn`]),
//! asks the server what the run is and makes the repository of it ([`supply`], [`repository`]),
//! writes the configuration ([`configuration`], [`environment`], [`key`]), runs the program as any
//! other ([`crate::process`]), and tells the server what it left ([`record`]). What it needs of the
//! server is a [`provider::Provider`], so that a test can be one. [`Chef::convert`] lets Chef run
//! without Pantry, and takes that back ([`convert`]).

mod blocking;
mod configuration;
mod convert;
mod environment;
mod folders;
mod key;
mod program;
mod provider;
mod record;
mod repository;
mod run;
mod settings;
mod supply;
#[cfg(test)]
mod tests;
mod turn;

pub(crate) use run::{Chef, Work};
pub use settings::{ChefConfig, WhenBusy};
