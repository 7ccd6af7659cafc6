//! The parameters of a URL: their names, and what each may be.

use std::time::Duration;

use super::error::UrlError;
use super::{ChannelBinding, Config, KEEPALIVES, OwnCertificate, Root, SslMode, Target};

/// All that are known, besides `user`, `password`, `host`, `port` and `dbname`.
pub(super) const KNOWN: &[&str] = &[
    "application_name",
    "channel_binding",
    "connect_timeout",
    "dbname",
    "host",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "options",
    "password",
    "port",
    "ssl",
    "sslcert",
    "sslkey",
    "sslmode",
    "sslrootcert",
    "target_session_attrs",
    "tcp_user_timeout",
    "user",
];

/// What is said of TLS, which only makes sense together.
#[derive(Default)]
struct Tls<'v> {
    mode: Option<SslMode>,
    root: Option<&'v str>,
    certificate: Option<&'v str>,
    key: Option<&'v str>,
}

/// Puts the parameters into a configuration; of two that are the same, the last counts.
pub(super) fn apply(config: &mut Config, all: &[(String, String)]) -> Result<(), UrlError> {
    let mut tls = Tls::default();
    let (mut keepalives, mut keepalives_on) = (KEEPALIVES, true);
    for (name, value) in all {
        match name.as_str() {
            "application_name" => config.application_name.clone_from(value),
            "options" => config.options = given(value).map(str::to_owned),
            "sslmode" => tls.mode = Some(ssl_mode(value)?),
            // As other programs write it.
            "ssl" if value == "true" => tls.mode = Some(SslMode::Require),
            "ssl" => return Err(wrong("ssl", value, "only `true`; `sslmode` says more")),
            "sslrootcert" => tls.root = given(value),
            "sslcert" => tls.certificate = given(value),
            "sslkey" => tls.key = given(value),
            "target_session_attrs" => config.target = target(value)?,
            "channel_binding" => config.channel_binding = channel_binding(value)?,
            "connect_timeout" => {
                config.connect_timeout = seconds("connect_timeout", value)?;
            }
            "tcp_user_timeout" => {
                let expected = "milliseconds from 0 to 3600000; 0 leaves it to the system";
                let millis = number("tcp_user_timeout", value, 3_600_000, expected)?;
                config.tcp_user_timeout = millis.map(u64::from).map(Duration::from_millis);
            }
            "keepalives" => {
                let expected = "1 for yes, 0 for no";
                keepalives_on = number("keepalives", value, 1, expected)?.is_some();
            }
            "keepalives_idle" => keepalives.idle = seconds("keepalives_idle", value)?,
            "keepalives_interval" => keepalives.interval = seconds("keepalives_interval", value)?,
            "keepalives_count" => {
                let expected = "a whole number from 0 to 100; 0 leaves it to the system";
                keepalives.count = number("keepalives_count", value, 100, expected)?;
            }
            _ => return Err(UrlError::Unknown(name.clone())),
        }
    }
    config.keepalives = keepalives_on.then_some(keepalives);
    config.tls.own = match (tls.certificate, tls.key) {
        (Some(certificate), Some(key)) => {
            Some(OwnCertificate { certificate: certificate.into(), key: key.into() })
        }
        (None, None) => None,
        _ => return Err(UrlError::HalfCertificate),
    };
    (config.tls.mode, config.tls.root) = trust(tls.mode, tls.root)?;
    Ok(())
}

/// The mode, and who is trusted.
fn trust(mode: Option<SslMode>, root: Option<&str>) -> Result<(SslMode, Option<Root>), UrlError> {
    match (mode, root) {
        (None | Some(SslMode::VerifyFull), Some("system")) => {
            Ok((SslMode::VerifyFull, Some(Root::System)))
        }
        (Some(weak), Some("system")) => Err(UrlError::WeakSystemRoot(weak.name())),
        // So it is with libpq, for old times' sake: whoever names an authority wants it checked.
        (Some(SslMode::Require), Some(file)) => {
            Ok((SslMode::VerifyCa, Some(Root::File(file.into()))))
        }
        (mode, Some(file)) => Ok((mode.unwrap_or(SslMode::Prefer), Some(Root::File(file.into())))),
        (Some(mode @ (SslMode::VerifyCa | SslMode::VerifyFull)), None) => {
            Err(UrlError::NoRoot(mode.name()))
        }
        (mode, None) => Ok((mode.unwrap_or(SslMode::Prefer), None)),
    }
}

impl SslMode {
    const ALL: [Self; 6] =
        [Self::Disable, Self::Allow, Self::Prefer, Self::Require, Self::VerifyCa, Self::VerifyFull];

    /// As it is written.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Disable => "disable",
            Self::Allow => "allow",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        }
    }
}

fn ssl_mode(value: &str) -> Result<SslMode, UrlError> {
    let expected = "one of disable, allow, prefer, require, verify-ca, verify-full";
    let found = SslMode::ALL.into_iter().find(|mode| mode.name() == value);
    found.ok_or_else(|| wrong("sslmode", value, expected))
}

fn target(value: &str) -> Result<Target, UrlError> {
    match value {
        "any" => Ok(Target::Any),
        "read-write" | "primary" => Ok(Target::ReadWrite),
        _ => {
            let expected = "one of read-write, primary, any; Pantry must write";
            Err(wrong("target_session_attrs", value, expected))
        }
    }
}

fn channel_binding(value: &str) -> Result<ChannelBinding, UrlError> {
    match value {
        "disable" => Ok(ChannelBinding::Disable),
        "prefer" => Ok(ChannelBinding::Prefer),
        "require" => Ok(ChannelBinding::Require),
        _ => Err(wrong("channel_binding", value, "one of disable, prefer, require")),
    }
}

fn seconds(name: &'static str, value: &str) -> Result<Option<Duration>, UrlError> {
    let expected = match name {
        "connect_timeout" => "seconds from 0 to 3600; 0 waits for ever",
        _ => "seconds from 0 to 3600; 0 leaves it to the system",
    };
    let seconds = number(name, value, 3600, expected)?;
    Ok(seconds.map(u64::from).map(Duration::from_secs))
}

/// A whole number; 0 is `None`.
fn number(
    name: &'static str,
    value: &str,
    most: u32,
    expected: &'static str,
) -> Result<Option<u32>, UrlError> {
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|number| is_number && *number <= most);
    let number: u32 = number.ok_or_else(|| wrong(name, value, expected))?;
    Ok((number > 0).then_some(number))
}

fn wrong(name: &'static str, value: &str, expected: &'static str) -> UrlError {
    UrlError::Value { name, value: value.to_owned(), expected }
}

fn given(value: &str) -> Option<&str> {
    (!value.is_empty()).then_some(value)
}
