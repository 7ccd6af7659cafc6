//! The machine's side of Pantry: runs what it is told to, and never twice.

pub mod data_dir;
pub mod journal;
