//! `http` in `server.yml`: where the Chef API is served, and what its clients may take.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use pantry_model::ApplicationName;
use serde::Deserialize;

use super::values::{seconds, whole};

/// `http`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HttpConfig {
    /// The address and port to listen on.
    pub(crate) listen: SocketAddr,
    /// With what to speak TLS; plain HTTP without.
    pub(crate) tls: Option<TlsConfig>,
    /// The application whose objects are also found without `/organizations/NAME`.
    pub(crate) default_organization: Option<ApplicationName>,
    /// What `statsuser` says to read `/_stats`.
    pub(crate) stats_password: Option<Password>,
    /// What peers may take.
    pub(crate) limits: HttpLimits,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 4000)),
            tls: None,
            default_organization: None,
            stats_password: None,
            limits: HttpLimits::default(),
        }
    }
}

/// `http.tls`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsConfig {
    /// The file with the certificates, PEM.
    pub(crate) certificate: PathBuf,
    /// The file with the key, PEM.
    pub(crate) key: PathBuf,
}

/// A password. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Password(String);

impl Password {
    /// The text.
    #[cfg(feature = "server")]
    pub(crate) fn expose_text(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Password {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text.is_empty() { Err("is empty: leave it out") } else { Ok(Self(text)) }
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// `http.limits`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct HttpLimits {
    /// Connections in all.
    #[serde(deserialize_with = "whole::<16, 1_000_000, _, _>")]
    pub(crate) max_connections: usize,
    /// Connections from one address at a time. A proxy has one address for all its clients.
    #[serde(deserialize_with = "whole::<2, 1_000_000, _, _>")]
    pub(crate) connections_per_address: usize,
    /// How long the head of a request may take.
    #[serde(deserialize_with = "seconds::<1, 600, _>")]
    pub(crate) head_within: Duration,
    /// How long the body of a request may take.
    #[serde(deserialize_with = "seconds::<1, 3600, _>")]
    pub(crate) body_within: Duration,
    /// How long a connection may stay open without a request.
    #[serde(deserialize_with = "seconds::<1, 3600, _>")]
    pub(crate) idle_for: Duration,
    /// How long an answer may wait for its client to take more of it.
    #[serde(deserialize_with = "seconds::<1, 3600, _>")]
    pub(crate) stalled_for: Duration,
    /// How long requests that have begun may take when the server ends.
    #[serde(deserialize_with = "seconds::<1, 600, _>")]
    pub(crate) end_within: Duration,
    /// Bytes of the head of a request.
    #[serde(deserialize_with = "whole::<8192, 1_048_576, _, _>")]
    pub(crate) max_head_bytes: usize,
    /// Bytes of a path with its query.
    #[serde(deserialize_with = "whole::<1024, 65_536, _, _>")]
    pub(crate) max_uri_bytes: usize,
    /// Bytes of a JSON body.
    #[serde(deserialize_with = "whole::<65_536, 268_435_456, _, _>")]
    pub(crate) max_json_bytes: usize,
    /// Bytes of a report of a Chef run.
    #[serde(deserialize_with = "whole::<65_536, 268_435_456, _, _>")]
    pub(crate) max_report_bytes: usize,
    /// Bytes of a file that is uploaded.
    #[serde(deserialize_with = "whole::<1_048_576, 1_099_511_627_776, _, _>")]
    pub(crate) max_upload_bytes: u64,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            max_connections: 20_000,
            connections_per_address: 4096,
            head_within: Duration::from_secs(10),
            body_within: Duration::from_secs(30),
            idle_for: Duration::from_secs(60),
            stalled_for: Duration::from_secs(30),
            end_within: Duration::from_secs(10),
            max_head_bytes: 65_536,
            max_uri_bytes: 16_384,
            max_json_bytes: 2_000_000,
            max_report_bytes: 8_000_000,
            max_upload_bytes: 262_144_000,
        }
    }
}

#[cfg(feature = "server")]
impl From<&HttpLimits> for pantry_http::Limits {
    fn from(limits: &HttpLimits) -> Self {
        Self {
            max_connections: limits.max_connections,
            connections_per_address: limits.connections_per_address,
            head_within: limits.head_within,
            body_within: limits.body_within,
            idle_for: limits.idle_for,
            stalled_for: limits.stalled_for,
            end_within: limits.end_within,
            max_head_bytes: limits.max_head_bytes,
            max_uri_bytes: limits.max_uri_bytes,
            max_json_bytes: limits.max_json_bytes,
            max_report_bytes: limits.max_report_bytes,
            max_upload_bytes: limits.max_upload_bytes,
        }
    }
}

#[cfg(test)]
#[cfg(feature = "server")]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_those_of_the_server() {
        let limits = pantry_http::Limits::from(&HttpLimits::default());
        assert_eq!(limits, pantry_http::Limits::default());
    }

    #[test]
    fn a_password_is_not_shown() {
        let password = Password::try_from("secret".to_owned()).unwrap();
        assert_eq!(format!("{password:?}"), "Password(..)");
        assert!(Password::try_from(String::new()).is_err());
    }
}
