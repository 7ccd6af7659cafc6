//! Moving everything from one store into another, of whatever backends.
//!
//! What a backend keeps is told as the rows of thirteen [`Table`]s, each with named columns of three
//! simple types and a key. Keys are what things are called (scope, kind and name), never a number
//! that only one database knows, and they have the same order everywhere: integers by size, texts
//! and bytes by their bytes. So two stores can be walked side by side ([`copy()`]), and what differs
//! is put right. A copy that was interrupted, or whose source has changed since, is begun again and
//! writes only what is missing.
//!
//! Rows are in their stored form and not values of the model: a copy must carry what it finds byte
//! for byte, also what another version of the program has written.

mod copy;
mod digest;
mod marks;
mod row;
mod seam;
mod side;
mod table;

pub use copy::{CopyError, Progress, Step, Tally, copy};
pub use digest::{Digest, verify};
pub use marks::{Filling, Moved, finish, prepare};
pub use row::{Cell, Key, Row};
pub use seam::{Bounds, Mark, Transfer};
pub use table::{Column, Table, Type};
