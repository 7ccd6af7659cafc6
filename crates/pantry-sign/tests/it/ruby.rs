//! Chef's own signing library, alive: what it signs we verify, what we sign it verifies.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pantry_sign::Version;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use crate::house::{Headers, PEMS, Signed, any_signed, any_version, key};

/// Runs `peers/mixlib.rb`. It ends with its standard input.
struct Mixlib {
    child: Child,
    input: Option<ChildStdin>,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Mixlib {
    fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/peers/mixlib.rb");
        let child =
            Command::new("ruby").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child =
            child.unwrap_or_else(|error| panic!("ruby cannot be run: {error} ({HINT})"));
        let input = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut this = Self { child, input, answers };
        let by = this.answer()["by"].as_str().unwrap().to_owned();
        assert!(by.starts_with("mixlib-authentication "), "{by}");
        this
    }

    fn answer(&mut self) -> Value {
        let line = self.answers.next().unwrap_or_else(|| panic!("mixlib.rb has ended ({HINT})"));
        serde_json::from_str(&line.unwrap()).unwrap()
    }

    fn ask(&mut self, version: Version, signed: &Signed, more: (&str, Value)) -> Value {
        let mut question = json!({
            "version": version.number(),
            "method": signed.method,
            "path": signed.path,
            "body": STANDARD.encode(&signed.body),
            "timestamp": signed.time.to_string(),
            "user": signed.user,
            "server_api_version": signed.server_api_version,
            "private_key": PEMS[1],
            "public_key": key().public_key().to_pem(),
        });
        question[more.0] = more.1;
        writeln!(self.input.as_mut().unwrap(), "{question}").unwrap();
        self.answer()
    }

    fn signs(&mut self, version: Version, signed: &Signed) -> Headers {
        let answer = self.ask(version, signed, ("sign", Value::Null));
        let headers = answer["headers"].as_object().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().as_bytes().to_vec();
        let mut headers: Vec<_> =
            headers.map(|(name, value)| (name.clone(), text(value))).collect();
        let version = signed.server_api_version.to_string().into_bytes();
        headers.push(("X-Ops-Server-API-Version".to_owned(), version));
        Headers(headers)
    }

    fn verifies(&mut self, version: Version, signed: &Signed, headers: &Headers) -> bool {
        let text = |bytes: &[u8]| Value::from(std::str::from_utf8(bytes).unwrap());
        let headers: Map<String, Value> =
            headers.0.iter().map(|(name, value)| (name.clone(), text(value))).collect();
        self.ask(version, signed, ("headers", headers.into()))["verified"] == true
    }
}

const HINT: &str = "Debian: apt install ruby-mixlib-authentication";

impl Drop for Mixlib {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.child.wait();
    }
}

#[test]
fn we_and_chef_understand_each_other() {
    let mut mixlib = Mixlib::start();
    let mut runner = TestRunner::new(ProptestConfig::with_cases(200));
    let strategy = (any_version(), any_signed(), any::<prop::sample::Index>());
    // A case must not be repeated while it shrinks in the middle of the talk; it need not be.
    for _ in 0..runner.config().cases {
        let (version, signed, at) = strategy.new_tree(&mut runner).unwrap().current();
        let theirs = mixlib.signs(version, &signed);
        let ours = signed.headers(version, key());
        assert_eq!(theirs.signature(), ours.signature(), "{version:?} {signed:?}");
        assert!(signed.is_verified(&theirs, key().public_key()), "{version:?} {signed:?}");
        assert!(mixlib.verifies(version, &signed, &ours), "{version:?} {signed:?}");

        let mut tampered = signed.clone();
        tampered.body.insert(at.index(signed.body.len() + 1), b'!');
        assert!(!tampered.is_verified(&theirs, key().public_key()), "{version:?} {signed:?}");
        assert!(!mixlib.verifies(version, &tampered, &ours), "{version:?} {signed:?}");
    }
}

#[test]
fn paths_are_written_the_same_way() {
    let mut mixlib = Mixlib::start();
    let time = "2026-11-21T07:00:00Z".parse().unwrap();
    for path in ["/", "//", "/organizations//acme///nodes", "/nodes/", "/nodes//", "/a%2F%2F/"] {
        for version in Version::ALL {
            let (method, user, body) = ("get".to_owned(), "bob".to_owned(), Vec::new());
            let path = path.to_owned();
            let signed = Signed { method, path, body, server_api_version: 1, user, time };
            let theirs = mixlib.signs(version, &signed).signature();
            assert_eq!(theirs, signed.headers(version, key()).signature(), "{signed:?}");
        }
    }
}
