//! What a bucket is opened with.

use std::fmt;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{BackoffConfig, ClientOptions, RetryConfig};

use super::errors::advised;
use crate::error::BlobError;

/// How long a connection may take to be made.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// How long an answer, or the next bytes of one, may be waited for.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// How often a request is made again that was not answered, or with a fault of the server's, and
/// until when. Whoever waits would rather hear that it cannot be done now.
const RETRIES: usize = 2;
const RETRY_WITHIN: Duration = Duration::from_secs(10);

/// The region, unless it is said: many servers other than Amazon's have none, and take this one.
const REGION: &str = "us-east-1";

/// Which bucket, and how to get there.
#[derive(Clone, Debug)]
pub struct BucketConfig {
    /// Its name.
    pub bucket: String,
    /// What the names of all objects begin with, without a slash at its end; may be empty.
    pub prefix: String,
    /// The URL of the server, if it is not Amazon's.
    pub endpoint: Option<String>,
    /// The region; `us-east-1`, if it is not said.
    pub region: Option<String>,
    /// Whether the server may be asked without TLS.
    pub allow_http: bool,
    /// Who asks.
    pub keys: Keys,
}

/// Who asks, and what proves it. `Debug` does not show that.
#[derive(Clone, PartialEq, Eq)]
pub struct Keys {
    /// The name of the key.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: String,
    /// What goes with a key that is only for a while.
    pub session_token: Option<String>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keys({}, ..)", self.access_key_id)
    }
}

impl BucketConfig {
    /// The bucket, what its keys begin with, and what it is called.
    pub(super) fn build(&self) -> Result<(AmazonS3, Key, String), BlobError> {
        let Keys { access_key_id, secret_access_key, session_token } = &self.keys;
        let options = ClientOptions::new()
            .with_allow_http(self.allow_http)
            .with_connect_timeout(CONNECT_WITHIN)
            .with_read_timeout(ANSWER_WITHIN)
            // A large content may take its time, as long as it goes on.
            .with_timeout_disabled();
        let backoff = BackoffConfig::default();
        let retry = RetryConfig { backoff, max_retries: RETRIES, retry_timeout: RETRY_WITHIN };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&self.bucket)
            .with_region(self.region.as_deref().unwrap_or(REGION))
            .with_access_key_id(access_key_id)
            .with_secret_access_key(secret_access_key)
            .with_client_options(options)
            .with_retry(retry);
        if let Some(token) = session_token {
            builder = builder.with_token(token);
        }
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
        }
        let name = self.to_string();
        let store = builder.build().map_err(|error| advised("opened", &name, &error))?;
        let prefix = Key::parse(&self.prefix).map_err(|error| {
            BlobError::Broken(format!(
                "`{}` cannot begin the names of objects: {error}",
                self.prefix
            ))
        })?;
        Ok((store, prefix, name))
    }
}

impl fmt::Display for BucketConfig {
    /// As its URL, and where it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}", self.bucket)?;
        if !self.prefix.is_empty() {
            write!(f, "/{}", self.prefix)?;
        }
        self.endpoint.as_ref().map_or(Ok(()), |endpoint| write!(f, " at {endpoint}"))
    }
}
