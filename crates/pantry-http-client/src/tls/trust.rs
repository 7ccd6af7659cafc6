//! The files that say whose certificates are trusted.

use std::io;
use std::path::{Path, PathBuf};

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;

use crate::config::Trust;

/// Where systems keep the authorities that they trust: Debian and Alpine, Fedora, SUSE, others.
const SYSTEM: &[&str] = &[
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Why there is nobody to trust.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file cannot be read.
    #[error("{} cannot be read: {error}", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// There is no certificate in it.
    #[error("{} holds no certificate: a PEM with blocks CERTIFICATE is needed", .0.display())]
    NoCertificate(PathBuf),
    /// The system has no such file.
    #[error("this machine has no file of trusted authorities, looked for {}", SYSTEM.join(", "))]
    NoSystem,
    /// They are of no use to rustls.
    #[error("the trusted certificates cannot be used: {0}")]
    Unusable(String),
}

/// The authorities; and the certificates of the file that was named, one of which may be a server's
/// own.
pub(super) fn read(
    trust: &Trust,
) -> Result<(RootCertStore, Vec<CertificateDer<'static>>), TrustError> {
    let (path, is_named) = match trust {
        Trust::File(path) => (path.as_path(), true),
        Trust::System => {
            let path = SYSTEM.iter().map(Path::new).find(|path| path.exists());
            (path.ok_or(TrustError::NoSystem)?, false)
        }
    };
    let text = std::fs::read(path)
        .map_err(|error| TrustError::Unreadable { path: path.to_owned(), error })?;
    let none = || TrustError::NoCertificate(path.to_owned());
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let all = all.map_err(|_| none())?;
    let mut roots = RootCertStore::empty();
    if roots.add_parsable_certificates(all.iter().cloned()).0 == 0 {
        return Err(none());
    }
    Ok((roots, if is_named { all } else { Vec::new() }))
}
