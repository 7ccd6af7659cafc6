//! Whatever a peer sends: as frames of a message, and as each of the names that messages hold.
//!
//! The input is a list of frames, each preceded by its length in two bytes. What decodes must come
//! out the same when it is written and read again, and so must every name that parses.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pantry_model::{JobId, Principal, Stream};
use pantry_wire::frames::{decode, encode};

fn split(mut input: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    while let Some((length, rest)) = input.split_first_chunk::<2>() {
        let length = usize::from(u16::from_le_bytes(*length)).min(rest.len());
        let (frame, rest) = rest.split_at(length);
        frames.push(frame.to_vec());
        input = rest;
    }
    frames
}

fn names(bytes: &[u8]) {
    if let Some(stream) = Stream::from_bytes(bytes) {
        assert_eq!(stream.as_bytes(), bytes);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(principal) = text.parse::<Principal>() {
        assert_eq!(principal.to_string(), text);
        for stream in Stream::entitled(&principal) {
            assert_eq!(Stream::from_bytes(stream.as_bytes()), Some(stream));
        }
    }
    if let Ok(job) = text.parse::<JobId>() {
        assert_eq!(job.to_string(), text);
    }
}

fuzz_target!(|input: &[u8]| {
    let frames = split(input);
    for frame in &frames {
        names(frame);
    }
    if let Ok(message) = decode(frames) {
        let again = encode(&message).expect("what was read can be written");
        assert_eq!(decode(again), Ok(message));
    }
});
