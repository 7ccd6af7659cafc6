//! Scenarios, and what holds for any universe.

#[cfg(test)]
mod exhaustive;
#[cfg(test)]
mod hard;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod scenarios;
