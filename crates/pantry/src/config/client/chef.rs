//! `chef`: how Chef is run on a machine.

use std::path::{Path, PathBuf};

use pantry_agent::{ChefConfig, WhenBusy};
use serde::{Deserialize, Deserializer};

use crate::config::values::whole;

/// The section. What is left out is as [`ChefConfig`] has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChefSettings {
    #[serde(default, deserialize_with = "optional_path")]
    command: Option<PathBuf>,
    #[serde(default, deserialize_with = "optional_path")]
    solo_command: Option<PathBuf>,
    /// Bytes of contents that no run needs now and that are kept all the same.
    #[serde(default = "a_gibibyte", deserialize_with = "whole::<0, 1_099_511_627_776, _, _>")]
    cache_limit: u64,
    #[serde(default)]
    when_busy: Busy,
    #[serde(default = "secret_file", deserialize_with = "path")]
    secret_file: PathBuf,
    #[serde(default = "config_dir", deserialize_with = "path")]
    config_dir: PathBuf,
    #[serde(default, deserialize_with = "optional_path")]
    trusted_certificates: Option<PathBuf>,
    #[serde(default = "yes")]
    verify: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Busy {
    #[default]
    Wait,
    Refuse,
}

fn a_gibibyte() -> u64 {
    ChefConfig::CACHE_LIMIT
}

fn secret_file() -> PathBuf {
    ChefConfig::SECRET_FILE.into()
}

fn config_dir() -> PathBuf {
    ChefConfig::CONFIG_DIR.into()
}

fn yes() -> bool {
    true
}

impl Default for ChefSettings {
    fn default() -> Self {
        Self {
            command: None,
            solo_command: None,
            cache_limit: a_gibibyte(),
            when_busy: Busy::default(),
            secret_file: secret_file(),
            config_dir: config_dir(),
            trusted_certificates: None,
            verify: true,
        }
    }
}

impl From<ChefSettings> for ChefConfig {
    fn from(settings: ChefSettings) -> Self {
        Self {
            command: settings.command,
            solo_command: settings.solo_command,
            cache_limit: settings.cache_limit,
            when_busy: match settings.when_busy {
                Busy::Wait => WhenBusy::Wait,
                Busy::Refuse => WhenBusy::Refuse,
            },
            secret_file: settings.secret_file,
            config_dir: settings.config_dir,
            trusted_certificates: settings.trusted_certificates,
            verify: settings.verify,
        }
    }
}

/// A path from the top: the agent's own folder is nobody's business.
fn path<'de, D: Deserializer<'de>>(from: D) -> Result<PathBuf, D::Error> {
    let path = PathBuf::deserialize(from)?;
    match Path::is_absolute(&path) {
        true => Ok(path),
        false => Err(serde::de::Error::custom(format!("{} is no absolute path", path.display()))),
    }
}

fn optional_path<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PathBuf>, D::Error> {
    path(from).map(Some)
}
