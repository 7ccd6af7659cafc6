//! Requests that Chef's own library signed once, kept with all its headers; see each one's
//! `made_by`. RSA signatures of this kind have no randomness, so ours must be the same to the byte.

use std::collections::BTreeMap;

use pantry_sign::{PrivateKey, Version};
use serde::Deserialize;

use crate::house::{Headers, Signed};

#[derive(Deserialize)]
struct Vector {
    made_by: String,
    version: String,
    key: String,
    method: String,
    path: String,
    body: String,
    timestamp: String,
    user: String,
    server_api_version: u32,
    headers: BTreeMap<String, String>,
}

fn vectors() -> Vec<(Vector, Version, PrivateKey, Signed)> {
    let vectors: Vec<Vector> = serde_json::from_str(include_str!("vectors/requests.json")).unwrap();
    let whole = vectors.into_iter().map(|vector| {
        let version = Version::ALL.into_iter().find(|version| version.number() == vector.version);
        let key = ["1024", "2048", "4096"].iter().position(|bits| *bits == vector.key).unwrap();
        let signed = Signed {
            method: vector.method.clone(),
            path: vector.path.clone(),
            body: vector.body.clone().into_bytes(),
            server_api_version: vector.server_api_version,
            user: vector.user.clone(),
            time: vector.timestamp.parse().unwrap(),
        };
        (vector, version.unwrap(), crate::house::KEYS[key].clone(), signed)
    });
    whole.collect()
}

#[test]
fn what_chef_signed_is_verified() {
    let mut versions = Vec::new();
    for (vector, version, key, signed) in vectors() {
        let headers = vector.headers.into_iter().map(|(name, value)| (name, value.into_bytes()));
        let headers = Headers(headers.collect());
        let by = vector.made_by;
        assert!(signed.is_verified(&headers, key.public_key()), "{version:?} by {by}: {signed:?}");
        versions.push(version);
    }
    assert!(Version::ALL.iter().all(|version| versions.contains(version)));
}

#[test]
fn the_same_headers_are_made() {
    for (vector, version, key, signed) in vectors() {
        let mut ours = signed.headers(version, &key);
        assert_eq!(ours.get("X-Ops-Server-API-Version").unwrap().len(), 1);
        // The library leaves this one to the HTTP client.
        ours.remove("X-Ops-Server-API-Version");
        assert_eq!(ours.0.len(), vector.headers.len());
        for (name, value) in &vector.headers {
            assert_eq!(ours.get(name), Some(value.as_bytes()), "{name}, {version:?}: {signed:?}");
        }
    }
}
