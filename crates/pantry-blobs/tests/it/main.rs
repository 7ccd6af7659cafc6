//! What every place for contents must do, and what is a place's own.

#[cfg(test)]
mod bucket;
#[cfg(test)]
mod contract;
#[cfg(test)]
mod directory;
