//! The one place where the binary asks the system for random numbers that are no secrets.

use pantry_usecases::Random;

/// The system's random numbers.
pub(crate) struct SystemRandom;

impl Random for SystemRandom {
    fn number(&self) -> u32 {
        // Without a source of randomness nothing else would have started: CURVE needs it first.
        getrandom::u32().unwrap_or_default()
    }
}
