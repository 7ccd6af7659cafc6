//! The documents that have a value, of one block of numbers, as the bytes of a column.
//!
//! Few of them are a list of their places in the block, two bytes each and ascending; many are a bit
//! for each place. Either takes 512 bytes at most. Which of both it is its length says: a list of
//! that length would be no shorter.

use pantry_store::StoreError;
use pantry_store::columns::{broken, to_column};
use pantry_store::search::{BLOCK, DocumentNumber, Found};

/// How many bytes a bit for each place takes.
const BITS: usize = 512;

/// A document's block, as a column, and its place in it.
pub(crate) fn locate(number: DocumentNumber) -> Result<(i64, u16), StoreError> {
    let place = u16::try_from(number % BLOCK).map_err(broken)?;
    Ok((to_column(number / BLOCK)?, place))
}

/// Takes a place in; answers whether it was not there.
pub(crate) fn insert(places: &mut Vec<u8>, place: u16) -> bool {
    if places.len() == BITS {
        return set_bit(places, place, true);
    }
    let Err(at) = find(places, place) else { return false };
    places.splice(at * 2..at * 2, place.to_be_bytes());
    if places.len() == BITS {
        let mut bits = vec![0; BITS];
        for place in listed(places) {
            set_bit(&mut bits, place, true);
        }
        *places = bits;
    }
    true
}

/// Takes a place out; answers whether it was there.
pub(crate) fn remove(places: &mut Vec<u8>, place: u16) -> bool {
    if places.len() != BITS {
        let Ok(at) = find(places, place) else { return false };
        places.drain(at * 2..at * 2 + 2);
        return true;
    }
    let was_there = set_bit(places, place, false);
    // Well below what makes bits of a list, so that one document does not turn it to and fro.
    let count: u32 = places.iter().map(|byte| byte.count_ones()).sum();
    if count < 192 {
        let is_set = |place: &u16| {
            let byte = places.get(usize::from(place / 8)).copied().unwrap_or_default();
            byte & 1 << (place % 8) != 0
        };
        *places = (0..4096).filter(is_set).flat_map(u16::to_be_bytes).collect();
    }
    was_there
}

/// Takes all of them in as found.
pub(crate) fn gather(found: &mut Found, block: i64, places: &[u8]) -> Result<(), StoreError> {
    let block = u64::try_from(block).map_err(broken)?;
    if places.len() == BITS {
        let words = places.chunks_exact(8).filter_map(|word| word.first_chunk());
        found.add_block(block, words.map(|word| u64::from_le_bytes(*word)));
    } else {
        listed(places).for_each(|place| found.add(block * BLOCK + u64::from(place)));
    }
    Ok(())
}

fn listed(places: &[u8]) -> impl Iterator<Item = u16> {
    places
        .chunks_exact(2)
        .filter_map(|place| place.first_chunk())
        .map(|two| u16::from_be_bytes(*two))
}

/// Where a place is in a list, or would be.
fn find(places: &[u8], place: u16) -> Result<usize, usize> {
    let wanted = place.to_be_bytes();
    let (pairs, _) = places.as_chunks::<2>();
    pairs.binary_search(&wanted)
}

/// Sets a bit or clears it; answers whether that changed it.
fn set_bit(bits: &mut [u8], place: u16, to: bool) -> bool {
    let Some(byte) = bits.get_mut(usize::from(place / 8)) else { return false };
    let before = *byte;
    let bit = 1 << (place % 8);
    *byte = if to { before | bit } else { before & !bit };
    *byte != before
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn all(places: &[u8]) -> Vec<u64> {
        let mut found = Found::default();
        gather(&mut found, 3, places).unwrap();
        found.into_numbers()
    }

    proptest! {
        #[test]
        fn it_is_a_set(
            steps in prop::collection::vec((0..4096_u16, prop::bool::weighted(0.7)), 0..1500),
            last in prop::collection::vec(0..4096_u16, 0..1500),
        ) {
            let (mut places, mut expected) = (Vec::new(), BTreeSet::new());
            let last = last.into_iter().map(|place| (place, false));
            for (place, comes) in steps.into_iter().chain(last) {
                if comes {
                    prop_assert_eq!(insert(&mut places, place), expected.insert(place));
                } else {
                    prop_assert_eq!(remove(&mut places, place), expected.remove(&place));
                }
                prop_assert!(places.len() <= BITS);
                prop_assert_eq!(places.is_empty(), expected.is_empty());
            }
            let expected: Vec<u64> = expected.into_iter().map(|it| 3 * BLOCK + u64::from(it)).collect();
            prop_assert_eq!(all(&places), expected);
        }
    }
}
