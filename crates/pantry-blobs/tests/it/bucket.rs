//! A bucket of contents, on a server that answers as S3 does.

use std::time::Duration;

use pantry_blobs::{BlobError, Blobs, Bucket, BucketConfig, Keys};
use pantry_model::{Sha256, Timestamp};
use pantry_testkit::moto::Moto;

use crate::contract::{bytes, holds, keep};

fn config(endpoint: &str, prefix: &str) -> BucketConfig {
    BucketConfig {
        bucket: "pantry".to_owned(),
        prefix: prefix.to_owned(),
        endpoint: Some(endpoint.to_owned()),
        region: None,
        allow_http: true,
        keys: Keys {
            access_key_id: "key".to_owned(),
            secret_access_key: "secret".to_owned(),
            session_token: None,
        },
    }
}

/// One server for all of it: starting it takes as long as the rest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_keeps_contents() {
    let moto = Moto::start().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let open = |prefix: &str| {
        Bucket::open(&config(&moto.url(), prefix), folder.path(), Timestamp(0)).unwrap()
    };
    let missing = open("a/b").answers().await.unwrap_err().to_string();
    assert!(missing.contains("s3://pantry/a/b at http://127.0.0.1:"), "{missing}");
    assert!(missing.contains("make the bucket first"), "{missing}");
    let missing = open("a/b").size(&Sha256([0; 32])).await;
    assert!(missing.is_err() || missing == Ok(None));

    moto.make_bucket("pantry").unwrap();
    holds(&open("a/b")).await;
    holds(&open("")).await;

    // One part of a bucket knows nothing of another, and a link leads past this server.
    let (one, other) = (open("one"), open("other"));
    let of = keep(&one, &bytes(1000)).await;
    assert_eq!(other.size(&of).await.unwrap(), None);
    assert_eq!(other.list(None, 10).await.unwrap(), []);
    let link = one.link(&of, Duration::from_secs(60)).await.unwrap().unwrap();
    let path = format!("{}/pantry/one/{of}?", moto.url());
    assert!(link.starts_with(&path) && link.contains("X-Amz-Signature="), "{link}");
    assert!(!link.contains("secret"), "{link}");
}

#[tokio::test]
async fn a_bucket_that_is_away_is_said_to_be_away() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody listens on the port of discarding.
    let config = config("http://127.0.0.1:9", "");
    let blobs = Bucket::open(&config, folder.path(), Timestamp(0)).unwrap();
    let refused = blobs.size(&Sha256([0; 32])).await.unwrap_err();
    let BlobError::Unavailable(text) = &refused else { panic!("{refused:?}") };
    assert!(text.starts_with("s3://pantry at http://127.0.0.1:9 cannot be looked at"), "{text}");
    assert!(text.contains("does that run?"), "{text}");
    assert!(!format!("{config:?}").contains("secret"), "{config:?}");
}

#[tokio::test]
async fn plain_http_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let config = BucketConfig { allow_http: false, ..config("http://127.0.0.1:9", "") };
    let opened = Bucket::open(&config, folder.path(), Timestamp(0));
    let refused = match opened {
        Ok(blobs) => blobs.size(&Sha256([0; 32])).await.unwrap_err(),
        Err(refused) => refused,
    };
    assert!(matches!(refused, BlobError::Unavailable(_)), "{refused}");
}
