//! TLS to a server: rustls on aws-lc, as everywhere in Pantry. Nothing of it can be weakened.

mod trust;
mod verify;

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, CertificateError, ClientConfig, InvalidMessage};

use crate::config::Trust;
use crate::error::Problem;

pub use trust::TrustError;
use verify::Verifier;

/// Why TLS fails.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TlsProblem {
    /// Nobody who is trusted has signed the certificate.
    #[error("the server's certificate is signed by nobody who is trusted here")]
    Untrusted,
    /// The certificate is another host's.
    #[error("the server's certificate is not for the name {0}")]
    OtherName(String),
    /// The certificate is not valid now.
    #[error("the server's certificate has expired, or is not valid yet")]
    Expired,
    /// What answers does not speak TLS.
    #[error("what answers there does not speak TLS")]
    NotTls,
    /// Anything else.
    #[error("TLS fails: {0}")]
    Other(String),
}

/// Makes connections private.
#[derive(Clone)]
pub(crate) struct Tls(TlsConnector);

impl Tls {
    /// Reads whom to trust.
    pub(crate) fn new(trust: &Trust) -> Result<Self, TrustError> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let (roots, named) = trust::read(trust)?;
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                .build()
                .map_err(|error| TrustError::Unusable(error.to_string()))?;
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| TrustError::Unusable(error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Verifier::new(verifier, named)))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// TLS with the host of this name.
    pub(crate) async fn connect(
        &self,
        host: &str,
        tcp: TcpStream,
    ) -> Result<TlsStream<TcpStream>, Problem> {
        let name = ServerName::try_from(host.to_owned())
            .map_err(|_| TlsProblem::OtherName(host.to_owned()))?;
        self.0.connect(name, tcp).await.map_err(|error| problem(&error, host))
    }
}

fn problem(error: &io::Error, host: &str) -> Problem {
    let of_tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    let Some(of_tls) = of_tls else {
        return Problem::CutOff;
    };
    use CertificateError as Certificate;
    let problem = match of_tls {
        rustls::Error::InvalidCertificate(wrong) => match wrong {
            // A signature is wrong if an authority that is trusted has the name of the one that made
            // it, as when a server has made itself another certificate.
            Certificate::UnknownIssuer | Certificate::BadSignature | Certificate::Other(_) => {
                TlsProblem::Untrusted
            }
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                TlsProblem::OtherName(host.to_owned())
            }
            Certificate::Expired
            | Certificate::ExpiredContext { .. }
            | Certificate::NotValidYet
            | Certificate::NotValidYetContext { .. } => TlsProblem::Expired,
            other => TlsProblem::Other(other.to_string()),
        },
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => TlsProblem::NotTls,
        other => TlsProblem::Other(other.to_string()),
    };
    problem.into()
}
