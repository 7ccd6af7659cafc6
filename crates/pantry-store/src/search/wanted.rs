//! Which of the values of a key are sought, for a backend that walks them in the order of their
//! bytes.

use pantry_query::{Bound, Part, Pattern, Sought};

/// What is sought, as a place to begin at and a test.
#[derive(Debug)]
pub enum Wanted<'a> {
    /// Every value.
    Any,
    /// Those that match.
    Matching(&'a Pattern),
    /// Those from one bound to another.
    Within(&'a Bound, &'a Bound),
    /// Those that are like this one.
    Like(Vec<char>, usize),
}

/// What a test says of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is sought.
    Sought,
    /// It is not.
    Not,
    /// Nor is any that comes after it.
    Beyond,
}

impl<'a> Wanted<'a> {
    /// What is sought by walking; `Err` with the value if there is but one, which is looked up.
    pub fn new(sought: &'a Sought) -> Result<Self, &'a str> {
        Ok(match sought {
            Sought::Anything => Self::Any,
            Sought::Exactly(text) => return Err(text),
            Sought::Matching(pattern) => Self::Matching(pattern),
            Sought::Within(range) => Self::Within(&range.from, &range.to),
            Sought::Like(text, edits) => Self::Like(text.chars().collect(), usize::from(*edits)),
        })
    }

    /// The least value that can be sought.
    pub fn begin(&self) -> &str {
        match self {
            Self::Any | Self::Like(..) | Self::Within(Bound::Open, _) => "",
            Self::Matching(pattern) => pattern.prefix(),
            Self::Within(Bound::Including(text) | Bound::Excluding(text), _) => text,
        }
    }

    /// What is said of this value, which is not less than the first one.
    pub fn judge(&self, value: &str) -> Verdict {
        let is_sought = match self {
            Self::Any => true,
            Self::Matching(pattern) => match value.strip_prefix(pattern.prefix()) {
                Some(_) => pattern.is_prefix() || matches(pattern, value),
                None => return Verdict::Beyond,
            },
            Self::Within(from, to) => {
                match to {
                    Bound::Including(last) if value > last.as_str() => return Verdict::Beyond,
                    Bound::Excluding(end) if value >= end.as_str() => return Verdict::Beyond,
                    _ => {}
                }
                !matches!(from, Bound::Excluding(before) if value == before)
            }
            Self::Like(text, edits) => is_like(text, *edits, value),
        };
        if is_sought { Verdict::Sought } else { Verdict::Not }
    }
}

/// Whether a text matches a pattern.
pub fn matches(pattern: &Pattern, text: &str) -> bool {
    // What stands between two `*` matches best as early as it can, so nothing is tried twice.
    let mut pieces = pattern.parts().split(|part| *part == Part::Any);
    let Some(mut rest) = pieces.next().and_then(|first| strip(first, text)) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    for piece in pieces {
        let Some(after) = find(piece, rest) else { return false };
        rest = after;
    }
    ends_with(last, rest)
}

/// What comes after a piece at the beginning of a text.
fn strip<'t>(piece: &[Part], text: &'t str) -> Option<&'t str> {
    piece.iter().try_fold(text, |rest, part| match part {
        Part::Text(wanted) => rest.strip_prefix(wanted.as_str()),
        Part::One | Part::Any => {
            let mut chars = rest.chars();
            chars.next().map(|_| chars.as_str())
        }
    })
}

/// What comes after the first place where a piece is.
fn find<'t>(piece: &[Part], text: &'t str) -> Option<&'t str> {
    if let [Part::Text(wanted)] = piece {
        return text.split_once(wanted.as_str()).map(|(_, after)| after);
    }
    text.char_indices().find_map(|(at, _)| strip(piece, text.get(at..)?))
}

fn ends_with(piece: &[Part], text: &str) -> bool {
    let stripped = piece.iter().rev().try_fold(text, |rest, part| match part {
        Part::Text(wanted) => rest.strip_suffix(wanted.as_str()),
        Part::One | Part::Any => {
            let mut chars = rest.chars();
            chars.next_back().map(|_| chars.as_str())
        }
    });
    stripped.is_some()
}

/// Whether a value becomes a text by so many edits: a character inserted, removed, replaced, or
/// exchanged with its neighbour, none of them edited twice.
pub fn is_like(text: &[char], edits: usize, value: &str) -> bool {
    // Each edit changes the length by one character, which has at most four bytes.
    if value.len() > (text.len() + edits) * 4 {
        return false;
    }
    let value: Vec<char> = value.chars().collect();
    if value.len().abs_diff(text.len()) > edits {
        return false;
    }
    // What it takes from each beginning of the text to the value up to a character, for the last
    // three of those.
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=text.len()).collect();
    let mut previous = None;
    for (number, &character) in (1..).zip(&value) {
        let mut costs: Vec<usize> = vec![number];
        let mut beside = None;
        for (at, &wanted) in text.iter().enumerate() {
            let of = |costs: &[usize], at: usize| costs.get(at).copied().unwrap_or(usize::MAX / 2);
            let replaced = of(&last, at) + usize::from(character != wanted);
            let mut cost = replaced.min(of(&last, at + 1) + 1).min(of(&costs, at) + 1);
            if at > 0 && previous == Some(wanted) && beside == Some(character) {
                cost = cost.min(of(&before, at - 1) + 1);
            }
            costs.push(cost);
            beside = Some(wanted);
        }
        if costs.iter().all(|cost| *cost > edits) && last.iter().all(|cost| *cost > edits) {
            return false;
        }
        previous = Some(character);
        before = std::mem::replace(&mut last, costs);
    }
    last.last().is_some_and(|cost| *cost <= edits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        let parts = text.chars().map(|character| match character {
            '*' => Part::Any,
            '?' => Part::One,
            other => Part::Text(other.to_string()),
        });
        Pattern::new(parts).unwrap()
    }

    #[test]
    fn a_pattern_matches_the_whole_of_a_text() {
        for (wanted, text, expected) in [
            ("a*", "a", true),
            ("a*", "ba", false),
            ("*a", "banana", true),
            ("*a", "bananas", false),
            ("*an*an*", "banana", true),
            ("*ana*ana*", "banana", false),
            ("b?n*a", "banana", true),
            ("b?n*na?", "banana", false),
            ("?", "é", true),
            ("?", "", false),
            ("*?", "", false),
            ("??*??", "abc", false),
            ("??*??", "abcd", true),
            ("*?b*", "bb", true),
            ("*a?c*c", "aabcc", true),
            ("a?", "a", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(&pattern(wanted), text), expected, "{wanted} {text}");
        }
    }

    #[test]
    fn likeness_counts_edits() {
        for (text, value, edits) in [
            ("pantry", "pantry", 0),
            ("pantry", "pantri", 1),
            ("pantry", "pantrry", 1),
            ("pantry", "antry", 1),
            ("pantry", "apntry", 1),
            ("pantry", "pnatyr", 2),
            ("pantry", "tree", 4),
            ("ca", "abc", 3),
            ("été", "ete", 2),
            ("", "ab", 2),
            ("ab", "", 2),
        ] {
            let text: Vec<char> = text.chars().collect();
            assert!(is_like(&text, edits, value), "{text:?} {value}");
            assert!(edits == 0 || !is_like(&text, edits - 1, value), "{text:?} {value}");
        }
    }
}
