//! The load: a few connections that are kept alive, on each of them one request after the other.
//!
//! One thread waits for all of them with `poll`, and so spends two system calls on a request and
//! hardly anything else: what it takes of the cores, the server under test does not get. What it
//! takes is measured too.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::time::{ClockId, clock_gettime};

use super::answer;

/// How many connections there are.
pub(super) const CONNECTIONS: usize = 8;

/// The longest that no connection may be answered.
const PATIENCE: Timespec = Timespec { tv_sec: 10, tv_nsec: 0 };

/// The longest answer, in bytes.
const BUFFER: usize = 64 * 1024;

/// What a load has seen.
pub(super) struct Seen {
    /// From the first request to the last answer.
    pub(super) elapsed: Duration,
    /// Of each request: from before it was written until its answer had been read. Shortest first.
    pub(super) latencies: Vec<Duration>,
    /// The CPU time of the load itself.
    pub(super) own_cpu: Duration,
}

/// Sends these requests over and over for so long, and counts on each being answered with 200.
pub(super) fn run(address: SocketAddr, requests: &[Vec<u8>], time: Duration) -> Result<Seen> {
    let mut streams = Vec::with_capacity(CONNECTIONS);
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for number in 0..CONNECTIONS {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        streams.push(stream);
        connections.push(Connection::new(requests, number));
    }
    let mut waiting: Vec<_> = streams.iter().map(|it| PollFd::new(it, PollFlags::IN)).collect();
    let mut latencies = Vec::with_capacity(1 << 20);
    let own_cpu = cpu_time();
    let start = Instant::now();
    for (connection, stream) in connections.iter_mut().zip(&streams) {
        connection.send(stream, start)?;
    }
    let mut open = CONNECTIONS;
    while open > 0 {
        ensure!(poll(&mut waiting, Some(&PATIENCE))? > 0, "no answer within {PATIENCE:?}");
        for ((connection, stream), fd) in connections.iter_mut().zip(&streams).zip(&mut waiting) {
            if fd.revents().is_empty() || !connection.receive(stream)? {
                continue;
            }
            let now = Instant::now();
            latencies.push(now - connection.sent);
            if now - start < time {
                connection.send(stream, now)?;
            } else {
                open -= 1;
            }
        }
    }
    let elapsed = start.elapsed();
    let own_cpu = cpu_time() - own_cpu;
    latencies.sort_unstable();
    Ok(Seen { elapsed, latencies, own_cpu })
}

/// Sends one request on a connection of its own, and gives the status and the body of its answer.
pub(super) fn ask(address: SocketAddr, request: &[u8]) -> Result<(u16, String)> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    (&stream).write_all(request)?;
    let mut buffer = Vec::new();
    loop {
        let mut part = [0; 4096];
        let read = (&stream).read(&mut part)?;
        ensure!(read > 0, "the server has closed the connection");
        buffer.extend_from_slice(part.get(..read).unwrap_or_default());
        if let Some(answer) = answer::read(&buffer)? {
            let body = buffer.get(answer.body..answer.end).unwrap_or_default();
            return Ok((answer.status, String::from_utf8_lossy(body).into_owned()));
        }
    }
}

/// One connection's part: what it sends next, and what it has read of the answer.
struct Connection<'r> {
    requests: std::iter::Cycle<std::slice::Iter<'r, Vec<u8>>>,
    sent: Instant,
    buffer: Vec<u8>,
    filled: usize,
}

impl<'r> Connection<'r> {
    /// Each begins elsewhere in the list, so that they do not all ask for the same.
    fn new(requests: &'r [Vec<u8>], number: usize) -> Self {
        let mut requests = requests.iter().cycle();
        for _ in 0..number {
            requests.next();
        }
        Self { requests, sent: Instant::now(), buffer: vec![0; BUFFER], filled: 0 }
    }

    fn send(&mut self, mut stream: &TcpStream, now: Instant) -> Result<()> {
        self.sent = now;
        stream.write_all(self.requests.next().context("there is nothing to ask for")?)?;
        Ok(())
    }

    /// Reads what has come: whether it is the end of the answer.
    fn receive(&mut self, mut stream: &TcpStream) -> Result<bool> {
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        ensure!(!room.is_empty(), "an answer longer than {BUFFER} bytes");
        let read = stream.read(room)?;
        ensure!(read > 0, "the server has closed a connection");
        self.filled += read;
        let text = self.buffer.get(..self.filled).unwrap_or_default();
        let Some(answer) = answer::read(text)? else { return Ok(false) };
        if answer.status != 200 || answer.end != self.filled {
            bail!("not an answer to count: {}", String::from_utf8_lossy(text));
        }
        self.filled = 0;
        Ok(true)
    }
}

/// The CPU time that this thread has used.
fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let part = |number: i64| u64::try_from(number).unwrap_or_default();
    Duration::from_secs(part(time.tv_sec)) + Duration::from_nanos(part(time.tv_nsec))
}
