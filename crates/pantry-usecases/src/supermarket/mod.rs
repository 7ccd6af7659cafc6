//! Shelves as Supermarkets: what a shelf's own cookbooks are, told and given as single files to tools
//! that know no Chef server.
//!
//! Whoever may read the cookbooks of the shelf's application may read it here, and everybody if it is
//! published. To everyone else there is no such shelf. Only what is the shelf's own is told: a shelf's
//! shelves are nobody else's.

mod archive;
mod open;
mod show;
mod tarball;

pub use archive::CookbookArchive;
pub(crate) use archive::{Archives, discard};
pub use open::OpenShelf;
pub use show::{MarketCookbook, MarketItem, MarketOrder, MarketPage, MarketVersion};
