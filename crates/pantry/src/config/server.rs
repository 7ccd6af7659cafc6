//! `server.yml`.
//!
//! It is also read by the command line on the server's own machine, which takes the addresses and
//! the place of the administrator's credentials from it.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::blobs::BlobsConfig;
use super::http::HttpConfig;
use super::logging::{LogFormat, LogLevel, LogTo};
use super::networking::Networking;
use super::store::StoreConfig;
use super::{ConfigError, read};
use crate::environment::Environment;

/// What `server.yml` says, or would say if it existed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServerConfig {
    /// Where the log goes.
    pub(crate) log_to: LogTo,
    /// What is logged.
    pub(crate) log_level: LogLevel,
    /// How.
    pub(crate) log_format: LogFormat,
    /// Where everything is kept; [`ServerConfig::data_dir`] has the default.
    data_dir: Option<PathBuf>,
    /// Where it listens.
    pub(crate) networking: Networking,
    /// Where the Chef API is served.
    pub(crate) http: HttpConfig,
    /// Where objects are kept.
    pub(crate) store: StoreConfig,
    /// Where file contents are kept.
    pub(crate) blobs: BlobsConfig,
}

impl ServerConfig {
    /// Reads `--config FILE`, else `server.yml` where configuration is kept, else all defaults.
    /// Also says which file it was.
    pub(crate) fn load(
        explicit: Option<&Path>,
        environment: &Environment,
    ) -> Result<(Self, Option<PathBuf>), ConfigError> {
        let usual = environment.config_dir.join("server.yml");
        let path = match explicit {
            Some(path) => environment.absolute(path),
            None if usual.exists() => usual,
            None => return Ok((Self::default(), None)),
        };
        let config: Self = read(&path)?;
        config.check(&path)?;
        Ok((config, Some(path)))
    }

    /// The data directory: `--data-dir`, else the configured one, else the usual one.
    pub(crate) fn data_dir(&self, explicit: Option<&Path>, environment: &Environment) -> PathBuf {
        let chosen = explicit.or(self.data_dir.as_deref()).unwrap_or(&environment.data_dir);
        environment.absolute(chosen)
    }

    /// What each value alone cannot show.
    fn check(&self, path: &Path) -> Result<(), ConfigError> {
        if let Some((one, other, port)) = self.networking.ports_in_conflict() {
            let message = format!("{other} is {port} as well; each needs a port of its own");
            return Err(ConfigError::wrong(path, one, message));
        }
        if self.networking.server_host.is_empty() {
            let message = "is empty: an address to listen on is needed, `0.0.0.0` for all";
            return Err(ConfigError::wrong(path, "networking.server_host", message));
        }
        let conflicts = [self.store.conflict(), self.blobs.conflict()];
        if let Some((setting, message)) = conflicts.into_iter().flatten().next() {
            return Err(ConfigError::wrong(path, setting, message));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::blobs::BlobsUrl;
    use super::super::parse;
    use super::super::store::StoreUrl;
    use super::*;

    fn config(text: &str) -> Result<ServerConfig, String> {
        let path = Path::new("server.yml");
        let config: ServerConfig = parse(path, text).map_err(|error| error.to_string())?;
        config.check(path).map_err(|error| error.to_string())?;
        Ok(config)
    }

    #[test]
    fn everything_has_a_default_and_can_be_said() {
        let all = "
log_to: journald
log_level: debug
log_format: json
data_dir: /srv/pantry
networking:
  server_host: 0.0.0.0
  pub_sub_port: 1001
  receive_port: 1002
  file_service_port: 1003
  limits: {connections_per_address: 10, max_sockets: 100, max_message_bytes: 4194304, identify_within: 5,
    max_run_documents_bytes: 1048576}
http:
  listen: '[::]:443'
  tls: {certificate: pantry.crt, key: pantry.key}
  default_organization: shop
  stats_password: secret
  limits:
    max_connections: 100
    connections_per_address: 10
    head_within: 1
    body_within: 2
    idle_for: 3
    stalled_for: 4
    end_within: 5
    max_head_bytes: 8192
    max_uri_bytes: 1024
    max_json_bytes: 65536
    max_upload_bytes: 1048576
store: {url: 'sqlite:/srv/pantry.db'}
blobs:
  url: s3://files/chef
  read_links_for: 3600
  upload_links_for: 60
  direct_links: true
  endpoint: http://127.0.0.1:9000
  region: eu-central-1
  allow_http: true
  access_key_id: pantry
  secret_access_key: secret
";
        let config = config(all).unwrap();
        assert_eq!(config.log_to, LogTo::Journald);
        assert_eq!(config.networking.local_host(), "127.0.0.1");
        assert_eq!(config.store.url, StoreUrl::Sqlite(Some("/srv/pantry.db".into())));
        assert_eq!(config.blobs.url, BlobsUrl::Bucket("files".into(), "chef".into()));
    }

    #[test]
    fn what_cannot_be_is_said() {
        for (text, part) in [
            ("networking: {pub_sub_port: 23002}", "networking.receive_port is 23002 as well"),
            ("networking: {limits: {max_sockets: 0}}", "networking.limits.max_sockets: 0 is out"),
            ("http: {listen: localhost}", "http.listen: "),
            ("http: {tls: {key: a}}", "http.tls: missing"),
            ("http: {default_organization: Shop}", "`Shop` is not an application name"),
            ("http: {stats_password: ''}", "http.stats_password: is empty"),
            ("http: {limits: {head_within: 0}}", "http.limits.head_within: 0 is out of range"),
            ("store: {url: 'mysql:'}", "store.url: `mysql:` is not a store"),
            ("store: {pool: 0}", "store.pool: 0 is out of range: 2 to 1000"),
            ("store: {password_file: /p}", "store.password_file: is for PostgreSQL"),
            ("blobs: {url: 'ftp:x'}", "blobs.url: `ftp:` keeps no files: `file:`"),
            ("blobs: {region: x}", "blobs.region: is for a bucket"),
            ("blobs: {read_links_for: 1}", "blobs.read_links_for: 1 is out of range"),
            ("log_level: loud", "log_level: "),
            ("client: {}", "client: unknown"),
        ] {
            let error = config(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
