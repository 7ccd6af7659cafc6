//! As much of an HTTP/1.1 answer as a load generator needs: its status, and where it ends.
//!
//! It shares the cores with the servers that it measures, so it looks at each byte of the head once
//! and at the body not at all.

use anyhow::{Context as _, Result, bail, ensure};

/// A whole answer at the start of a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// Where its body begins, in bytes from the start of the buffer.
    pub(super) body: usize,
    /// Where it ends, in bytes from the start of the buffer.
    pub(super) end: usize,
}

/// Reads what a buffer begins with; nothing if that is not all of an answer yet. An answer that does
/// not say its length is an error, since both servers say it of all that is asked here.
pub(super) fn read(buffer: &[u8]) -> Result<Option<Answer>> {
    let mut at = 0;
    let mut status = None;
    let mut length: Option<usize> = None;
    for line in buffer.split_inclusive(|byte| *byte == b'\n') {
        at += line.len();
        let Some(line) = line.strip_suffix(b"\r\n") else { return Ok(None) };
        if line.is_empty() {
            let status = status.context("an answer without a status")?;
            let length = length.context("an answer that does not say its length")?;
            let end = at.checked_add(length).context("an answer without end")?;
            return Ok((buffer.len() >= end).then_some(Answer { status, body: at, end }));
        }
        if status.is_none() {
            let Some(rest) = line.strip_prefix(b"HTTP/1.1 ") else {
                bail!("not an answer of HTTP/1.1: {}", String::from_utf8_lossy(line));
            };
            status = Some(number(rest.get(..3).unwrap_or(rest))?);
        } else if let Some(value) = after_name(line, b"content-length:") {
            ensure!(length.is_none(), "an answer that says its length twice");
            length = Some(number(value.trim_ascii())?);
        }
    }
    Ok(None)
}

fn after_name<'l>(line: &'l [u8], name: &[u8]) -> Option<&'l [u8]> {
    let (start, value) = line.split_at_checked(name.len())?;
    start.eq_ignore_ascii_case(name).then_some(value)
}

fn number<T: std::str::FromStr>(digits: &[u8]) -> Result<T> {
    let text = std::str::from_utf8(digits)?;
    text.parse().ok().with_context(|| format!("not a number: {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &[u8] =
        b"HTTP/1.1 401 Unauthorized\r\nServer: x\r\ncontent-Length: 5\r\n\r\nhello";

    #[test]
    fn a_whole_answer_is_read() {
        let answer = Answer { status: 401, body: WHOLE.len() - 5, end: WHOLE.len() };
        assert_eq!(read(WHOLE).unwrap(), Some(answer));
        assert_eq!(read(&[WHOLE, b"HTTP/1.1 200"].concat()).unwrap(), Some(answer));
    }

    #[test]
    fn a_part_of_one_is_waited_for() {
        for length in 0..WHOLE.len() {
            assert_eq!(read(&WHOLE[..length]).unwrap(), None, "{length}");
        }
    }

    #[test]
    fn anything_else_is_an_error() {
        for text in [
            "SSH-2.0\r\n",
            "HTTP/1.1 OK\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\n",
        ] {
            assert!(read(text.as_bytes()).is_err(), "{text}");
        }
    }
}
