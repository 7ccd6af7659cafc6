//! Jobs: started, listed, shown.

mod list;
mod start;

pub use start::NewJob;
