//! `pantry chef …`, the real binary against real servers.

mod cookbooks;
mod editing;
mod goiardi;
mod mirroring;
mod objects;
mod places;
mod policies;
mod refusals;
mod reporting;
mod searching;
mod shop;
mod terminal;
mod vetting;
