//! An HTTP client that sends exactly what it is told, and reads answers one by one.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a test waits for what must come.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    /// A header's value, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The sentence of an error, in whichever form.
    pub(crate) fn sentence(&self) -> String {
        let error = &self.json()["error"];
        let text = error.as_str().or_else(|| error[0].as_str());
        text.unwrap_or_else(|| panic!("no error: {self:?}")).to_owned()
    }
}

/// A connection.
pub(crate) struct Connection<S> {
    stream: S,
    read: Vec<u8>,
}

impl Connection<TcpStream> {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.unwrap())
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    pub(crate) fn over(stream: S) -> Self {
        Self { stream, read: Vec::new() }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).await.unwrap();
    }

    /// Sends what the other side may refuse to read to its end.
    pub(crate) async fn try_send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
    }

    /// Waits until the server wants the body, which `Expect: 100-continue` has asked for.
    pub(crate) async fn expect_continue(&mut self) {
        let expected = b"HTTP/1.1 100 Continue\r\n\r\n";
        let wait = async {
            while !self.read.starts_with(expected) {
                self.read_more().await;
            }
        };
        timeout(DEADLINE, wait).await.expect("the server does not want the body");
        self.read.drain(..expected.len());
    }

    /// The next answer.
    pub(crate) async fn reply(&mut self) -> Reply {
        self.reply_to("GET").await
    }

    /// The next answer, to a request with this method: one to HEAD has no body.
    pub(crate) async fn reply_to(&mut self, method: &str) -> Reply {
        timeout(DEADLINE, self.read_reply(method)).await.expect("no answer came")
    }

    /// Waits until the other side ends the connection. `false` if that does not come to pass.
    pub(crate) async fn ends_within(&mut self, patience: Duration) -> bool {
        let ended = async {
            let mut buffer = [0; 4096];
            while !matches!(self.stream.read(&mut buffer).await, Ok(0) | Err(_)) {}
        };
        timeout(patience, ended).await.is_ok()
    }

    async fn read_reply(&mut self, method: &str) -> Reply {
        let head_ends = loop {
            if let Some(at) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break at;
            }
            self.read_more().await;
        };
        let head = String::from_utf8(self.read[..head_ends].to_vec()).unwrap();
        self.read.drain(..head_ends + 4);
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers = lines.map(|line| {
            let (name, value) = line.split_once(": ").unwrap();
            (name.to_ascii_lowercase(), value.to_owned())
        });
        let mut reply = Reply { status, headers: headers.collect(), body: Vec::new() };
        if method != "HEAD" && !matches!(status, 204 | 304) {
            reply.body = match reply.header("content-length") {
                Some(length) => self.read_bytes(length.parse().unwrap()).await,
                None => {
                    assert_eq!(reply.header("transfer-encoding"), Some("chunked"));
                    self.read_chunks().await
                }
            };
        }
        reply
    }

    async fn read_bytes(&mut self, length: usize) -> Vec<u8> {
        while self.read.len() < length {
            self.read_more().await;
        }
        self.read.drain(..length).collect()
    }

    /// The parts of a body that was written while it was sent.
    async fn read_chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let line = loop {
                if let Some(at) = self.read.windows(2).position(|two| two == b"\r\n") {
                    break self.read_bytes(at + 2).await;
                }
                self.read_more().await;
            };
            let digits = std::str::from_utf8(&line).unwrap().trim();
            let length = usize::from_str_radix(digits, 16).unwrap();
            let chunk = self.read_bytes(length + 2).await;
            if length == 0 {
                return body;
            }
            body.extend(&chunk[..length]);
        }
    }

    async fn read_more(&mut self) {
        // On the heap, since a test holds the futures of all of its requests.
        let mut buffer = vec![0; 65_536];
        let read = self.stream.read(&mut buffer).await.expect("the connection broke");
        assert!(read > 0, "the connection ended after {:?}", String::from_utf8_lossy(&self.read));
        self.read.extend_from_slice(&buffer[..read]);
    }
}
