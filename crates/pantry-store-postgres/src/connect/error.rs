//! Why no connection could be made: at which places, and what matters of what happened there.

use std::fmt;

use super::failure::Failure;

/// Why no connection could be made. `Display` says what happened and where, without the password;
/// [`ConnectError::advice`] what to do.
#[derive(Debug)]
pub struct ConnectError {
    place: String,
    tries: Vec<Try>,
}

/// One of several places, or ways to speak with one.
#[derive(Debug)]
pub(super) struct Try {
    place: String,
    pub(super) failure: Failure,
}

impl ConnectError {
    pub(super) fn new(place: String, tries: Vec<Try>) -> Self {
        Self { place, tries }
    }

    /// What to do about the failure that says most.
    pub fn advice(&self) -> Option<&'static str> {
        self.telling()?.advice()
    }

    /// Whether it may be otherwise in a moment, without anybody having changed a configuration.
    pub fn may_pass(&self) -> bool {
        self.tries.iter().any(|one| one.failure.may_pass())
    }

    /// The failure that came furthest.
    fn telling(&self) -> Option<&Failure> {
        self.tries.iter().map(|one| &one.failure).max_by_key(|failure| failure.reached())
    }
}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the database {} cannot be reached", self.place)?;
        match &self.tries[..] {
            [only] => write!(f, ": {}", only.failure.told),
            several => {
                for (number, one) in several.iter().enumerate() {
                    let sign = if number == 0 { ":" } else { ";" };
                    write!(f, "{sign} {}: {}", one.place, one.failure.told)?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for ConnectError {}

impl Try {
    pub(super) fn new(place: String, failure: Failure) -> Self {
        Self { place, failure }
    }

    /// Whether this adds nothing to what is told of the other.
    pub(super) fn says_as_much_as(&self, other: &Self) -> bool {
        self.failure.told == other.failure.told
    }
}
