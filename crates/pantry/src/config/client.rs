//! `client.yml`: a machine's configuration, and the text of a new one.
//!
//! `pantry client create` writes it, so the writing stands beside the reading.

mod chef;
mod facts;

#[cfg(feature = "cli")]
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pantry_agent::FileRules;
use pantry_model::{ApplicationName, CurvePublicKey, Identity, MachineId};
use serde::Deserialize;

use super::logging::{LogFormat, LogLevel, LogTo};
use super::networking::ServerAddress;
use super::values::{seconds, whole};
use super::{ConfigError, read};
use crate::environment::Environment;
use crate::secret::SecretText;
use chef::ChefSettings;
use facts::FactsSetting;

/// What `client.yml` says.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientConfig {
    /// Where the log goes.
    #[serde(default)]
    pub(crate) log_to: LogTo,
    /// What is logged.
    #[serde(default)]
    pub(crate) log_level: LogLevel,
    /// How.
    #[serde(default)]
    pub(crate) log_format: LogFormat,
    #[serde(default)]
    data_dir: Option<PathBuf>,
    /// Where the server is.
    #[serde(default)]
    pub(crate) networking: ServerAddress,
    /// Who this is.
    pub(crate) client: ClientSettings,
    /// What it may be asked.
    #[serde(default)]
    pub(crate) commands: Commands,
    /// How Chef is run on it.
    #[serde(default)]
    pub(crate) chef: ChefSettings,
    /// How both sides are recognized.
    pub(crate) curve: Curve,
}

/// `client`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientSettings {
    /// The application that the machine belongs to.
    pub(crate) application: ApplicationName,
    #[serde(default)]
    identity: Option<Identity>,
    /// How often it says that it is there, in seconds.
    #[serde(default = "half_a_minute", deserialize_with = "seconds::<1, 3600, _>")]
    pub(crate) heartbeat_interval: Duration,
    /// How many bytes of a job's output are kept; the rest is cut off, with a mark.
    #[serde(
        default = "sixteen_mebibytes",
        deserialize_with = "whole::<4096, 1_073_741_824, _, _>"
    )]
    pub(crate) output_limit: u64,
    /// How many bytes of files one job may send.
    #[serde(
        default = "ten_gibibytes",
        deserialize_with = "whole::<4096, 1_125_899_906_842_624, _, _>"
    )]
    pub(crate) pull_limit: u64,
    /// How many jobs run at once.
    #[serde(default = "eight", deserialize_with = "whole::<1, 1000, _, _>")]
    pub(crate) parallel_jobs: usize,
    /// What it tells the server of its machine.
    #[serde(default)]
    pub(crate) facts: FactsSetting,
}

fn half_a_minute() -> Duration {
    Duration::from_secs(30)
}

fn sixteen_mebibytes() -> u64 {
    16 * 1024 * 1024
}

fn ten_gibibytes() -> u64 {
    FileRules::PULL_LIMIT
}

fn eight() -> usize {
    8
}

/// `commands`: the machine's own last word. Patterns for the names of commands, such as `chef*`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Commands {
    /// Only these are done.
    pub(crate) allow: Vec<String>,
    /// These are not, even if they are allowed.
    pub(crate) deny: Vec<String>,
    /// Only what is below these folders is pushed, pulled and listed; everything, if that is not said.
    pub(crate) files: Option<Vec<PathBuf>>,
}

impl Default for Commands {
    fn default() -> Self {
        Self { allow: vec!["*".to_owned()], deny: Vec::new(), files: None }
    }
}

/// `curve`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Curve {
    /// The server's, so that no other can take its place.
    pub(crate) server_public_key: CurvePublicKey,
    /// The client's own.
    pub(crate) public_key: CurvePublicKey,
    /// Its secret half.
    pub(crate) secret_key: SecretText,
}

impl ClientConfig {
    /// Reads `--config FILE`, else `client.yml` where configuration is kept. Also says which it was.
    pub(crate) fn load(
        explicit: Option<&Path>,
        environment: &Environment,
    ) -> Result<(Self, PathBuf), ConfigError> {
        let path = match explicit {
            Some(path) => environment.absolute(path),
            None => environment.config_dir.join("client.yml"),
        };
        let config: Self = read(&path)?;
        config.check(&path)?;
        Ok((config, path))
    }

    /// The data directory: `--data-dir`, else the configured one, else `client` in the usual one, so
    /// that a server on the same machine keeps its own.
    pub(crate) fn data_dir(&self, explicit: Option<&Path>, environment: &Environment) -> PathBuf {
        match explicit.or(self.data_dir.as_deref()) {
            Some(chosen) => environment.absolute(chosen),
            None => environment.data_dir.join("client"),
        }
    }

    /// The machine that this is: the identity is the host's name unless it is said.
    pub(crate) fn machine(
        &self,
        path: &Path,
        environment: &Environment,
    ) -> Result<MachineId, ConfigError> {
        let identity = match &self.client.identity {
            Some(identity) => identity.clone(),
            None => environment.host_name.parse().map_err(|error| {
                let message = format!("is not said, and the host's name cannot be used: {error}");
                ConfigError::wrong(path, "client.identity", message)
            })?,
        };
        Ok(MachineId { application: self.client.application.clone(), identity })
    }

    fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let lists =
            [("commands.allow", &self.commands.allow), ("commands.deny", &self.commands.deny)];
        if self.commands.allow.is_empty() {
            let message = "is empty: leave it out to allow everything, or deny what is not wanted";
            return Err(ConfigError::wrong(path, "commands.allow", message));
        }
        for (setting, patterns) in lists {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-_:*?".contains(&byte);
            if let Some(bad) = patterns.iter().find(|p| p.is_empty() || !p.bytes().all(fits)) {
                let message =
                    format!("`{bad}` is not the name of a command or a pattern for names");
                return Err(ConfigError::wrong(path, setting, message));
            }
        }
        if let Some(folders) = &self.commands.files {
            if folders.is_empty() {
                let message = "is empty: leave it out to open everything, or deny `file:*`";
                return Err(ConfigError::wrong(path, "commands.files", message));
            }
            if let Some(bad) = folders.iter().find(|folder| !folder.is_absolute()) {
                let message = format!("`{}` is no absolute path", bad.display());
                return Err(ConfigError::wrong(path, "commands.files", message));
            }
        }
        if self.networking.server_host.is_empty() {
            let message = "is empty: the server's name or address is needed";
            return Err(ConfigError::wrong(path, "networking.server_host", message));
        }
        Ok(())
    }
}

/// A new client's `client.yml`. Its `Display` is the text of the file.
#[cfg(feature = "cli")]
pub(crate) struct NewClient<'a> {
    /// Who it is.
    pub(crate) machine: &'a MachineId,
    /// Where the server is.
    pub(crate) server: &'a ServerAddress,
    /// The server's key.
    pub(crate) server_key: CurvePublicKey,
    /// The client's own.
    pub(crate) keys: &'a pantry_model::CurveKeyPair,
}

#[cfg(feature = "cli")]
impl fmt::Display for NewClient<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { machine, server, server_key, keys } = self;
        let local = matches!(server.server_host.as_str(), "127.0.0.1" | "::1" | "localhost");
        writeln!(
            f,
            "# The client {} of the application {}.",
            machine.identity, machine.application
        )?;
        writeln!(
            f,
            "# Put this file on that machine as /etc/pantry/client.yml, readable by root alone"
        )?;
        writeln!(
            f,
            "# (mode 0600), and start it there with `pantry client`. It holds a secret key that"
        )?;
        writeln!(f, "# the server has never seen: whoever has the file is this client.")?;
        writeln!(f, "networking:")?;
        if local {
            writeln!(
                f,
                "  # This is the server's own machine: for another, write the server's address here."
            )?;
        }
        // Neither a host's name nor Z85 has quotes or backslashes in it.
        writeln!(f, "  server_host: \"{}\"", server.server_host)?;
        writeln!(f, "  pub_sub_port: {}", server.pub_sub_port)?;
        writeln!(f, "  receive_port: {}", server.receive_port)?;
        writeln!(f, "  file_service_port: {}", server.file_service_port)?;
        writeln!(f, "client:")?;
        writeln!(f, "  application: \"{}\"", machine.application)?;
        writeln!(f, "  identity: \"{}\"", machine.identity)?;
        writeln!(f, "curve:")?;
        writeln!(f, "  server_public_key: \"{server_key}\"")?;
        writeln!(f, "  public_key: \"{}\"", keys.public)?;
        writeln!(f, "  secret_key: \"{}\"", keys.secret.expose_text())
    }
}

#[cfg(test)]
#[cfg(feature = "cli")]
mod tests;
