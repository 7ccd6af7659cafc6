//! Whatever is in an agent's journal after a crash, or after somebody else wrote to the disk.
//!
//! The input is read as it is, and once more with its lines made into records with checksums that
//! are right, since no fuzzer guesses those. Compaction must keep what was understood.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pantry_agent::journal::{Contents, parse};

fn record(line: &[u8]) -> Vec<u8> {
    let (document, bytes) = match line.iter().position(|byte| *byte == 0) {
        Some(at) => (&line[..at], &line[at + 1..]),
        None => (line, &[][..]),
    };
    let mut body = (document.len() as u32).to_le_bytes().to_vec();
    body.extend_from_slice(document);
    body.extend_from_slice(bytes);
    let mut record = b"\xf5rec".to_vec();
    record.extend_from_slice(&(body.len() as u32).to_le_bytes());
    record.extend_from_slice(&crc32fast::hash(&body).to_le_bytes());
    record.extend_from_slice(&body);
    record
}

fn check(bytes: &[u8]) {
    let parsed = parse(bytes);
    assert!(parsed.valid <= bytes.len());
    let contents = Contents::replay(parsed.lines);
    let again = Contents::replay(contents.clone().into_lines().collect());
    assert_eq!(again, contents);
}

fuzz_target!(|input: &[u8]| {
    check(input);
    let records: Vec<u8> = input.split(|byte| *byte == b'\n').flat_map(record).collect();
    check(&records);
});
