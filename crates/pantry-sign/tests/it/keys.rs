//! Keys in every form that they come in, and what is no key.

use pantry_sign::{KeyError, MAX_PEM, PrivateKey, PublicKey, Version};

use crate::house::{KEYS, PEMS, Signed, key};

const PKCS8: &str = include_str!("keys/2048.pkcs8.pem");
const PUBLIC: &str = include_str!("keys/2048.public.pem");
const PKCS1_PUBLIC: &str = include_str!("keys/2048.pkcs1-public.pem");
const CERTIFICATE: &str = include_str!("keys/2048.certificate.pem");
const CERTIFICATE_V1: &str = include_str!("keys/2048.certificate-v1.pem");
const SHORT: &str = include_str!("keys/512.pem");
const EC: &str = include_str!("keys/ec.public.pem");
const PSS: &str = include_str!("keys/pss.public.pem");
const ENCRYPTED: &str = include_str!("keys/encrypted.pem");
const ENCRYPTED_PKCS8: &str = include_str!("keys/encrypted.pkcs8.pem");

#[test]
fn every_form_is_the_same_key() {
    for pem in [PUBLIC, PKCS1_PUBLIC] {
        assert_eq!(&PublicKey::from_pem(pem).unwrap(), key().public_key(), "{pem}");
        let elsewhere = format!("\n  {}\r\n", pem.replace('\n', "\r\n"));
        assert_eq!(&PublicKey::from_pem(&elsewhere).unwrap(), key().public_key());
    }
    for pem in [CERTIFICATE, CERTIFICATE_V1] {
        assert_eq!(&PublicKey::from_certificate_pem(pem).unwrap(), key().public_key(), "{pem}");
    }
    assert_eq!(PrivateKey::from_pem(PKCS8).unwrap().public_key(), key().public_key());
    assert_ne!(KEYS[2].public_key(), key().public_key());
}

#[test]
fn keys_are_written_as_openssl_writes_them() {
    assert_eq!(key().public_key().to_pem(), PUBLIC);
    assert_eq!(*PrivateKey::from_pem(PKCS8).unwrap().to_pem(), PEMS[1]);
    for (key, pem) in KEYS.iter().zip(PEMS) {
        assert_eq!(*key.to_pem(), pem);
    }
}

#[test]
fn a_new_key_signs_and_can_be_kept() {
    let new = PrivateKey::generate(PrivateKey::USUAL_BITS).unwrap();
    assert_eq!(new.public_key().bits(), 2048);
    let kept = PrivateKey::from_pem(&new.to_pem()).unwrap();
    assert_eq!(kept.public_key(), new.public_key());
    let known = PublicKey::from_pem(&new.public_key().to_pem()).unwrap();
    let time = "2026-11-21T07:00:00Z".parse().unwrap();
    let (method, path, user) = ("GET".to_owned(), "/".to_owned(), "bob".to_owned());
    let signed = Signed { method, path, body: Vec::new(), server_api_version: 0, user, time };
    for version in Version::ALL {
        assert!(signed.is_verified(&signed.headers(version, &kept), &known));
    }
    assert_ne!(PrivateKey::generate(2048).unwrap().public_key(), new.public_key());
    assert_eq!(PrivateKey::generate(1024).unwrap_err(), KeyError::NewSize(1024));
}

#[test]
fn what_is_no_key_is_refused_with_the_reason() {
    let public = |pem: &str| PublicKey::from_pem(pem).unwrap_err();
    let private = |pem: &str| PrivateKey::from_pem(pem).unwrap_err();
    for not_pem in ["", "bob", "-----BEGIN PUBLIC KEY-----", &PUBLIC.replace("END", "AND")] {
        assert_eq!((public(not_pem), private(not_pem)), (KeyError::NotPem, KeyError::NotPem));
    }
    for not_pem in [
        format!("x{PUBLIC}"),
        format!("{PUBLIC}x"),
        format!("{PUBLIC}{PUBLIC}"),
        PUBLIC.replace("END PUBLIC", "END RSA PUBLIC"),
        PUBLIC.replace('M', "."),
    ] {
        assert_eq!(public(&not_pem), KeyError::NotPem, "{not_pem}");
    }
    for damaged in [
        EC.to_owned(),
        PSS.to_owned(),
        PKCS1_PUBLIC.replace("RSA PUBLIC", "PUBLIC"),
        PUBLIC.replace("PUBLIC", "RSA PUBLIC"),
        "-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----".to_owned(),
    ] {
        assert_eq!(public(&damaged), KeyError::NotRsa, "{damaged}");
    }
    assert_eq!(private(&PKCS8.replace("PRIVATE", "RSA PRIVATE")), KeyError::NotRsa);
    assert_eq!(private(&PEMS[1].replace("RSA PRIVATE", "PRIVATE")), KeyError::NotRsa);
    assert_eq!(private(SHORT), KeyError::Size(512));
    for encrypted in [ENCRYPTED, ENCRYPTED_PKCS8] {
        assert_eq!(private(encrypted), KeyError::Encrypted);
    }
    assert!(matches!(public(PEMS[1]), KeyError::Kind { found, .. } if found == "RSA PRIVATE KEY"));
    assert!(matches!(private(PUBLIC), KeyError::Kind { found, .. } if found == "PUBLIC KEY"));
    assert!(matches!(public(CERTIFICATE), KeyError::Kind { found, .. } if found == "CERTIFICATE"));
    let certificate = |pem: &str| PublicKey::from_certificate_pem(pem).unwrap_err();
    assert!(matches!(certificate(PUBLIC), KeyError::Kind { found, .. } if found == "PUBLIC KEY"));
    assert_eq!(certificate(&PUBLIC.replace("PUBLIC KEY", "CERTIFICATE")), KeyError::NotRsa);
    let long = "x".repeat(MAX_PEM + 1);
    assert_eq!(public(&long), KeyError::TooLong(MAX_PEM + 1));
}

#[test]
fn a_private_key_that_does_not_belong_together_is_refused() {
    let (one, other) = (PEMS[1], PrivateKey::generate(2048).unwrap());
    let lines: Vec<String> = one.lines().map(str::to_owned).collect();
    let theirs: Vec<String> = other.to_pem().lines().map(str::to_owned).collect();
    for at in 2..lines.len() - 2 {
        let mut mixed = lines.clone();
        mixed[at].clone_from(&theirs[at]);
        assert!(PrivateKey::from_pem(&mixed.join("\n")).is_err(), "line {at}");
    }
}

#[test]
fn a_private_key_is_not_shown() {
    assert_eq!(format!("{:?}", key()), "PrivateKey(2048 bits, ..)");
    assert_eq!(format!("{:?}", key().public_key()), "PublicKey(2048 bits)");
}
