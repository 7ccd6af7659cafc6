//! How contents become pieces, and pieces contents.
//!
//! Small contents share a message and large ones take many, so that a thousand small files cost as few
//! messages as their bytes do. The order is that of the stream, so a receiver writes one after the other.

use std::collections::VecDeque;

use pantry_model::protocol::files::{MAX_PIECES_BYTES, Pieces};

/// The most pieces of one message: their lines must not outweigh what they carry.
const MAX_PIECES: usize = 256;

/// What is still to be sent of a stream.
#[derive(Debug, Default)]
pub struct Packing {
    /// Of which content, from which offset, and how many bytes.
    left: VecDeque<(u32, u64, u64)>,
}

impl Packing {
    /// With this content of the stream last: it goes on at an offset, up to its size. One that is whole
    /// already takes part in nothing.
    pub fn add(&mut self, content: u32, offset: u64, size: u64) {
        if let Some(bytes) = size.checked_sub(offset).filter(|bytes| *bytes > 0) {
            self.left.push_back((content, offset, bytes));
        }
    }

    /// Whether everything was packed.
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// The pieces of the next message, of at most so many bytes: of which content, from which offset, how
    /// many bytes.
    pub fn next(&mut self, room: u64) -> Vec<(u32, u64, u32)> {
        let mut room = room.min(MAX_PIECES_BYTES as u64);
        let mut pieces = Vec::new();
        while room > 0
            && pieces.len() < MAX_PIECES
            && let Some((content, offset, bytes)) = self.left.front_mut()
        {
            let length = room.min(*bytes);
            pieces.push((*content, *offset, u32::try_from(length).unwrap_or(u32::MAX)));
            room -= length;
            (*offset, *bytes) = (*offset + length, *bytes - length);
            if *bytes == 0 {
                self.left.pop_front();
            }
        }
        pieces
    }
}

/// The pieces of a message, each with its bytes: of which content, from which offset; `None` if the
/// lengths do not fit.
pub fn split<'a>(pieces: &Pieces, bytes: &'a [u8]) -> Option<Vec<(u32, u64, &'a [u8])>> {
    let mut rest = bytes;
    let mut split = Vec::with_capacity(pieces.pieces.len());
    for &(content, offset, length) in &pieces.pieces {
        let (bytes, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        split.push((content, offset, bytes));
        rest = after;
    }
    rest.is_empty().then_some(split)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn small_ones_share_a_message_and_large_ones_take_many() {
        let mut packing = Packing::default();
        packing.add(0, 0, 10);
        packing.add(1, 5, 5);
        packing.add(2, 3, 10);
        packing.add(3, 0, 600_000);
        assert_eq!(packing.next(12), [(0, 0, 10), (2, 3, 2)]);
        assert_eq!(packing.next(0), []);
        assert_eq!(packing.next(1 << 40), [(2, 5, 5), (3, 0, 262_139)]);
        assert_eq!(packing.next(1 << 40), [(3, 262_139, 262_144)]);
        assert_eq!(packing.next(1 << 40), [(3, 524_283, 75_717)]);
        assert!(packing.is_empty() && packing.next(9).is_empty());
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        let pieces = |pieces| Pieces { pieces };
        assert_eq!(
            split(&pieces(vec![(0, 0, 1), (1, 7, 2)]), b"abc").unwrap()[1],
            (1, 7, &b"bc"[..])
        );
        assert_eq!(split(&pieces(vec![(0, 0, 2)]), b"abc"), None);
        assert_eq!(split(&pieces(vec![(0, 0, u32::MAX)]), b"abc"), None);
    }

    proptest! {
        #[test]
        fn everything_is_packed_once(
            sizes in prop::collection::vec((0_u64..900_000, 0_u64..900_000), 0..40),
            rooms in prop::collection::vec(1_u64..400_000, 1..20),
        ) {
            let mut packing = Packing::default();
            let mut at: Vec<u64> = sizes.iter().map(|(offset, _)| *offset).collect();
            for (content, (offset, size)) in (0..).zip(&sizes) {
                packing.add(content, *offset, *size);
            }
            for room in rooms.iter().cycle() {
                let pieces = packing.next(*room);
                if pieces.is_empty() {
                    break;
                }
                let bytes: u64 = pieces.iter().map(|(_, _, length)| u64::from(*length)).sum();
                prop_assert!(bytes <= *room && bytes <= MAX_PIECES_BYTES as u64);
                for (content, offset, length) in pieces {
                    prop_assert_eq!(at[content as usize], offset);
                    at[content as usize] += u64::from(length);
                }
            }
            for (at, (offset, size)) in at.iter().zip(&sizes) {
                prop_assert_eq!(at, size.max(offset));
            }
        }
    }
}
