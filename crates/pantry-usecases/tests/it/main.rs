//! The use cases on a real store, without any transport: who may do what, what is written down,
//! and whom the machines' side is told of.

mod applications;
mod house;
mod jobs;
mod machines;
