//! Lines, put together from chunks of bytes that end anywhere.

/// The longest line that is kept whole, in bytes. A longer one is broken, so that a program that
/// never ends its line takes no more memory than this.
pub(crate) const MAX_LINE_BYTES: usize = 64 * 1024;

/// A line, or a piece of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its bytes, without the end of the line.
    pub(crate) bytes: Vec<u8>,
    /// Whether it was ended: false for a piece of a longer line, and for a last line without end.
    pub(crate) ended: bool,
}

/// Puts the lines of one output together.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pending: Vec<u8>,
}

impl Lines {
    /// Takes the next bytes and gives the lines that they complete. However the output is cut into
    /// chunks, the lines are the same.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<Line> {
        let mut lines = Vec::new();
        for part in bytes.split_inclusive(|&byte| byte == b'\n') {
            let (text, ended) = match part.strip_suffix(b"\n") {
                Some(text) => (text, true),
                None => (part, false),
            };
            self.pending.extend_from_slice(text);
            while self.pending.len() > MAX_LINE_BYTES {
                let rest = self.pending.split_off(place_to_break(&self.pending));
                let bytes = std::mem::replace(&mut self.pending, rest);
                lines.push(Line { bytes, ended: false });
            }
            if ended {
                let mut bytes = std::mem::take(&mut self.pending);
                if bytes.last() == Some(&b'\r') {
                    bytes.pop();
                }
                lines.push(Line { bytes, ended: true });
            }
        }
        lines
    }

    /// What is left at the end of the output.
    pub(crate) fn finish(&mut self) -> Option<Line> {
        let bytes = std::mem::take(&mut self.pending);
        (!bytes.is_empty()).then_some(Line { bytes, ended: false })
    }
}

/// At the limit, or up to three bytes before it where a character would be cut.
fn place_to_break(bytes: &[u8]) -> usize {
    let is_inside = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0b1100_0000 == 0b1000_0000);
    (MAX_LINE_BYTES - 3..=MAX_LINE_BYTES).rev().find(|&at| !is_inside(at)).unwrap_or(MAX_LINE_BYTES)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(chunks: &[&[u8]]) -> Vec<Line> {
        let mut assembled = Lines::default();
        let mut lines: Vec<Line> = chunks.iter().flat_map(|chunk| assembled.push(chunk)).collect();
        lines.extend(assembled.finish());
        lines
    }

    fn texts(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|line| String::from_utf8(line.bytes.clone()).unwrap()).collect()
    }

    #[test]
    fn a_last_line_without_end_is_a_line() {
        let lines = all(&[b"one\r\ntw", b"o\n\nthr", b"ee"]);
        assert_eq!(texts(&lines), ["one", "two", "", "three"]);
        assert_eq!(lines.iter().filter(|line| line.ended).count(), 3);
        assert_eq!(all(&[b"", b"one\n"]).len(), 1);
    }

    #[test]
    fn an_endless_line_is_broken_between_characters() {
        let text = format!("a{}\nend", "é".repeat(MAX_LINE_BYTES));
        let lines = all(&[text.as_bytes()]);
        assert!(lines.iter().all(|line| line.bytes.len() <= MAX_LINE_BYTES));
        assert_eq!(texts(&lines).concat(), text.replace('\n', ""));
    }

    proptest! {
        #[test]
        fn any_chunking_gives_the_same_lines(
            pieces in prop::collection::vec(
                prop_oneof![
                    "[ab\\r\\n]{0,8}".prop_map(String::into_bytes),
                    (MAX_LINE_BYTES - 4..MAX_LINE_BYTES + 4).prop_map(|n| vec![b'x'; n]),
                    (MAX_LINE_BYTES / 2 - 2..MAX_LINE_BYTES / 2 + 2).prop_map(|n| "é".repeat(n).into_bytes()),
                    prop::collection::vec(any::<u8>(), 0..8),
                ], 0..6),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let bytes = pieces.concat();
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            cuts.sort_unstable();
            let mut chunks = Vec::new();
            let mut from = 0;
            for cut in cuts.into_iter().chain([bytes.len()]) {
                chunks.push(&bytes[from..cut]);
                from = cut;
            }
            prop_assert_eq!(all(&chunks), all(&[&bytes]));
        }
    }
}
