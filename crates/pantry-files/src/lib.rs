//! Files on disk as trees travel: read into a [`pantry_model::tree::Tree`], and written as one says.
//!
//! Whoever made a tree need not mean well, and whoever shares the disk may move things about while
//! they are read or written. So a path is never handed to the kernel whole: each of its folders is
//! opened in the one before ([`Folder`]), and a link on the way is refused. A write shows nothing
//! before all of it is on the disk and right ([`Writing`]).
//!
//! Both sides of a transfer do the same here: whoever sends reads files as the file service wants them
//! ([`FilesSupply`]), and whoever receives fetches only what it lacks ([`Receiving`]).

mod cases;
mod error;
mod folder;
mod hash;
mod list;
mod note;
mod owners;
mod places;
mod plan;
mod receive;
mod scan;
mod supply;
mod work;
mod write;

pub use error::FilesError;
pub use folder::{Cursor, Folder, Kind, Seen};
pub use hash::Stop;
pub use list::list;
pub use note::clean_up;
pub use owners::Owners;
pub use places::{Places, resolve};
pub use plan::{Order, Plan};
pub use receive::{Coming, ReceiveError, Receiving, tree};
pub use scan::{Limits, Named, Origin, Progress, Scanned, Strictness, scan};
pub use supply::{FilesSupply, Supplied};
pub use work::work;
pub use write::{Held, Writing, Written};
