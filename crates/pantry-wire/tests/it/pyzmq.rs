//! Runs `peers/peer.py`, a peer made of pyzmq, in a virtual environment that is made once.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use pantry_model::CurveKeyPair;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::time::timeout;

use crate::house::{DEADLINE, House};

const PYZMQ: &str = "pyzmq==27.3.0";

/// The Python that has pyzmq.
fn python() -> &'static Path {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
        let (python, stamp) = (home.join("bin/python"), home.join("pyzmq.done"));
        // Other test processes may be here at the same time.
        let lock = File::create(home.with_extension("lock")).unwrap();
        lock.lock().unwrap();
        if std::fs::read_to_string(&stamp).is_ok_and(|done| done == PYZMQ) {
            return python;
        }
        let home = home.to_str().unwrap();
        run("python3", &["-m", "venv", "--clear", home], "Debian: apt install python3-venv");
        let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", PYZMQ];
        run(python.to_str().unwrap(), &pip, "PyPI must be reachable the first time");
        std::fs::write(&stamp, PYZMQ).unwrap();
        python
    })
}

fn run(program: &str, arguments: &[&str], hint: &str) {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| {
        panic!("these tests need {program}, which cannot be run: {error} ({hint})")
    });
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?} failed ({hint}): {text}");
}

/// A running peer. It ends with its standard input.
pub(crate) struct Peer {
    name: String,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    /// Everything it said so far.
    pub(crate) seen: Vec<Value>,
    _child: Child,
}

/// How a peer differs from one that is as it should be.
pub(crate) struct Spec<'a> {
    pub(crate) socket: &'a str,
    pub(crate) mechanism: &'a str,
    pub(crate) subscribe: &'a [&'a str],
    pub(crate) send: Vec<Vec<Vec<u8>>>,
    pub(crate) server_key: Option<String>,
    /// Where to, if not to the server itself.
    pub(crate) port: Option<u16>,
}

impl Spec<'_> {
    pub(crate) fn of(socket: &str) -> Spec<'_> {
        Spec {
            socket,
            mechanism: "CURVE",
            subscribe: &[],
            send: Vec::new(),
            server_key: None,
            port: None,
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn hex_all(messages: &[Vec<Vec<u8>>]) -> Value {
    messages.iter().map(|frames| frames.iter().map(|frame| hex(frame)).collect::<Value>()).collect()
}

impl Peer {
    /// Starts a peer of this server: `SUB` and `XSUB` connect to where it publishes, everything
    /// else to where it receives.
    pub(crate) fn start(house: &House, keys: &CurveKeyPair, spec: Spec<'_>) -> Self {
        let port = match spec.socket {
            "SUB" | "XSUB" => house.server.pub_sub_port().unwrap(),
            _ => house.server.receive_port(),
        };
        let port = spec.port.unwrap_or(port);
        let topics: Vec<String> =
            spec.subscribe.iter().map(|topic| hex(topic.as_bytes())).collect();
        let argument = json!({
            "socket": spec.socket,
            "mechanism": spec.mechanism,
            "endpoint": format!("tcp://127.0.0.1:{port}"),
            "server_key": spec.server_key.unwrap_or_else(|| house.keys.public.to_string()),
            "public": keys.public.to_string(),
            "secret": keys.secret.expose_text(),
            "subscribe": topics,
            "send": hex_all(&spec.send),
        });
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/peers/peer.py");
        let mut child = tokio::process::Command::new(python())
            .args([script, &argument.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self {
            name: format!("{} {}", spec.socket, spec.mechanism),
            input: child.stdin.take().unwrap(),
            lines: BufReader::new(child.stdout.take().unwrap()).lines(),
            seen: Vec::new(),
            _child: child,
        }
    }

    async fn next(&mut self) -> Value {
        let line = timeout(DEADLINE, self.lines.next_line()).await;
        let line = line.unwrap_or_else(|_| panic!("{} says no more: {:?}", self.name, self.seen));
        let line = line.unwrap().unwrap_or_else(|| panic!("{} ended", self.name));
        let value: Value = serde_json::from_str(&line).unwrap();
        self.seen.push(value.clone());
        value
    }

    /// Waits for this event.
    pub(crate) async fn event(&mut self, name: &str) {
        while self.next().await["event"] != name {}
    }

    /// The second body frame of the next message it hears (the text, in these tests).
    pub(crate) async fn heard(&mut self) -> String {
        loop {
            let value = self.next().await;
            if value["event"] == "message" {
                return last_frame(&value);
            }
        }
    }

    /// The texts of all messages it has told of so far.
    pub(crate) fn all_heard(&self) -> Vec<String> {
        self.seen.iter().filter(|value| value["event"] == "message").map(last_frame).collect()
    }

    /// Tells it something, and waits until it has done it.
    pub(crate) async fn tell(&mut self, command: Value) {
        self.input.write_all(format!("{command}\n").as_bytes()).await.unwrap();
        self.event("done").await;
    }

    /// Lets it send these messages.
    pub(crate) async fn send(&mut self, messages: &[Vec<Vec<u8>>]) {
        self.tell(json!({ "send": hex_all(messages) })).await;
    }
}

fn last_frame(message: &Value) -> String {
    let frame = message["frames"].as_array().unwrap().last().unwrap().as_str().unwrap();
    let bytes = (0..frame.len()).step_by(2).map(|at| u8::from_str_radix(&frame[at..at + 2], 16));
    String::from_utf8(bytes.map(Result::unwrap).collect()).unwrap()
}
