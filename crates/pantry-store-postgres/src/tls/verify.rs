//! What is checked of a server's certificate.
//!
//! Nothing, if nobody is named whose certificates are trusted: TLS then hides from those who listen
//! and not from those who pretend, which is what `sslmode=require` is worth with libpq, too.

use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use tokio_rustls::rustls::crypto::{
    WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
};

/// Whose certificates are trusted.
#[derive(Debug)]
pub(super) struct Trusted {
    pub(super) roots: RootCertStore,
    /// The same as they came; one of them may be the server's own.
    pub(super) certificates: Vec<CertificateDer<'static>>,
}

/// Checks what its mode asks for.
#[derive(Debug)]
pub(super) struct Verifier {
    /// Nothing is checked without.
    pub(super) trusted: Option<Trusted>,
    /// Whether the certificate must be for the host that was asked for.
    pub(super) names: bool,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    fn chain(
        &self,
        trusted: &Trusted,
        certificate: &CertificateDer<'_>,
        issuers: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let parsed = ParsedCertificate::try_from(certificate)?;
        let all = self.algorithms.all;
        match verify_server_cert_signed_by_trust_anchor(&parsed, &trusted.roots, issuers, now, all)
        {
            // Most likely one that signed itself and is for an authority, as many make it for their
            // database: it is trusted if it is named. That it has not expired was looked at before.
            Err(Error::InvalidCertificate(CertificateError::Other(_))) => {
                let is_named = trusted.certificates.contains(certificate);
                let unknown = Error::InvalidCertificate(CertificateError::UnknownIssuer);
                if is_named { Ok(()) } else { Err(unknown) }
            }
            outcome => outcome,
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        issuers: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Some(trusted) = &self.trusted {
            self.chain(trusted, certificate, issuers, now)?;
            if self.names {
                verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.trusted {
            Some(_) => verify_tls12_signature(message, certificate, signature, &self.algorithms),
            // It would be of anybody's key; and certificates of an old form could not be used.
            None => Ok(HandshakeSignatureValid::assertion()),
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match self.trusted {
            Some(_) => verify_tls13_signature(message, certificate, signature, &self.algorithms),
            None => Ok(HandshakeSignatureValid::assertion()),
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
