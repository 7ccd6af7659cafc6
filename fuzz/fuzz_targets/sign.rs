//! Whatever a request says of who signed it, and whatever is given for a key.
//!
//! The input is a request: a line with method and path, lines with headers, an empty one, and the
//! body. What can be read of it is verified with a key. The body is taken for a key besides, and
//! one that parses must be the same when it is written and read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pantry_sign::{Claim, PrivateKey, PublicKey, Request};

const KEY: &str = include_str!("../../crates/pantry-sign/tests/it/keys/2048.public.pem");

fn split<'a>(bytes: &'a [u8], at: &[u8]) -> (&'a [u8], &'a [u8]) {
    let found = bytes.windows(at.len()).position(|window| window == at);
    found.map_or((bytes, &[]), |found| (&bytes[..found], &bytes[found + at.len()..]))
}

fn keys(text: &str) {
    for key in
        [PublicKey::from_pem(text), PublicKey::from_certificate_pem(text)].into_iter().flatten()
    {
        assert_eq!(PublicKey::from_pem(&key.to_pem()), Ok(key));
    }
    if let Ok(key) = PrivateKey::from_pem(text) {
        let again = PrivateKey::from_pem(&key.to_pem()).expect("what was read can be read again");
        assert_eq!(again.public_key(), key.public_key());
    }
}

fuzz_target!(|input: &[u8]| {
    let (head, body) = split(input, b"\n\n");
    let (line, headers) = split(head, b"\n");
    let line = String::from_utf8_lossy(line);
    let (method, path) = line.split_once(' ').unwrap_or((&line, ""));
    keys(&String::from_utf8_lossy(body));

    let named = headers.split(|byte| *byte == b'\n').map(|header| split(header, b": "));
    let headers: Vec<(&[u8], &[u8])> = named.collect();
    let header = |name: &str| {
        let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.as_bytes()));
        found.map(|(_, value)| *value)
    };
    if let Ok(claim) = Claim::read(header) {
        let time = claim.time().to_string();
        assert_eq!(header("X-Ops-Timestamp"), Some(time.as_bytes()));
        let key = PublicKey::from_pem(KEY).expect("the key is one");
        let request = Request { method, path, body, server_api_version: 0 };
        claim.block(&request).verify(&key);
    }
});
