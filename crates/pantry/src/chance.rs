//! The one place where the binary asks the system for random numbers.

#[cfg(feature = "server")]
use pantry_model::Error;
#[cfg(feature = "server")]
use pantry_usecases::Random;

/// The system's random numbers, for names that are no secrets.
#[cfg(feature = "server")]
pub(crate) struct SystemRandom;

#[cfg(feature = "server")]
impl Random for SystemRandom {
    fn number(&self) -> u32 {
        // Without a source of randomness nothing else would have started: CURVE needs it first.
        getrandom::u32().unwrap_or_default()
    }
}

/// A new secret.
#[cfg(feature = "server")]
pub(crate) fn secret() -> Result<[u8; 32], Error> {
    let mut secret = [0; 32];
    let filled = getrandom::fill(&mut secret);
    filled.map_err(|error| Error::Internal(format!("the system has no randomness: {error}")))?;
    Ok(secret)
}

/// A number for a name that nobody else has chosen just now.
#[cfg(feature = "cli")]
pub(crate) fn number() -> u64 {
    getrandom::u64().unwrap_or_default()
}
