//! Signatures that open to something like the right block. Who verifies by looking for the message
//! inside the padding has taken such ones (Bleichenbacher at CRYPTO 2006, and many times since);
//! with a small exponent they can be made without the key. Here they are made with it.

use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pantry_sign::Version;
use proptest::prelude::*;

use crate::house::{Headers, KEYS, PEMS, Signed, any_signed, any_version, key};
use crate::oracle::Oracle;

const SHA1_INFO: &[u8] = b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14";
const SHA256_INFO: &[u8] =
    b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

fn hash(algorithm: &'static Algorithm, bytes: &[u8]) -> String {
    STANDARD.encode(digest(algorithm, bytes))
}

/// What is padded, written down once more from the protocol's description.
fn message(version: Version, signed: &Signed) -> Vec<u8> {
    let Signed { method, path, body, server_api_version, user, time } = signed;
    let sha1 = |bytes: &[u8]| hash(&SHA1_FOR_LEGACY_USE_ONLY, bytes);
    let user = if version == Version::V1_1 || version == Version::V1_2 {
        sha1(user.as_bytes())
    } else {
        user.clone()
    };
    let mut lines = vec![format!("Method:{method}")];
    if version == Version::V1_3 {
        lines.push(format!("Path:{path}"));
        lines.push(format!("X-Ops-Content-Hash:{}", hash(&SHA256, body)));
        lines.push("X-Ops-Sign:version=1.3".to_owned());
    } else {
        lines.push(format!("Hashed Path:{}", sha1(path.as_bytes())));
        lines.push(format!("X-Ops-Content-Hash:{}", sha1(body)));
    }
    lines.push(format!("X-Ops-Timestamp:{time}"));
    lines.push(format!("X-Ops-UserId:{user}"));
    if version == Version::V1_3 {
        lines.push(format!("X-Ops-Server-API-Version:{server_api_version}"));
    }
    let text = lines.join("\n").into_bytes();
    match version {
        Version::V1_0 | Version::V1_1 => text,
        Version::V1_2 => [SHA1_INFO, digest(&SHA1_FOR_LEGACY_USE_ONLY, &text).as_ref()].concat(),
        Version::V1_3 => [SHA256_INFO, digest(&SHA256, &text).as_ref()].concat(),
    }
}

fn padded(length: usize, message: &[u8]) -> Vec<u8> {
    let filling = vec![0xff; length - 3 - message.len()];
    [&[0, 1], &*filling, &[0], message].concat()
}

fn forged(oracle: &Oracle, headers: &Headers, block: &[u8]) -> Headers {
    assert_eq!(block.len(), oracle.len());
    headers.with_signature(&oracle.seal(block))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// A second RSA and a second description of the protocol say of every signature what we say,
    /// whether it is good or has a flipped bit.
    #[test]
    fn the_oracle_agrees(
        version in any_version(),
        signed in any_signed(),
        which in 0..3_usize,
        bit in any::<prop::sample::Index>(),
    ) {
        // A text as it is is too long for 1024 bits.
        let which = if version == Version::V1_0 || version == Version::V1_1 { 1 } else { which };
        let (key, oracle) = (&KEYS[which], Oracle::new(PEMS[which]));
        let headers = signed.headers(version, key);
        let block = padded(oracle.len(), &message(version, &signed));
        let mut signature = headers.signature();
        prop_assert_eq!(&oracle.seal(&block), &signature);
        let expected = Some(block);
        prop_assert_eq!(&oracle.open(&signature), &expected);
        prop_assert!(signed.is_verified(&headers, key.public_key()));

        let bit = bit.index(signature.len() * 8);
        signature[bit / 8] ^= 1 << (bit % 8);
        prop_assert_ne!(&oracle.open(&signature), &expected);
        prop_assert!(!signed.is_verified(&headers.with_signature(&signature), key.public_key()));
    }

    #[test]
    fn forged_paddings_are_refused(version in any_version(), signed in any_signed()) {
        let (oracle, public) = (Oracle::new(PEMS[1]), key().public_key());
        let headers = signed.headers(version, key());
        let message = message(version, &signed);
        let right = padded(oracle.len(), &message);
        prop_assert!(signed.is_verified(&forged(&oracle, &headers, &right), public));

        let garbage = |length: usize| vec![0xa5; length];
        let room = oracle.len() - message.len();
        let short = [&[0, 1], &[0xff; 8][..], &[0]].concat();
        let without_filling = [0, 1, 0];
        let mut not_filled = right;
        not_filled[room / 2] = 0xfe;
        let of_type = |kind: u8, filling: u8| {
            let filling = vec![filling; room - 3];
            [&[0, kind], &*filling, &[0], &*message].concat()
        };
        let mut blocks = vec![
            ("garbage after the message", [&short, &*message, &garbage(room - 11)].concat()),
            ("garbage before it", [&short, &*garbage(room - 11), &message].concat()),
            ("zeros after it", [&short, &*message, &vec![0; room - 11]].concat()),
            ("no filling", [&without_filling[..], &message, &garbage(room - 3)].concat()),
            ("one wrong filling byte", not_filled),
            ("a padding for encryption", of_type(2, 0xff)),
            ("the oldest padding", of_type(0, 0)),
            ("a padding of no type", of_type(1, 0xfe)),
            ("no padding", [&vec![0; room], &*message].concat()),
            ("an empty message", padded(oracle.len(), b"")),
            ("a cut message", padded(oracle.len(), &message[..message.len() - 1])),
            ("a longer message", padded(oracle.len(), &[&*message, &[0]].concat())),
        ];
        if let Some(digest) = message.strip_prefix(SHA256_INFO) {
            let no_parameters = b"\x30\x2f\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x04\x20";
            let other = [&no_parameters[..], digest].concat();
            blocks.push(("another envelope", padded(oracle.len(), &other)));
            blocks.push(("no envelope", padded(oracle.len(), digest)));
            let other = [SHA1_INFO, &digest[..20]].concat();
            blocks.push(("a shorter digest", padded(oracle.len(), &other)));
        }
        for (what, block) in blocks {
            prop_assert!(!signed.is_verified(&forged(&oracle, &headers, &block), public), "{}", what);
        }
    }
}

#[test]
fn signatures_of_other_lengths_are_refused() {
    let time = "2026-11-21T07:00:00Z".parse().unwrap();
    let (method, path, user) = ("GET".to_owned(), "/nodes".to_owned(), "bob".to_owned());
    let signed = Signed { method, path, body: Vec::new(), server_api_version: 0, user, time };
    let public = key().public_key();
    for version in Version::ALL {
        let headers = signed.headers(version, key());
        let signature = headers.signature();
        let modulus = padded(256, &[]).len();
        assert_eq!(signature.len(), modulus);
        for other in [
            vec![],
            vec![0],
            vec![0; 256],
            vec![0xff; 256],
            signature[1..].to_vec(),
            [&[0], &*signature].concat(),
            [&*signature, &[0]].concat(),
            signature.repeat(4),
        ] {
            assert!(!signed.is_verified(&headers.with_signature(&other), public), "{other:?}");
        }
        assert!(!signed.is_verified(&headers, KEYS[0].public_key()));
        assert!(!signed.is_verified(&headers, KEYS[2].public_key()));
    }
}
