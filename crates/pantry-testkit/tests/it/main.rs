//! The throw-away servers and databases: that they are what they say, and that nothing is left of
//! them, however a test ends.

#[cfg(test)]
mod child;
#[cfg(test)]
mod cluster;
#[cfg(test)]
mod shared;
#[cfg(test)]
mod stores;
