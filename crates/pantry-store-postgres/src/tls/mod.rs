//! TLS to the database: rustls on aws-lc, as everywhere in Pantry, and what libpq's modes check.
//!
//! The files are read once. Whoever replaces a certificate restarts the server.

mod files;
mod verify;

use std::sync::Arc;

use tokio_postgres_rustls::MakeRustlsConnect;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;

pub use files::TlsFilesError;

use crate::config::{SslMode, TlsConfig};
use verify::Verifier;

/// What makes TLS sessions of this configuration. Whether there is one is decided elsewhere.
pub(crate) fn maker(config: &TlsConfig) -> Result<MakeRustlsConnect, TlsFilesError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let algorithms = provider.signature_verification_algorithms;
    let is_used = config.mode != SslMode::Disable;
    let trusted = match config.root.as_ref().filter(|_| is_used) {
        Some(root) => Some(files::trusted(root)?),
        None => None,
    };
    let names = config.mode == SslMode::VerifyFull;
    let verifier = Verifier { trusted, names, algorithms };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsFilesError::Unusable)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let client = match config.own.as_ref().filter(|_| is_used) {
        Some(own) => {
            let (certificates, key) = files::own(own)?;
            builder.with_client_auth_cert(certificates, key).map_err(TlsFilesError::Unusable)?
        }
        None => builder.with_no_client_auth(),
    };
    Ok(MakeRustlsConnect::new(client))
}
