//! Headers that no client of Chef's would send, or that got lost on the way.

use pantry_sign::{Claim, ClaimError, MAX_SIGNATURE_TEXT, PublicKey, SignError, Version, sign};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::house::{Headers, PEMS, Signed, any_signed, any_version, key};

const NAMES: [&str; 6] = [
    "X-Ops-UserId",
    "X-Ops-Timestamp",
    "X-Ops-Sign",
    "X-Ops-Content-Hash",
    "X-Ops-Authorization-1",
    "X-Ops-Authorization-2",
];

fn signed() -> Signed {
    let time = "2026-11-21T07:00:00Z".parse().unwrap();
    let (method, path, user) = ("POST".to_owned(), "/nodes".to_owned(), "bob".to_owned());
    Signed { method, path, body: b"{}".to_vec(), server_api_version: 0, user, time }
}

fn read(headers: &Headers) -> Result<Claim, ClaimError> {
    Claim::read(|name| headers.get(name))
}

proptest! {
    #[test]
    fn any_bytes_in_headers_are_refused(
        values in vec(vec(any::<u8>(), 0..80), NAMES.len()),
        replaced in vec(any::<bool>(), NAMES.len()),
        version in any_version(),
        signed in any_signed(),
    ) {
        let mut headers = signed.headers(version, key());
        for ((name, value), replaced) in NAMES.into_iter().zip(values).zip(&replaced) {
            if *replaced {
                *headers.value(name) = value;
            }
        }
        let verified = signed.is_verified(&headers, key().public_key());
        let only_hash = replaced.iter().enumerate().all(|(at, replaced)| at == 3 || !replaced);
        prop_assert!(!verified || only_hash);
    }

    #[test]
    fn any_text_is_no_key(text in ".{0,200}") {
        prop_assert!(PublicKey::from_pem(&text).is_err());
    }

    #[test]
    fn a_damaged_key_is_refused_or_another(at in any::<prop::sample::Index>(), letter in "[A-Za-z0-9+/= \n-]") {
        let mut pem = key().public_key().to_pem();
        let at = at.index(pem.len());
        pem.replace_range(at..=at, &letter);
        if let Ok(other) = PublicKey::from_pem(&pem) {
            let again = PublicKey::from_pem(&other.to_pem()).unwrap();
            prop_assert_eq!(&again, &other);
        }
        let mut pem = PEMS[1].to_owned();
        let at = at.min(pem.len() - 1);
        pem.replace_range(at..=at, &letter);
        if let Ok(other) = pantry_sign::PrivateKey::from_pem(&pem) {
            prop_assert_eq!(other.public_key(), key().public_key());
        }
    }
}

#[test]
fn what_is_missing_is_named_all_at_once() {
    let mut headers = signed().headers(Version::V1_1, key());
    headers.remove("x-ops-sign");
    headers.value("X-Ops-Timestamp").clear();
    let error = read(&headers).unwrap_err();
    let sentence = "missing required authentication header(s) 'X-Ops-Timestamp', 'X-Ops-Sign'";
    assert_eq!(error.to_string(), sentence);
    let all = vec!["X-Ops-UserId", "X-Ops-Timestamp", "X-Ops-Sign", "X-Ops-Content-Hash"];
    assert_eq!(read(&Headers(Vec::new())), Err(ClaimError::MissingHeaders(all)));
}

#[test]
fn bad_times_and_protocols_are_told_apart() {
    let mut headers = signed().headers(Version::V1_1, key());
    *headers.value("X-Ops-Sign") = b"version=8.1".to_vec();
    let error = read(&headers).unwrap_err();
    assert_eq!(error, ClaimError::UnsupportedProtocol);
    assert_eq!(error.to_string(), "Unsupported authentication protocol version");
    // The original looks at the time first.
    *headers.value("X-Ops-Timestamp") = b"xxx".to_vec();
    let error = read(&headers).unwrap_err();
    assert_eq!(error, ClaimError::BadTimestamp);
    assert_eq!(error.to_string(), "bad header(s) 'X-Ops-Timestamp'");
}

#[test]
fn a_signature_with_a_part_missing_is_a_bad_one_and_no_missing_header() {
    let (signed, public) = (signed(), key().public_key());
    for version in Version::ALL {
        let whole = signed.headers(version, key());
        assert_eq!(whole.lines(), 6);
        let without = |lines: &[usize]| {
            let mut headers = whole.clone();
            lines.iter().for_each(|line| headers.remove(&format!("X-Ops-Authorization-{line}")));
            headers
        };
        let mut emptied = whole.clone();
        emptied.value("X-Ops-Authorization-3").clear();
        let mut undecodable = whole.clone();
        *undecodable.value("X-Ops-Authorization-1") = b"xxx".to_vec();
        let all = without(&[1, 2, 3, 4, 5, 6]);
        for headers in [all, without(&[1]), without(&[3]), without(&[6]), emptied, undecodable] {
            assert!(read(&headers).is_ok(), "{headers:?}");
            assert!(!signed.is_verified(&headers, public), "{headers:?}");
        }
        // What stands after a gap does not count.
        let mut more = whole.clone();
        more.0.push(("X-Ops-Authorization-8".to_owned(), b"AAAA".to_vec()));
        assert!(signed.is_verified(&more, public));
        more.0.push(("X-Ops-Authorization-7".to_owned(), b"AAAA".to_vec()));
        assert!(!signed.is_verified(&more, public));
    }
}

#[test]
fn the_longest_signature_has_a_limit() {
    let signed = signed();
    let mut headers = signed.headers(Version::V1_3, key());
    let room = MAX_SIGNATURE_TEXT - headers.signature().len().div_ceil(3) * 4;
    // White space is no part of base64, and so does no harm but for its length.
    headers.value("X-Ops-Authorization-2").splice(0..0, vec![b' '; room]);
    assert!(signed.is_verified(&headers, key().public_key()));
    headers.value("X-Ops-Authorization-2").insert(0, b' ');
    assert!(!signed.is_verified(&headers, key().public_key()));
}

#[test]
fn a_name_that_breaks_headers_is_not_signed_with() {
    let signed = signed();
    for user in ["", "bob\r\nX-Ops-Request-Source: web", "bob\0"] {
        let made = sign(Version::V1_3, user, signed.time, &signed.request(), key());
        assert_eq!(made, Err(SignError::User), "{user:?}");
    }
}
