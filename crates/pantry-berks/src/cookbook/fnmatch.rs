//! Patterns of file names, as Ruby's `File.fnmatch` matches them without flags.
//!
//! A `*` is any characters, also slashes, so `**` is nothing more. A dot at the very beginning must be
//! written out.

/// A pattern.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Vec<char>);

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self(text.chars().collect())
    }

    /// Whether the whole text is like this.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let at_pattern = |at: usize| self.0.get(at).copied();
        if text.first() == Some(&'.') && self.plain(0) != Some('.') {
            return false;
        }
        let (mut in_pattern, mut in_text) = (0, 0);
        // Where to go on if what follows the last `*` does not fit.
        let mut last: Option<(usize, usize)> = None;
        loop {
            let fits = match at_pattern(in_pattern) {
                Some('*') => {
                    while at_pattern(in_pattern) == Some('*') {
                        in_pattern += 1;
                    }
                    if self.is_end(in_pattern) {
                        return true;
                    }
                    if in_text == text.len() {
                        return false;
                    }
                    last = Some((in_pattern, in_text));
                    continue;
                }
                Some('?') => {
                    if in_text == text.len() {
                        return false;
                    }
                    Some(in_pattern + 1)
                }
                Some('[') => match text.get(in_text) {
                    None => return false,
                    Some(letter) => self.bracket(in_pattern + 1, *letter),
                },
                _ => match (self.plain(in_pattern), text.get(in_text)) {
                    (None, None) => return true,
                    (Some(_), None) => return false,
                    (Some(wanted), Some(letter)) if wanted == *letter => {
                        Some(self.unescaped(in_pattern) + 1)
                    }
                    _ => None,
                },
            };
            match (fits, &mut last) {
                (Some(next), _) => {
                    in_pattern = next;
                    in_text += 1;
                }
                (None, Some((after, begun))) => {
                    *begun += 1;
                    (in_pattern, in_text) = (*after, *begun);
                }
                (None, None) => return false,
            }
        }
    }

    /// The place of what is meant here, be it escaped or not. A sign for an escape that stands at the
    /// end says nothing.
    fn unescaped(&self, at: usize) -> usize {
        at + usize::from(self.0.get(at) == Some(&'\\'))
    }

    /// Whether nothing comes from here on.
    fn is_end(&self, at: usize) -> bool {
        self.unescaped(at) >= self.0.len()
    }

    /// The character that is meant here.
    fn plain(&self, at: usize) -> Option<char> {
        self.0.get(self.unescaped(at)).copied()
    }

    /// Looks at what stands in brackets, from after the first; gives the place after them if the
    /// letter is among it.
    fn bracket(&self, from: usize, letter: char) -> Option<usize> {
        let mut at = from;
        let is_not = matches!(self.0.get(at), Some('!' | '^'));
        at += usize::from(is_not);
        let mut is_among = false;
        loop {
            if *self.0.get(at)? == ']' {
                return (is_among != is_not).then_some(at + 1);
            }
            at = self.unescaped(at);
            let first = *self.0.get(at)?;
            at += 1;
            let next = *self.0.get(at)?;
            let mut last = first;
            if next == '-' && self.0.get(at + 1) != Some(&']') {
                at += 1;
                at = self.unescaped(at);
                last = *self.0.get(at)?;
                at += 1;
            }
            is_among |= letter == first || letter == last || (first..=last).contains(&letter);
        }
    }
}
