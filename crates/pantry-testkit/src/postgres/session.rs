//! A connection as the superuser, for statements without parameters or answers.
//!
//! PostgreSQL's protocol is simple where no password and no parameters are needed, and speaking it
//! here costs a test less than starting `psql` would. It is also the only way to have a statement
//! done without waiting for it.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Context as _, bail};

use crate::process::PATIENCE;

/// Version 3.0 of the protocol.
const PROTOCOL: u32 = 3 << 16;

/// No message that is read here is longer.
const LONGEST: u32 = 1 << 20;

/// Why a statement was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum SessionError {
    /// The server refuses it.
    #[error("PostgreSQL says {code}: {message}")]
    Refused {
        /// The SQLSTATE.
        code: String,
        message: String,
    },
    #[error("the connection to PostgreSQL: {0:#}")]
    Connection(#[from] anyhow::Error),
}

impl SessionError {
    /// Whether the server refused it with this SQLSTATE.
    pub(super) fn is(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code, .. } if code == wanted)
    }
}

/// A session in the database `postgres`.
#[derive(Debug)]
pub(super) struct Session(UnixStream);

impl Session {
    /// Connects to the server with this socket.
    pub(super) fn open(socket: &Path) -> Result<Self, SessionError> {
        let stream = UnixStream::connect(socket).context("nobody listens")?;
        stream.set_read_timeout(Some(PATIENCE)).context("no time limit")?;
        let mut session = Self(stream);
        let mut message = PROTOCOL.to_be_bytes().to_vec();
        message.extend(b"user\0postgres\0database\0postgres\0application_name\0tests\0\0");
        session.send(None, &message)?;
        session.until_ready()?;
        Ok(session)
    }

    /// Has a statement done.
    pub(super) fn run(&mut self, statement: &str) -> Result<(), SessionError> {
        self.ask(statement)?;
        self.until_ready()
    }

    /// Has a statement done, sometime.
    pub(super) fn ask(&mut self, statement: &str) -> Result<(), SessionError> {
        self.send(Some(b'Q'), &[statement.as_bytes(), b"\0"].concat())?;
        Ok(())
    }

    fn send(&mut self, tag: Option<u8>, body: &[u8]) -> anyhow::Result<()> {
        let mut message: Vec<u8> = tag.into_iter().collect();
        message.extend(u32::try_from(body.len() + 4)?.to_be_bytes());
        message.extend(body);
        self.0.write_all(&message).context("it does not take a message")
    }

    /// Reads until it waits for the next statement.
    fn until_ready(&mut self) -> Result<(), SessionError> {
        let mut refused = Ok(());
        loop {
            let (tag, body) = self.receive()?;
            match tag {
                b'E' => {
                    let (code, message) = (field(&body, b'C'), field(&body, b'M'));
                    // One that ends the session is not followed by anything.
                    let ends = field(&body, b'V') == "FATAL";
                    refused = Err(SessionError::Refused { code, message });
                    if ends {
                        return refused;
                    }
                }
                b'R' if body != [0; 4] => {
                    return Err(anyhow::anyhow!("it asks for a password").into());
                }
                b'Z' => return refused,
                _ => {}
            }
        }
    }

    fn receive(&mut self) -> anyhow::Result<(u8, Vec<u8>)> {
        let mut head = [0; 5];
        self.0.read_exact(&mut head).context("it ended")?;
        let [tag, length @ ..] = head;
        let length = u32::from_be_bytes(length);
        if !(4..LONGEST).contains(&length) {
            bail!("a message of {length} bytes");
        }
        let mut body = vec![0; usize::try_from(length - 4)?];
        self.0.read_exact(&mut body).context("it ended")?;
        Ok((tag, body))
    }
}

/// A field of an error: each is a letter, then text that ends with a zero.
fn field(body: &[u8], wanted: u8) -> String {
    let found = body.split(|&byte| byte == 0).find_map(|field| match field.split_first() {
        Some((&letter, text)) if letter == wanted => Some(text),
        _ => None,
    });
    String::from_utf8_lossy(found.unwrap_or_default()).into_owned()
}
