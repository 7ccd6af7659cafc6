//! The files that a URL names: whose certificates are trusted, and this side's own.

use std::io;
use std::path::{Path, PathBuf};

use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, RootCertStore};

use super::verify::Trusted;
use crate::config::{OwnCertificate, Root};

/// Where systems keep the authorities that they trust: Debian and Alpine, Fedora, SUSE, others.
const SYSTEM: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Why a file that the URL names is of no use.
#[derive(Debug, thiserror::Error)]
pub enum TlsFilesError {
    /// It cannot be read.
    #[error("{} cannot be read: {error}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// There is no certificate in it.
    #[error("{} holds no certificate: a PEM with blocks CERTIFICATE is needed", .0.display())]
    NoCertificate(PathBuf),
    /// There is no key in it.
    #[error(
        "{} holds no key that can be used: a PEM with a block PRIVATE KEY, RSA PRIVATE KEY or \
         EC PRIVATE KEY is needed, without a passphrase", .0.display()
    )]
    NoKey(PathBuf),
    /// Certificate and key do not go with each other.
    #[error("`sslcert` and `sslkey` cannot be used with each other: {0}")]
    Unusable(rustls::Error),
    /// The system has none.
    #[error(
        "`sslrootcert=system`: this machine has no file of trusted authorities, looked for {}",
        SYSTEM.join(", ")
    )]
    NoSystem,
}

/// Those whose certificates are trusted.
pub(super) fn trusted(root: &Root) -> Result<Trusted, TlsFilesError> {
    match root {
        Root::File(path) => of_file(path),
        Root::System => {
            let path = SYSTEM.iter().map(Path::new).find(|path| path.exists());
            let mut trusted = of_file(path.ok_or(TlsFilesError::NoSystem)?)?;
            // Nobody put one server's own certificate there.
            trusted.certificates.clear();
            Ok(trusted)
        }
    }
}

fn of_file(path: &Path) -> Result<Trusted, TlsFilesError> {
    let certificates = certificates(path)?;
    let mut roots = RootCertStore::empty();
    let (taken, _) = roots.add_parsable_certificates(certificates.iter().cloned());
    if taken == 0 {
        return Err(TlsFilesError::NoCertificate(path.to_owned()));
    }
    Ok(Trusted { roots, certificates })
}

/// A certificate with those of its issuers, and its key.
pub(super) fn own(
    own: &OwnCertificate,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TlsFilesError> {
    let key = PrivateKeyDer::from_pem_slice(&read(&own.key)?);
    let key = key.map_err(|_| TlsFilesError::NoKey(own.key.clone()))?;
    Ok((certificates(&own.certificate)?, key))
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFilesError> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&read(path)?).collect();
    let all = all.ok().filter(|all| !all.is_empty());
    all.ok_or_else(|| TlsFilesError::NoCertificate(path.to_owned()))
}

fn read(path: &Path) -> Result<Vec<u8>, TlsFilesError> {
    let unreadable = |error| TlsFilesError::Unreadable { path: path.to_owned(), error };
    std::fs::read(path).map_err(unreadable)
}
