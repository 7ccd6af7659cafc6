//! The documents that were found so far.
//!
//! A leaf may find a document by thousands of its values, and a value in ten thousand documents. A bit
//! for each number, in blocks where there are any, takes both in without sorting, and is small since
//! numbers are given one after the other.

use std::collections::BTreeMap;

use super::DocumentNumber;

/// How many numbers one block holds.
pub const BLOCK: u64 = 4096;

/// Bits in a word.
const WORD: u64 = 64;

/// A set of documents, by their numbers.
#[derive(Debug, Default)]
pub struct Found {
    blocks: BTreeMap<u64, Vec<u64>>,
}

impl Found {
    /// Takes a document in.
    pub fn add(&mut self, number: DocumentNumber) {
        let within = number % BLOCK;
        if let Some(word) = self.block(number / BLOCK).get_mut(place(within / WORD)) {
            *word |= 1 << (within % WORD);
        }
    }

    /// Takes in those of a block that are in the set of bits whose words are these, in their order;
    /// the lowest bit of the first one is that of the block's first number.
    pub fn add_block(&mut self, block: u64, words: impl Iterator<Item = u64>) {
        for (word, more) in self.block(block).iter_mut().zip(words) {
            *word |= more;
        }
    }

    fn block(&mut self, block: u64) -> &mut Vec<u64> {
        self.blocks.entry(block).or_insert_with(|| vec![0; place(BLOCK / WORD)])
    }

    /// Their numbers, ascending.
    pub fn into_numbers(self) -> Vec<DocumentNumber> {
        let mut numbers = Vec::new();
        for (block, words) in self.blocks {
            for (first, mut word) in (block * BLOCK..).step_by(place(WORD)).zip(words) {
                while word != 0 {
                    numbers.push(first + u64::from(word.trailing_zeros()));
                    word &= word - 1;
                }
            }
        }
        numbers
    }
}

/// A place within a block, which every machine can count to.
fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_in_comes_out_in_order_and_once() {
        let mut found = Found::default();
        let numbers = [BLOCK * 9 + 4095, 64, 0, 63, BLOCK, 64, 1];
        numbers.into_iter().for_each(|number| found.add(number));
        found.add_block(1, [0b101, 0, 1].into_iter());
        let expected = [0, 1, 63, 64, BLOCK, BLOCK + 2, BLOCK + 128, BLOCK * 9 + 4095];
        assert_eq!(found.into_numbers(), expected);
    }
}
