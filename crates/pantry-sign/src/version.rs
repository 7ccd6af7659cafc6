//! The versions of the protocol, and the header `X-Ops-Sign` that names one.

use aws_lc_rs::digest::{Algorithm, Digest, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};

/// A version of the signing protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// SHA-1; the block is signed as it is.
    V1_0,
    /// As 1.0, with the user's name hashed, so that long names fit. What chef-client uses.
    V1_1,
    /// The block of 1.1, signed by its SHA-1.
    V1_2,
    /// SHA-256; the block names path, protocol and API version in clear, and is signed by its hash.
    V1_3,
}

impl Version {
    /// Every version.
    pub const ALL: [Self; 4] = [Self::V1_0, Self::V1_1, Self::V1_2, Self::V1_3];

    /// As it is written: `1.0`.
    pub fn number(self) -> &'static str {
        match self {
            Self::V1_0 => "1.0",
            Self::V1_1 => "1.1",
            Self::V1_2 => "1.2",
            Self::V1_3 => "1.3",
        }
    }

    /// The value of `X-Ops-Sign`, in the form in which Chef's own clients send it.
    pub fn description(self) -> &'static str {
        match self {
            Self::V1_0 => "algorithm=sha1;version=1.0;",
            Self::V1_1 => "algorithm=sha1;version=1.1;",
            Self::V1_2 => "algorithm=sha1;version=1.2;",
            Self::V1_3 => "algorithm=sha256;version=1.3;",
        }
    }

    /// Reads the value of `X-Ops-Sign`: fields `key=value` with `;` between them. `version` must be
    /// there and be one that we know; `algorithm` may be, and must then be the version's own.
    ///
    /// As in the original, the first of several equal keys counts, what is no such field is passed
    /// over, and no white space is.
    pub fn from_description(value: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(value).ok()?;
        let field = |wanted: &str| {
            let fields = text.split(';').filter_map(|field| field.split_once('='));
            let mut whole = fields.filter(|(key, value)| *key == wanted && !value.contains('='));
            whole.next().map(|(_, value)| value)
        };
        let number = field("version")?;
        let version = Self::ALL.into_iter().find(|version| version.number() == number)?;
        field("algorithm").is_none_or(|name| name == version.algorithm_name()).then_some(version)
    }

    fn algorithm_name(self) -> &'static str {
        match self {
            Self::V1_0 | Self::V1_1 | Self::V1_2 => "sha1",
            Self::V1_3 => "sha256",
        }
    }

    /// The version's hash of something. SHA-1 is what the protocol prescribes.
    pub(crate) fn hash(self, bytes: &[u8]) -> Digest {
        let algorithm: &'static Algorithm = match self {
            Self::V1_0 | Self::V1_1 | Self::V1_2 => &SHA1_FOR_LEGACY_USE_ONLY,
            Self::V1_3 => &SHA256,
        };
        digest(algorithm, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_clients_send_is_understood() {
        for (value, version) in [
            ("version=1.0", Some(Version::V1_0)),
            ("algorithm=sha1;version=1.0;", Some(Version::V1_0)),
            ("algorithm=sha1;version=1.1;", Some(Version::V1_1)),
            ("version=1.2;algorithm=sha1", Some(Version::V1_2)),
            ("algorithm=sha256;version=1.3", Some(Version::V1_3)),
            ("version=1.3;", Some(Version::V1_3)),
            ("version=1.1;version=1.3", Some(Version::V1_1)),
            ("zone=eu;nothing;version=1.1", Some(Version::V1_1)),
            ("", None),
            ("version=", None),
            ("version=8.1", None),
            ("version=1.0=", None),
            ("version=1.00", None),
            ("algorithm=sha1", None),
            ("algorithm=sha256;version=1.1", None),
            ("algorithm=sha1;version=1.3", None),
            ("algorithm=;version=1.3", None),
            ("algorithm=md5;version=1.0", None),
        ] {
            assert_eq!(Version::from_description(value.as_bytes()), version, "{value}");
        }
        assert_eq!(Version::from_description(b"version=1.0;\xff"), None);
    }

    #[test]
    fn what_is_sent_is_read_back() {
        for version in Version::ALL {
            let sent = version.description().as_bytes();
            assert_eq!(Version::from_description(sent), Some(version));
        }
    }
}
