//! The contents of files that differ: how large they are, and their text.

use std::io;

use pantry_berks::RemoteFile;
use pantry_http_client::{ChefClient, ChefError, Sink};
use similar::TextDiff;

/// The largest file that is read, in bytes.
const MAX_FILE_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// The largest text that is compared line by line, in bytes.
const MAX_TEXT_BYTES: usize = 1024 * 1024;

/// How long the comparison of two texts may take, which is then less exact.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2);

/// A file's content, as far as it is wanted.
#[derive(Default)]
pub(super) struct Content {
    pub(super) bytes: u64,
    /// All of it, if it is short.
    text: Vec<u8>,
}

impl Content {
    /// Reads it from its link.
    pub(super) async fn of(client: &ChefClient, file: &RemoteFile) -> Result<Self, ChefError> {
        let mut content = Self::default();
        client.read_from_link(&file.link, file.md5, &mut content, MAX_FILE_BYTES).await?;
        Ok(content)
    }

    /// Its text, if it is one that is not too long.
    fn text(&self) -> Option<&str> {
        let is_whole = u64::try_from(self.text.len()).is_ok_and(|length| length == self.bytes);
        let text = std::str::from_utf8(&self.text).ok().filter(|_| is_whole)?;
        (!text.contains('\0')).then_some(text)
    }

    /// What has changed in the text of a file; `None` if one of both is no text, or is too long.
    pub(super) fn difference(&self, other: &Self, path: &str) -> Option<String> {
        let (from, to) = (self.text()?, other.text()?);
        let lines = TextDiff::configure().timeout(PATIENCE).diff_lines(from, to);
        let (from, to) = (format!("a/{path}"), format!("b/{path}"));
        Some(lines.unified_diff().header(&from, &to).to_string())
    }
}

impl Sink for Content {
    fn begin(&mut self) -> io::Result<()> {
        *self = Self::default();
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if self.text.len() + bytes.len() <= MAX_TEXT_BYTES {
            self.text.extend_from_slice(bytes);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(bytes: &[u8]) -> Content {
        let mut content = Content::default();
        content.begin().unwrap();
        content.write(bytes).unwrap();
        content
    }

    #[test]
    fn texts_are_compared_by_line_and_nothing_else_is() {
        let (one, other) = (content(b"a\nb\nc\n"), content(b"a\nx\nc\n"));
        let difference = one.difference(&other, "recipes/a.rb").unwrap();
        assert_eq!(
            difference,
            "--- a/recipes/a.rb\n+++ b/recipes/a.rb\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n"
        );
        assert_eq!(one.difference(&content(b"\xff"), "a"), None);
        assert_eq!(content(b"\0").difference(&one, "a"), None);
        let long = content(&vec![b'a'; MAX_TEXT_BYTES + 1]);
        assert_eq!(long.bytes, 1024 * 1024 + 1);
        assert_eq!(one.difference(&long, "a"), None);
        // What is read again is read from its beginning.
        let mut again = content(b"half");
        again.begin().unwrap();
        again.write(b"a\n").unwrap();
        assert_eq!((again.bytes, again.text()), (2, Some("a\n")));
    }
}
