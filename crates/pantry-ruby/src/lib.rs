//! What Chef's files in Ruby say, without Ruby.
//!
//! `roles/web.rb`, `environments/prod.rb` and `metadata.rb` are programs, but what people write in
//! them is small: literals, some variables, a loop. This evaluates that much of Ruby over the tree of Ruby's own
//! parser, and refuses the rest with its place and a way out. There is nothing here by which a file
//! could have an effect: no call reaches a disk, a process, a network, a clock or chance, and steps,
//! nesting and memory are counted ([`limits`]). Metadata may read files of its own cookbook, and asks
//! whoever evaluates it for them ([`Files`]).
//!
//! The parts, from below: values that live in a heap without cycles to free ([`heap`], [`value`]);
//! methods by the receiver's type ([`methods`]); evaluation by families of nodes ([`evaluate`]); and
//! the words of a kind of file ([`dsl`]), which are all that differs between one kind and another.

mod compare;
mod dsl;
mod error;
mod evaluate;
mod files;
mod heap;
pub mod limits;
mod methods;
mod parse;
mod render;
mod value;

pub use dsl::{read_environment, read_metadata, read_role};
pub use error::{Error, Problem};
pub use files::{FileKind, Files};
