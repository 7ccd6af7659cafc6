//! Texts with wildcards.

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Exactly this text; never empty, and never beside another one.
    Text(String),
    /// `?`: one character, whatever it is.
    One,
    /// `*`: any number of characters; never beside another one.
    Any,
}

/// A text with at least one wildcard in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pattern(Vec<Part>);

impl Pattern {
    /// A pattern of these parts, joined where they say the same; `Err` with the text if there is no
    /// wildcard among them.
    pub fn new(parts: impl IntoIterator<Item = Part>) -> Result<Self, String> {
        let mut joined: Vec<Part> = Vec::new();
        for part in parts {
            match (joined.last_mut(), part) {
                (_, Part::Text(text)) if text.is_empty() => {}
                (Some(Part::Text(before)), Part::Text(text)) => before.push_str(&text),
                (Some(Part::Any), Part::Any) => {}
                (_, part) => joined.push(part),
            }
        }
        match joined.as_slice() {
            [] => Err(String::new()),
            [Part::Text(text)] => Err(text.clone()),
            _ => Ok(Self(joined)),
        }
    }

    /// Its parts.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// What everything that matches begins with; empty if it begins with a wildcard.
    pub fn prefix(&self) -> &str {
        match self.0.first() {
            Some(Part::Text(text)) => text,
            _ => "",
        }
    }

    /// Whether everything that begins with its [`prefix`](Self::prefix) matches.
    pub fn is_prefix(&self) -> bool {
        matches!(self.0.as_slice(), [Part::Any] | [Part::Text(_), Part::Any])
    }

    /// Whether this text matches, all of it.
    pub fn matches(&self, text: &str) -> bool {
        if let Some(Part::Text(end)) = self.0.last()
            && !text.ends_with(end.as_str())
        {
            return false;
        }
        // What is left of the text, which part is next, and where to go on if that leads nowhere: behind
        // the last `*`, one character further on.
        let (mut rest, mut next) = (text, 0);
        let mut again: Option<(usize, &str)> = None;
        loop {
            let behind = match self.0.get(next) {
                None if rest.is_empty() => return true,
                None => None,
                Some(Part::Any) if next + 1 == self.0.len() => return true,
                Some(Part::Any) => {
                    again = Some((next + 1, rest));
                    Some(rest)
                }
                Some(Part::One) => without_first(rest),
                Some(Part::Text(text)) => rest.strip_prefix(text.as_str()),
            };
            if let Some(behind) = behind {
                (rest, next) = (behind, next + 1);
                continue;
            }
            let Some((part, from)) = again else { return false };
            let Some(from) = without_first(from) else { return false };
            // A text behind `*` is looked for, instead of tried at each place.
            let from = match self.0.get(part) {
                Some(Part::Text(text)) => from.find(text.as_str()).and_then(|at| from.get(at..)),
                _ => Some(from),
            };
            let Some(from) = from else { return false };
            again = Some((part, from));
            (rest, next) = (from, part);
        }
    }
}

fn without_first(text: &str) -> Option<&str> {
    let mut characters = text.chars();
    characters.next().map(|_| characters.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// By the definition of each part.
    fn naive(parts: &[Part], text: &str) -> bool {
        match parts.split_first() {
            None => text.is_empty(),
            Some((Part::Text(begin), rest)) => {
                text.strip_prefix(begin.as_str()).is_some_and(|text| naive(rest, text))
            }
            Some((Part::One, rest)) => {
                let mut text = text.chars();
                text.next().is_some() && naive(rest, text.as_str())
            }
            Some((Part::Any, rest)) => {
                let mut ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
                ends.any(|at| naive(rest, &text[at..]))
            }
        }
    }

    #[test]
    fn a_long_pattern_of_wildcards_does_not_take_long() {
        let parts = (0..500).flat_map(|_| [Part::Any, Part::Text("ab".to_owned())]);
        let pattern = Pattern::new(parts.chain([Part::Text("c".to_owned())])).unwrap();
        assert!(!pattern.matches(&("ab".repeat(512) + "bc")));
        assert!(pattern.matches(&("ab".repeat(512) + "c")));
    }

    proptest! {
        #[test]
        fn it_matches_what_its_parts_say(
            parts in prop::collection::vec(
                prop_oneof![
                    Just(Part::Any),
                    Just(Part::One),
                    "[abé]{1,2}".prop_map(Part::Text),
                ],
                0..7,
            ),
            text in "[abé]{0,10}",
        ) {
            match Pattern::new(parts) {
                Ok(pattern) => {
                    prop_assert_eq!(pattern.matches(&text), naive(pattern.parts(), &text));
                    if pattern.matches(&text) {
                        prop_assert!(text.starts_with(pattern.prefix()));
                    }
                    if pattern.is_prefix() {
                        prop_assert_eq!(pattern.matches(&text), text.starts_with(pattern.prefix()));
                    }
                }
                Err(exact) => prop_assert!(!exact.contains(['*', '?'])),
            }
        }
    }
}
