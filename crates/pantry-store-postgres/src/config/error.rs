//! What can be wrong with the URL of a database.
//!
//! A URL may hold a password, and the commonest mistake is a password with a character that ends
//! it. So what is told is the name of the part that is wrong, and of its text only what cannot have
//! been a password.

use super::MAX_HOSTS;
use super::parameters::KNOWN;

/// The most bytes that a URL may have.
pub(super) const MAX_URL_BYTES: usize = 4096;

/// Why a URL does not say where a database is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// It is of another kind.
    #[error("is not the URL of a PostgreSQL database: `postgres://USER@HOST/DATABASE`")]
    Scheme,
    /// It has more than [`MAX_URL_BYTES`].
    #[error("is longer than {MAX_URL_BYTES} bytes")]
    TooLong,
    /// User or password hold what must be written otherwise.
    #[error(
        "cannot be taken apart: within user, password and parameters, `@` is written `%40`, \
         `/` is `%2F`, `:` is `%3A`, `?` is `%3F` and `%` is `%25`"
    )]
    TakenApart,
    /// A part has a `%` without two hexadecimal digits, or what they say is no text.
    #[error("has a `%` in its {0} that does not stand for a character; `%` itself is `%25`")]
    Escape(&'static str),
    /// `[` without `]`, or with something behind it.
    #[error("has a host in brackets that is not of the form `[ADDRESS]` or `[ADDRESS]:PORT`")]
    Brackets,
    /// A host that cannot be one.
    #[error("has a host that is neither a name, nor an address, nor a socket's directory")]
    Host,
    /// More hosts than anyone has.
    #[error("has more than {MAX_HOSTS} hosts")]
    TooManyHosts,
    /// A port that is none.
    #[error("has a port that is not a number from 1 to 65535")]
    Port,
    /// Neither one port, nor one for each host.
    #[error("has {ports} ports for {hosts} hosts: one for all is needed, or one for each")]
    Ports {
        /// How many ports.
        ports: usize,
        /// How many hosts.
        hosts: usize,
    },
    /// A parameter that is not `NAME=VALUE`.
    #[error("has a parameter that is not of the form `NAME=VALUE`; within a value, `=` is `%3D`")]
    Form,
    /// A parameter that is not known.
    #[error("has a parameter `{0}`, which is not known; these are: {known}", known = KNOWN.join(", "))]
    Unknown(String),
    /// A parameter whose value cannot be.
    #[error("has `{name}={value}`: {expected}")]
    Value {
        /// The parameter.
        name: &'static str,
        /// What it was given.
        value: String,
        /// What it takes.
        expected: &'static str,
    },
    /// Certificates are to be checked, and against what is not said.
    #[error(
        "has `sslmode={0}` without `sslrootcert`: name the file with the authority's certificate, \
         or say `sslrootcert=system` for the authorities that this machine trusts"
    )]
    NoRoot(&'static str),
    /// The system's authorities vouch for names and nothing else.
    #[error(
        "has `sslrootcert=system` with `sslmode={0}`: anyone can have a certificate of one of these \
         authorities, so the name must be checked too: `sslmode=verify-full`"
    )]
    WeakSystemRoot(&'static str),
    /// A certificate without its key, or a key without its certificate.
    #[error("has one of `sslcert` and `sslkey` without the other")]
    HalfCertificate,
}
