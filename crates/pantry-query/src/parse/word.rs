//! Words: texts with escapes, quotes and wildcards.

use super::Parser;
use super::error::{ParseError, Problem};
use crate::pattern::{Part, Pattern};
use crate::tree::Wording;

/// What a word cannot have in it as it is.
const ENDS: &str = "()[]{}^~:!";

/// What was read as one word.
pub(super) struct Word {
    /// What it says.
    pub(super) wording: Wording,
    /// Whether all of it stood in quotes.
    pub(super) is_quoted: bool,
}

#[derive(Default)]
struct Collected {
    parts: Vec<Part>,
    text: String,
}

impl Collected {
    fn push(&mut self, wildcard: Part) {
        self.parts.extend([Part::Text(std::mem::take(&mut self.text)), wildcard]);
    }

    fn wording(mut self) -> Wording {
        self.parts.push(Part::Text(self.text));
        match Pattern::new(self.parts) {
            Ok(pattern) => Wording::Matching(pattern),
            Err(text) => Wording::Exactly(text),
        }
    }
}

impl Parser<'_> {
    /// The word that begins here, if one does. Quotes may stand within it: what is in them is text.
    pub(super) fn word(&mut self) -> Result<Option<Word>, ParseError> {
        let mut collected = Collected::default();
        let (begin, mut is_quoted) = (self.at, true);
        while let Some(next) = self.peek() {
            match next {
                '"' => {
                    self.quoted(&mut collected.text)?;
                    continue;
                }
                '\\' => collected.text.push(self.escaped()?),
                '*' => collected.push(Part::Any),
                '?' => collected.push(Part::One),
                _ if self.ends_word(next) => break,
                _ => collected.text.push(next),
            }
            is_quoted = false;
            self.step();
        }
        let has_one = self.at > begin;
        Ok(has_one.then(|| Word { wording: collected.wording(), is_quoted }))
    }

    fn ends_word(&self, next: char) -> bool {
        next.is_whitespace()
            || ENDS.contains(next)
            || self.rest().starts_with("&&")
            || self.rest().starts_with("||")
    }

    /// Goes to the character behind a backslash.
    fn escaped(&mut self) -> Result<char, ParseError> {
        let backslash = self.at;
        self.step();
        let escaped = self.peek().filter(|next| !next.is_ascii_alphanumeric());
        escaped.ok_or_else(|| self.error_at(Problem::Backslash, backslash))
    }

    fn quoted(&mut self, text: &mut String) -> Result<(), ParseError> {
        let quote = self.at;
        self.step();
        while let Some(next) = self.peek() {
            match next {
                '"' => {
                    self.step();
                    return Ok(());
                }
                '\\' => text.push(self.escaped()?),
                _ => text.push(next),
            }
            self.step();
        }
        Err(self.error_at(Problem::Unclosed('"'), quote))
    }
}
