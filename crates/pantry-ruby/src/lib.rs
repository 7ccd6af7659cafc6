//! What Chef's files in Ruby say, without Ruby.
//!
//! `roles/web.rb` and `environments/prod.rb` are programs, but what people write in them is small:
//! literals, some variables, a loop. This evaluates that much of Ruby over the tree of Ruby's own
//! parser, and refuses the rest with its place and a way out. There is nothing here by which a file
//! could have an effect: no call reaches a disk, a process, a network, a clock or chance, and steps,
//! nesting and memory are counted ([`limits`]).
//!
//! The parts, from below: values that live in a heap without cycles to free ([`heap`], [`value`]);
//! methods by the receiver's type ([`methods`]); evaluation by families of nodes ([`evaluate`]); and
//! the words of a kind of file ([`dsl`]), which are all that differs between one kind and another.

mod compare;
mod dsl;
mod error;
mod evaluate;
mod heap;
pub mod limits;
mod methods;
mod parse;
mod render;
mod value;

pub use dsl::{read_environment, read_role};
pub use error::{Error, Problem};
