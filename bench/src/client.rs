//! One connection that is kept alive: a request, and its whole answer, which may come in chunks.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};

/// The longest that a server may take to begin an answer.
const PATIENCE: Duration = Duration::from_secs(120);

/// The statuses of answers that have no body.
const NO_BODY: [u16; 2] = [204, 304];

/// A connection.
pub(crate) struct Client {
    address: SocketAddr,
    stream: BufReader<TcpStream>,
}

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
    /// From before the request was written until the first byte of the answer had been read.
    pub(crate) first: Duration,
    /// The same until all of it had been.
    pub(crate) time: Duration,
    /// Names in lower case, and values.
    headers: Vec<(String, String)>,
}

impl Answer {
    /// What a header says.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The status, and how the body begins.
    pub(crate) fn told(&self) -> String {
        let body: String = String::from_utf8_lossy(&self.body).chars().take(500).collect();
        format!("{} {body}", self.status)
    }
}

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self { address, stream: BufReader::with_capacity(64 * 1024, stream) })
    }

    /// Asks with these bytes. A connection that the server has closed meanwhile is made anew.
    pub(crate) fn ask(&mut self, request: &[u8]) -> Result<Answer> {
        let start = Instant::now();
        self.stream.get_mut().write_all(request)?;
        self.stream.fill_buf()?;
        let first = start.elapsed();
        let status_line = self.line()?;
        let status = status_line.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3));
        let status = status.with_context(|| format!("no answer: {status_line}"))?.parse()?;
        let mut answer = Answer {
            status,
            body: Vec::new(),
            first,
            time: Duration::default(),
            headers: Vec::new(),
        };
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { break };
            answer.headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
        if answer.header("transfer-encoding") == Some("chunked") {
            self.chunks(&mut answer.body)?;
        } else if let Some(length) = answer.header("content-length") {
            let length = length.parse()?;
            self.part(&mut answer.body, length)?;
        } else if !NO_BODY.contains(&status) {
            bail!("an answer that says neither its length nor that it comes in chunks");
        }
        answer.time = start.elapsed();
        if answer.header("connection") == Some("close") {
            *self = Self::connect(self.address)?;
        }
        Ok(answer)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        ensure!(self.stream.read_line(&mut line)? > 0, "the server has closed the connection");
        Ok(line.trim_end().to_owned())
    }

    fn part(&mut self, body: &mut Vec<u8>, length: usize) -> Result<()> {
        // What takes room only while it is read would be counted with the answer.
        body.reserve(length);
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
