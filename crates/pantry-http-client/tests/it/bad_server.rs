//! A server that answers from a script, byte by byte as it is told, one connection after the other.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use pantry_http_client::ServerUrl;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What it does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Sends this, and goes on with the connection.
    Say(String),
    /// Sends this, and closes the connection.
    SayAndClose(Vec<u8>),
    /// Sends this, and nothing more for ever.
    SayAndHang(String),
    /// Sends this again and again, with pauses, for ever.
    Trickle(String, Duration),
}

/// An answer with a JSON body.
pub(crate) fn json(status: u16, body: &str) -> Act {
    with_headers(status, "", body)
}

/// The same with more headers, each with its line's end.
pub(crate) fn with_headers(status: u16, headers: &str, body: &str) -> Act {
    let length = body.len();
    Act::Say(format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\n\r\n{body}"))
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Heard {
    /// `GET /path HTTP/1.1`.
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
    /// Which connection it came on, from 0.
    pub(crate) connection: usize,
}

impl Heard {
    /// A header's value, by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// The server. It ends with the test.
pub(crate) struct BadServer {
    port: u16,
    heard: Arc<Mutex<Vec<Heard>>>,
}

type Script = Arc<dyn Fn(&Heard, usize) -> Act + Send + Sync>;

impl BadServer {
    /// One that does these one after the other, and the last of them from then on.
    pub(crate) async fn doing(acts: Vec<Act>) -> Self {
        Self::by(move |_, number| acts[number.min(acts.len() - 1)].clone()).await
    }

    /// One that asks for each request, with its number from 0, what to do.
    pub(crate) async fn by(script: impl Fn(&Heard, usize) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (script, all): (Script, _) = (Arc::new(script), heard.clone());
        tokio::spawn(async move {
            for connection in 0.. {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(stream, connection, script.clone(), all.clone()));
            }
        });
        Self { port, heard }
    }

    pub(crate) fn url(&self) -> ServerUrl {
        ServerUrl::new(false, "127.0.0.1", self.port)
    }

    pub(crate) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }
}

async fn serve(
    mut stream: TcpStream,
    connection: usize,
    script: Script,
    all: Arc<Mutex<Vec<Heard>>>,
) {
    while let Some(heard) = read(&mut stream, connection).await {
        let number = {
            let mut all = all.lock().unwrap();
            all.push(heard.clone());
            all.len() - 1
        };
        // A client that has enough goes away, which is its right.
        match script(&heard, number) {
            Act::Say(text) => {
                if stream.write_all(text.as_bytes()).await.is_err() {
                    return;
                }
            }
            Act::SayAndClose(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.shutdown().await;
                return;
            }
            Act::SayAndHang(text) => {
                let _ = stream.write_all(text.as_bytes()).await;
                std::future::pending::<()>().await;
            }
            Act::Trickle(text, pause) => {
                while stream.write_all(text.as_bytes()).await.is_ok() {
                    tokio::time::sleep(pause).await;
                }
                return;
            }
        }
    }
}

async fn read(stream: &mut TcpStream, connection: usize) -> Option<Heard> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let line = lines.next()?.to_owned();
            let headers: Vec<_> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let heard = Heard { line, headers, body: body.to_owned(), connection };
            let length = heard.header("content-length").map_or(0, |text| text.parse().unwrap());
            if body.len() >= length {
                return Some(heard);
            }
        }
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&buffer[..count]),
            _ => return None,
        }
    }
}
