//! Chef runs on this machine.

mod blocking;
mod folders;
mod repository;
mod settings;

pub use settings::{ChefConfig, WhenBusy};
