//! Whatever stands in the head of a request, but for what `sign` reads: the path, the query, and the
//! headers that the server reads itself.
//!
//! The input is a line with the request's target, and lines with headers.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut lines = input.split(|byte| *byte == b'\n');
    let target = lines.next().unwrap_or_default();
    let headers = lines.map(|line| {
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = line.split_at(colon);
        (name, value.strip_prefix(b": ").unwrap_or(value))
    });
    pantry_http::fuzz::head(target, headers);
});
