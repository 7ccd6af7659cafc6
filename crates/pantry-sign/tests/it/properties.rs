//! What holds for every request: what was signed is verified, and nothing else is.

use pantry_sign::{Claim, SignError, Version, sign};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::house::{Headers, KEYS, Signed, any_signed, any_version, key};

#[derive(Clone, Copy, Debug)]
enum Part {
    Method,
    Path,
    Body,
    Header(&'static str),
    ServerApiVersion,
    Signature(Index),
}

fn any_part() -> impl Strategy<Value = Part> {
    prop_oneof![
        Just(Part::Method),
        Just(Part::Path),
        Just(Part::Body),
        Just(Part::Header("X-Ops-UserId")),
        Just(Part::Header("X-Ops-Timestamp")),
        Just(Part::Header("X-Ops-Content-Hash")),
        Just(Part::ServerApiVersion),
        any::<Index>().prop_map(Part::Signature),
    ]
}

fn flip(bytes: &mut [u8], bit: Index, bits: usize) {
    let bit = bit.index(bytes.len() * bits);
    bytes[bit / bits] ^= 1 << (bit % bits);
}

/// Seven bits, so that a text stays one.
fn flip_text(text: &mut String, bit: Index) {
    let mut bytes = std::mem::take(text).into_bytes();
    flip(&mut bytes, bit, 7);
    *text = String::from_utf8(bytes).unwrap();
}

/// Whether the protocol's signature covers the part.
fn is_covered(version: Version, part: Part) -> bool {
    match part {
        Part::ServerApiVersion => version == Version::V1_3,
        // There the computed hash is covered, and nobody compares the header with it.
        Part::Header("X-Ops-Content-Hash") => matches!(version, Version::V1_0 | Version::V1_1),
        _ => true,
    }
}

fn tamper(signed: &mut Signed, headers: &mut Headers, part: Part, bit: Index) {
    match part {
        Part::Method => flip_text(&mut signed.method, bit),
        Part::Path => flip_text(&mut signed.path, bit),
        Part::Body if signed.body.is_empty() => signed.body.push(0),
        Part::Body => flip(&mut signed.body, bit, 8),
        Part::Header(name) => flip(headers.value(name), bit, 8),
        Part::ServerApiVersion => signed.server_api_version ^= 1 << bit.index(32),
        Part::Signature(line) => {
            let line = line.index(headers.lines()) + 1;
            flip(headers.value(&format!("X-Ops-Authorization-{line}")), bit, 8);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_was_signed_is_verified(version in any_version(), signed in any_signed(), which in 0..3_usize) {
        let key = &KEYS[which];
        let made = sign(version, &signed.user, signed.time, &signed.request(), key);
        if which == 0 && matches!(version, Version::V1_0 | Version::V1_1) {
            let is_too_short = matches!(made, Err(SignError::KeyTooShort { bits: 1024, room: 117, needed: 118.., .. }));
            prop_assert!(is_too_short, "{:?}", made);
            return Ok(());
        }
        prop_assert!(made.is_ok());
        let headers = signed.headers(version, key);
        prop_assert!(signed.is_verified(&headers, key.public_key()));
        let claim = Claim::read(|name| headers.get(name)).unwrap();
        prop_assert_eq!((claim.version(), claim.user(), claim.time()), (version, &*signed.user, signed.time));
        prop_assert!(headers.0.iter().all(|(_, value)| value.len() <= 64));
    }

    #[test]
    fn a_flipped_bit_is_noticed(
        version in any_version(),
        signed in any_signed(),
        part in any_part(),
        bit in any::<Index>(),
    ) {
        let headers = signed.headers(version, key());
        let (mut other, mut tampered) = (signed.clone(), headers);
        tamper(&mut other, &mut tampered, part, bit);
        // The case of a method's letters is nothing that is signed.
        prop_assume!(!other.method.eq_ignore_ascii_case(&signed.method) || !matches!(part, Part::Method));
        let verified = other.is_verified(&tampered, key().public_key());
        prop_assert_eq!(verified, !is_covered(version, part), "{:?} {:?}", version, part);
    }

    #[test]
    fn a_signature_holds_for_its_protocol_alone(signed in any_signed(), as_one in any_version(), as_other in any_version()) {
        let mut headers = signed.headers(as_one, key());
        *headers.value("X-Ops-Sign") = as_other.description().into();
        prop_assert_eq!(signed.is_verified(&headers, key().public_key()), as_one == as_other);
    }

    #[test]
    fn query_and_superfluous_slashes_are_not_signed(version in any_version(), signed in any_signed()) {
        let headers = signed.headers(version, key());
        let mut other = signed.clone();
        other.path = format!("{}//?q=a//b/", signed.path.replace('/', "//"));
        prop_assert!(other.is_verified(&headers, key().public_key()));
        other.method = signed.method.to_lowercase();
        prop_assert!(other.is_verified(&headers, key().public_key()));
    }

    #[test]
    fn the_skew_is_what_it_must_be_less_than(signed in any_signed(), off in -2000..2000_i64) {
        let headers = signed.headers(Version::V1_1, key());
        let claim = Claim::read(|name| headers.get(name)).unwrap();
        prop_assert_eq!(claim.within(signed.time.unix() + off, 900), off.abs() < 900);
        prop_assert!(!claim.within(i64::MAX, 900) && !claim.within(i64::MIN, 900));
    }
}

#[test]
fn one_key_serves_many_threads_from_its_first_use() {
    let pem = crate::house::PEMS[1];
    let key = pantry_sign::PrivateKey::from_pem(pem).unwrap();
    let time = "2026-11-21T07:00:00Z".parse().unwrap();
    let (method, path, user) = ("PUT".to_owned(), "/nodes/web1".to_owned(), "bob".to_owned());
    let signed = Signed { method, path, body: vec![1], server_api_version: 1, user, time };
    let (key, signed) = (&key, &signed);
    std::thread::scope(|scope| {
        for version in Version::ALL.into_iter().cycle().take(8) {
            scope.spawn(move || {
                for _ in 0..20 {
                    let headers = signed.headers(version, key);
                    assert!(signed.is_verified(&headers, key.public_key()));
                }
            });
        }
    });
}
