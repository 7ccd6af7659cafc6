//! Cookbooks: versions of them as they are sent and stored, what is read of many at once, and cookbook
//! artifacts, which are the same under an identifier of any kind.

mod summary;

pub use summary::CookbookSummary;
