//! One connection that is kept alive: a request, and its whole answer, which may come in chunks.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

/// The longest that a server may take to begin an answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// A connection.
pub(super) struct Client {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
}

/// What was answered.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
    /// From before the request was written until all of the answer had been read.
    pub(super) time: Duration,
}

impl Client {
    pub(super) fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { address, stream: BufReader::with_capacity(64 * 1024, stream) })
    }

    /// Asks with these bytes. A connection that the server has closed meanwhile is made anew.
    pub(super) fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        let start = Instant::now();
        self.stream.get_mut().write_all(request)?;
        let status_line = self.line()?;
        let status = status_line.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
        let status = status.with_context(|| format!("no answer: {status_line}"))?.parse()?;
        let (mut length, mut is_chunked, mut closes) = (None, false, false);
        loop {
            let line = self.line()?.to_ascii_lowercase();
            match line.split_once(':').map(|(name, value)| (name, value.trim())) {
                None => break,
                Some(("content-length", value)) => length = Some(value.parse::<usize>()?),
                Some(("transfer-encoding", value)) => is_chunked = value == "chunked",
                Some(("connection", value)) => closes = value == "close",
                Some(_) => {}
            }
        }
        let mut body = Vec::new();
        match length {
            _ if is_chunked => self.chunks(&mut body)?,
            Some(length) => self.part(&mut body, length)?,
            None => bail!("an answer that says neither its length nor that it comes in chunks"),
        }
        let time = start.elapsed();
        if closes {
            *self = Self::connect(self.address)?;
        }
        Ok(Answer { status, body, time })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        ensure!(self.stream.read_line(&mut line)? > 0, "the server has closed the connection");
        Ok(line.trim_end().to_owned())
    }

    fn part(&mut self, body: &mut Vec<u8>, length: usize) -> Result<()> {
        let read = self.stream.by_ref().take(length as u64).read_to_end(body)?;
        ensure!(read == length, "the server has closed the connection within an answer");
        Ok(())
    }

    fn chunks(&mut self, body: &mut Vec<u8>) -> Result<()> {
        loop {
            let length = usize::from_str_radix(self.line()?.trim(), 16).context("no chunk")?;
            self.part(body, length)?;
            ensure!(self.line()?.is_empty(), "a chunk that is longer than it says");
            if length == 0 {
                return Ok(());
            }
        }
    }
}
