//! What happened when one place was tried: in the words of whoever noticed, and what to do.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use tokio_postgres::error::SqlState;
use tokio_rustls::rustls::{self, CertificateError};

/// What happened at one of them.
#[derive(Debug)]
pub(super) struct Failure {
    kind: Kind,
    /// In the words of whoever noticed.
    pub(super) told: String,
}

/// What matters of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// Its name leads nowhere.
    Name,
    /// Nobody listens, or no way leads there.
    Unreachable,
    /// Nothing came back.
    Silent,
    /// It ended the connection.
    Lost,
    /// It takes no writes.
    ReadOnly,
    /// It does not speak TLS.
    NoTls,
    /// Its certificate is of an authority that is not trusted.
    Issuer,
    /// Its certificate is for others.
    OtherName,
    /// Its certificate is too old, or too young.
    Validity,
    /// TLS failed otherwise.
    Tls,
    /// It asked for a password.
    NoPassword,
    /// It said why not.
    Refused(SqlState),
    /// Something else.
    Other,
}

impl Failure {
    /// A name that cannot be looked up.
    pub(super) fn name(error: &io::Error) -> Self {
        Self { kind: Kind::Name, told: format!("its name leads nowhere ({error})") }
    }

    /// No answer.
    pub(super) fn silent(within: Duration) -> Self {
        let told = format!("it did not answer within {} s", within.as_secs());
        Self { kind: Kind::Silent, told }
    }

    /// What the library says. It keeps its kinds of errors to itself, but for their texts.
    pub(super) fn of(error: &tokio_postgres::Error) -> Self {
        if let Some(said) = error.as_db_error() {
            let state = said.code().clone();
            let told = if state == SqlState::TOO_MANY_CONNECTIONS {
                format!("it has no connection left ({})", said.message())
            } else {
                format!("it says: {}", said.message())
            };
            return Self { kind: Kind::Refused(state), told };
        }
        let what = error.to_string();
        let source = error.source();
        let why = source.map(ToString::to_string).unwrap_or_default();
        if let Some(io) = source.and_then(|source| source.downcast_ref::<io::Error>()) {
            let tls = io.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            return match tls {
                Some(error) => Self::tls(error),
                None if what == "error performing TLS handshake" => {
                    Self { kind: Kind::Tls, told: format!("TLS failed ({why})") }
                }
                None if what != "error connecting to server" => {
                    Self { kind: Kind::Lost, told: format!("it ended the connection ({why})") }
                }
                // The library's own, and not the system's for a socket that is not for everyone.
                None if io.kind() == io::ErrorKind::PermissionDenied && io.get_ref().is_some() => {
                    Self { kind: Kind::ReadOnly, told: "it takes no writes".to_owned() }
                }
                None => Self { kind: Kind::Unreachable, told: format!("nobody is there ({why})") },
            };
        }
        let (kind, told) = match why.as_str() {
            "server does not support TLS" => (Kind::NoTls, "it does not speak TLS".to_owned()),
            "password missing" => (Kind::NoPassword, "it asks for a password".to_owned()),
            _ if error.is_closed() => (Kind::Lost, "it ended the connection".to_owned()),
            "" => (Kind::Other, what),
            _ => (Kind::Other, format!("{what}: {why}")),
        };
        Self { kind, told }
    }

    fn tls(error: &rustls::Error) -> Self {
        use CertificateError as E;
        use rustls::Error::InvalidCertificate;
        let (kind, told) = match error {
            InvalidCertificate(E::UnknownIssuer | E::BadSignature) => {
                (Kind::Issuer, "its certificate is of an authority that is not trusted".to_owned())
            }
            InvalidCertificate(E::NotValidForNameContext { presented, .. }) => {
                let names =
                    if presented.is_empty() { "no name".to_owned() } else { presented.join(", ") };
                (Kind::OtherName, format!("its certificate is for another name: {names}"))
            }
            InvalidCertificate(E::Expired | E::ExpiredContext { .. }) => {
                (Kind::Validity, "its certificate has expired".to_owned())
            }
            InvalidCertificate(E::NotValidYet | E::NotValidYetContext { .. }) => {
                (Kind::Validity, "its certificate is not valid yet".to_owned())
            }
            _ => (Kind::Tls, format!("TLS failed: {error}")),
        };
        Self { kind, told }
    }

    /// Whether it may go better with TLS, or without.
    pub(super) fn may_depend_on_tls(&self) -> bool {
        match &self.kind {
            Kind::NoTls | Kind::Issuer | Kind::OtherName | Kind::Validity | Kind::Tls => true,
            // Who may come in may be let in only with TLS, or only without. A password that is
            // wrong is so with both, and each try counts for whoever looks for intruders.
            Kind::Refused(state) => *state == SqlState::INVALID_AUTHORIZATION_SPECIFICATION,
            _ => false,
        }
    }

    /// Whether it may be otherwise in a moment.
    pub(super) fn may_pass(&self) -> bool {
        match &self.kind {
            Kind::Name | Kind::Unreachable | Kind::Silent | Kind::Lost | Kind::ReadOnly => true,
            // Resources, operators (it starts, it ends), connections.
            Kind::Refused(state) => {
                ["53", "57", "08"].iter().any(|class| state.code().starts_with(class))
            }
            _ => false,
        }
    }

    /// How far it came: what is told after that tells more.
    pub(super) fn reached(&self) -> u8 {
        match self.kind {
            Kind::Name => 0,
            Kind::Unreachable => 1,
            Kind::Silent => 2,
            Kind::Lost | Kind::Other => 3,
            Kind::NoTls => 4,
            Kind::Issuer | Kind::OtherName | Kind::Validity | Kind::Tls => 5,
            Kind::NoPassword => 6,
            Kind::Refused(_) => 7,
            Kind::ReadOnly => 8,
        }
    }

    /// What to do.
    pub(super) fn advice(&self) -> Option<&'static str> {
        Some(match &self.kind {
            Kind::Name => "see that the host in `store.url` is right, and known to this machine",
            Kind::Unreachable => {
                "is PostgreSQL running there? Its `listen_addresses` and `port` say where it \
                 listens, and a firewall may be in between"
            }
            Kind::Silent => "is that machine up, and does a firewall let its port through?",
            Kind::Lost => "is that a PostgreSQL server? Its log may say more",
            Kind::ReadOnly => {
                "it is a standby, or set to read only: name the primary in `store.url`, or all of \
                 them, separated by commas"
            }
            Kind::NoTls => {
                "switch TLS on there (`ssl = on` in postgresql.conf); or, if nobody else can \
                 listen on the way, say `sslmode=prefer`"
            }
            Kind::Issuer => "`sslrootcert` must name the authority that issued its certificate",
            Kind::OtherName => {
                "name it in `store.url` as its certificate does; `sslmode=verify-ca` does not look \
                 at the name"
            }
            Kind::Validity => "renew its certificate, and look at the clocks",
            Kind::Tls => {
                "it may want a certificate (`sslcert` and `sslkey`), or another one; its log may \
                 say more"
            }
            Kind::NoPassword => "write it into a file, and name that with `store.password_file`",
            Kind::Refused(state) => return refused(state),
            Kind::Other => return None,
        })
    }
}

fn refused(state: &SqlState) -> Option<&'static str> {
    Some(if *state == SqlState::INVALID_PASSWORD {
        "see the user in `store.url`, and the password there or in `store.password_file`"
    } else if *state == SqlState::INVALID_AUTHORIZATION_SPECIFICATION {
        "see that the role is there, and that pg_hba.conf lets it in from here"
    } else if *state == SqlState::UNDEFINED_DATABASE {
        "make it, empty and with that role as its owner: `createdb --owner=ROLE DATABASE`"
    } else if *state == SqlState::INSUFFICIENT_PRIVILEGE {
        "make the role the owner of the database"
    } else if *state == SqlState::TOO_MANY_CONNECTIONS {
        "raise its `max_connections`, or lower `store.pool`"
    } else if *state == SqlState::CANNOT_CONNECT_NOW {
        "it starts, or ends: try again in a moment"
    } else {
        return None;
    })
}
