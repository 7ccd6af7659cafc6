//! The time in these tests, and clients that have it.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use pantry_http_client::{ChefClient, Config, HttpClient, Identity, Limits, Retries, ServerUrl};
use pantry_model::{Clock, Timestamp};
use pantry_sign::{PrivateKey, Version};

use crate::bad_server::BadServer;

/// 2026-11-21T07:00:00Z.
pub(crate) const NOW: i64 = 1_795_244_400;

/// A clock that stands.
pub(crate) struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp(NOW * 1000)
    }
}

pub(crate) static KEY: LazyLock<PrivateKey> =
    LazyLock::new(|| PrivateKey::generate(PrivateKey::USUAL_BITS).unwrap());

/// Short times, so that a test that waits for one is soon over.
pub(crate) fn impatient() -> Config {
    Config {
        limits: Limits {
            connect_within: Duration::from_secs(5),
            silent_for: Duration::from_millis(300),
            answer_within: Duration::from_secs(5),
            transfer_within: Duration::from_secs(5),
            max_answer_bytes: 10_000,
        },
        retries: Retries {
            attempts: 3,
            first_pause: Duration::from_millis(5),
            longest_pause: Duration::from_secs(2),
        },
        ..Config::default()
    }
}

pub(crate) fn http(config: Config) -> HttpClient {
    HttpClient::new(config, Arc::new(Standing))
}

/// Somebody with the one key of these tests, asking in the application `shop`.
pub(crate) fn asking(name: &str, url: &ServerUrl, protocol: Option<Version>) -> ChefClient {
    let identity = Identity { name: name.to_owned(), key: KEY.clone() };
    ChefClient::new(http(impatient()), url.join("/organizations/shop"), identity, protocol)
}

/// Ada, asking this server.
pub(crate) fn ada(server: &BadServer, protocol: Option<Version>) -> ChefClient {
    asking("ada", &server.url(), protocol)
}
