//! Jobs: started, listed, shown.

mod list;
mod pass_on;
mod start;

pub use start::NewJob;
