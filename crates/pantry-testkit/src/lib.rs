//! What tests need that is not Pantry itself.
//!
//! [`documentation`] reads the commands out of the documents, and [`terminal`] types them as a
//! plain user would.

pub mod documentation;
pub mod terminal;
