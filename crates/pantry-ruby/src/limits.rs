//! How much a file may ask for.
//!
//! All of this is far beyond what a role or an environment needs, and small enough that a file which
//! somebody sent costs neither time nor memory worth speaking of.

/// Bytes of a file. The parser needs some seconds for the worst that was found to fit: signs `!` in a
/// row.
pub const SOURCE_BYTES: usize = 256 * 1024;

/// Bytes of another file that a file reads.
pub const READ_BYTES: usize = 4 * 1024 * 1024;

/// Nodes that are evaluated, elements that are walked over.
pub const STEPS: usize = 2_000_000;

/// Expressions inside each other, and values inside each other.
pub const NESTING: usize = 400;

/// Values inside each other in what metadata becomes: as deep as documents may be that are read.
pub const DOCUMENT_NESTING: usize = 100;

/// Bytes of everything that is made while a file is read; nothing is given back before the end.
pub const MEMORY_BYTES: usize = 32 * 1024 * 1024;

/// Bytes of the stack on which a file is read: the parser goes down as far as 10,000 levels on its
/// own account, which was seen to fit into 8 MB without optimisation.
pub(crate) const STACK_BYTES: usize = 32 * 1024 * 1024;
