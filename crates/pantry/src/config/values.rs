//! Values with a range: what is outside it is an error that says the range.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use serde::de::{Deserializer, Error, Visitor};

struct InRange<N, const MIN: u64, const MAX: u64>(PhantomData<N>);

impl<N: TryFrom<u64>, const MIN: u64, const MAX: u64> Visitor<'_> for InRange<N, MIN, MAX> {
    type Value = N;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {MIN} to {MAX}")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<N, E> {
        let out_of_range = || E::custom(format!("{number} is out of range: {MIN} to {MAX}"));
        if (MIN..=MAX).contains(&number) {
            N::try_from(number).map_err(|_| out_of_range())
        } else {
            Err(out_of_range())
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<N, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::custom(format!("{number} is out of range: {MIN} to {MAX}"))),
        }
    }
}

/// A whole number in a range.
pub(super) fn whole<'de, const MIN: u64, const MAX: u64, N, D>(from: D) -> Result<N, D::Error>
where
    N: TryFrom<u64>,
    D: Deserializer<'de>,
{
    from.deserialize_any(InRange::<N, MIN, MAX>(PhantomData))
}

/// A TCP port.
pub(super) fn port<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
    whole::<1, 65535, u16, D>(from)
}

/// A duration, as whole seconds in a range.
pub(super) fn seconds<'de, const MIN: u64, const MAX: u64, D>(from: D) -> Result<Duration, D::Error>
where
    D: Deserializer<'de>,
{
    whole::<MIN, MAX, u64, D>(from).map(Duration::from_secs)
}
