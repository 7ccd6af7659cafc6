//! The Chef API of a real server, asked by whoever has a key.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use pantry_sign::{PrivateKey, Request, SigningTime, Version, sign};
use serde_json::Value;

/// The longest that an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Someone who signs requests.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) name: String,
    pub(crate) key: Arc<PrivateKey>,
}

impl Signer {
    pub(crate) fn new(name: &str, pem: &str) -> Result<Self> {
        Ok(Self { name: name.to_owned(), key: Arc::new(PrivateKey::from_pem(pem)?) })
    }

    /// With a key in a file.
    pub(crate) fn from_file(name: &str, path: &Path) -> Result<Self> {
        let pem = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::new(name, &pem)
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Result<Value> {
        serde_json::from_str(&self.body).with_context(|| format!("{self:?}"))
    }

    /// A header's value, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// A connection to a server's API on this machine, made when it is needed and kept.
pub(crate) struct Api {
    port: u16,
    stream: Option<TcpStream>,
}

impl Api {
    pub(crate) fn new(port: u16) -> Self {
        Self { port, stream: None }
    }

    /// The answer to a GET that is not signed.
    pub(crate) fn get(&mut self, path: &str) -> Result<Reply> {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: pantry.example\r\n\r\n"))
    }

    /// The answer to an upload of a file by a link, which is not signed.
    pub(crate) fn put_file(&mut self, path: &str, content: &str) -> Result<Reply> {
        let length = content.len();
        self.send(&format!(
            "PUT {path} HTTP/1.1\r\nHost: pantry.example\r\nContent-Type: application/x-binary\r\n\
             Content-Length: {length}\r\n\r\n{content}"
        ))
    }

    /// The answer to a signed request. An error says that no answer came: the server may have heard
    /// the request or not.
    pub(crate) fn ask(
        &mut self,
        signer: &Signer,
        method: &str,
        path: &str,
        body: &str,
    ) -> Result<Reply> {
        let request = Request { method, path, body: body.as_bytes(), server_api_version: 0 };
        let headers = sign(Version::V1_3, &signer.name, now()?, &request, &signer.key)?;
        let mut text = format!(
            "{method} {path} HTTP/1.1\r\nHost: pantry.example\r\nAccept: application/json\r\n\
             X-Chef-Version: 18.0.0\r\n"
        );
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if !body.is_empty() {
            let length = body.len();
            let of_body = format!("Content-Type: application/json\r\nContent-Length: {length}\r\n");
            text.push_str(&of_body);
        }
        self.send(&(text + "\r\n" + body))
    }

    /// The answer, which must have this status.
    pub(crate) fn expect(
        &mut self,
        status: u16,
        signer: &Signer,
        (method, path, body): (&str, &str, &str),
    ) -> Result<Reply> {
        let reply = self.ask(signer, method, path, body)?;
        ensure!(reply.status == status, "{} {method} {path} {body}: {reply:?}", signer.name);
        Ok(reply)
    }

    fn send(&mut self, text: &str) -> Result<Reply> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => TcpStream::connect(("127.0.0.1", self.port))?,
        };
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_nodelay(true)?;
        stream.write_all(text.as_bytes())?;
        let reply = read(&mut stream)?;
        if reply.header("connection") != Some("close") {
            self.stream = Some(stream);
        }
        Ok(reply)
    }
}

fn read(stream: &mut TcpStream) -> Result<Reply> {
    let (mut read, mut buffer) = (Vec::new(), [0; 16_384]);
    loop {
        let count = stream.read(&mut buffer).context("no answer")?;
        ensure!(count > 0, "the connection ended: {}", String::from_utf8_lossy(&read));
        read.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&read);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let status = head.split(' ').nth(1).context("no status")?.parse()?;
        let reply = Reply { status, head: head.to_owned(), body: body.to_owned() };
        if reply.status == 204 {
            return Ok(reply);
        }
        let length: usize = reply.header("content-length").context("no length")?.parse()?;
        if body.len() >= length {
            return Ok(reply);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a signature carries the time of day")]
fn now() -> Result<SigningTime> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    Ok(SigningTime::from_unix(seconds.try_into()?)?)
}
