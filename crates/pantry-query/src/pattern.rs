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
}
