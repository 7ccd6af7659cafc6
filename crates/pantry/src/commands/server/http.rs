//! The part of the server that speaks HTTP, from its configuration.

use std::path::{Path, PathBuf};

use pantry_http::{Config, Limits, StatsPassword, Tls, TlsError};
use pantry_sign::PublicKey;
use pantry_store::Store;
use pantry_usecases::first_start;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::StartError;
use crate::config::http::{HttpConfig, TlsConfig};
use crate::environment::Environment;
use crate::errors::CliError;

/// A certificate and a key that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{} with {}: {source}", .certificate.display(), .key.display())]
pub(crate) struct TlsFilesError {
    certificate: PathBuf,
    key: PathBuf,
    source: TlsError,
}

/// With what it speaks TLS, if it is to.
pub(super) fn tls(config: &HttpConfig, environment: &Environment) -> Result<Option<Tls>, CliError> {
    let Some(TlsConfig { certificate, key }) = &config.tls else { return Ok(None) };
    let (certificate, key) = (environment.absolute(certificate), environment.absolute(key));
    let tls = Tls::from_pem(&read(&certificate)?, &read(&key)?)
        .map_err(|source| StartError::Tls(TlsFilesError { certificate, key, source }))?;
    Ok(Some(tls))
}

fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    let failed = |source| CliError::File { action: "read", path: path.to_owned(), source };
    std::fs::read(path).map_err(failed)
}

/// What the HTTP server is told.
pub(super) async fn config(
    config: &HttpConfig,
    environment: &Environment,
    store: &dyn Store,
) -> Result<Config, CliError> {
    let web_key = first_start::web_key(store).await.map_err(StartError::from)?;
    let web_key = web_key.map(|pem| PublicKey::from_pem(&pem)).transpose();
    let password = config.stats_password.as_ref().map(|password| password.expose_text().to_owned());
    Ok(Config {
        listen: config.listen,
        tls: tls(config, environment)?,
        web_key: web_key.map_err(|error| CliError::Nonsense(format!("the web key: {error}")))?,
        default_organization: config.default_organization.clone(),
        stats_password: password.map(StatsPassword::new),
        limits: Limits::from(&config.limits),
    })
}

/// Lets this process have as many open files as it may give itself: each connection is one, and what
/// a shell gives is mostly 1024.
pub(super) fn raise_open_files() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current == maximum {
        return;
    }
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!(%error, ?current, "no more files can be opened than before");
    }
}
