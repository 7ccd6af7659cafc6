//! How much of a folder is taken for a cookbook. All of this is far beyond any cookbook, and keeps a
//! folder that was named by mistake from being read for hours.

/// Files.
pub const FILES: usize = 100_000;

/// Folders inside each other.
pub const DEPTH: usize = 100;

/// Bytes of a path that a server gives.
pub const PATH_BYTES: usize = 2048;
/// Bytes of one name in it.
pub const NAME_BYTES: usize = 255;

/// Bytes of `metadata.json`.
pub const METADATA_BYTES: u64 = 4 * 1024 * 1024;

/// Bytes of `chefignore`.
pub const CHEFIGNORE_BYTES: u64 = 1024 * 1024;

/// Bytes of an archive, unpacked.
pub const UNPACKED_BYTES: u64 = 256 * 1024 * 1024;
