//! `log_to`, `log_level`, `log_format`: as written in both files.

use std::path::PathBuf;

use serde::Deserialize;

/// Where the log goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(crate) enum LogTo {
    /// Standard output.
    #[default]
    Stdout,
    /// The systemd journal.
    Journald,
    /// The end of this file.
    File(PathBuf),
}

impl From<String> for LogTo {
    fn from(text: String) -> Self {
        match text.as_str() {
            "stdout" => Self::Stdout,
            "journald" => Self::Journald,
            _ => Self::File(text.into()),
        }
    }
}

/// What is worth a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogLevel {
    /// What needs somebody.
    Error,
    /// What may need somebody.
    Warn,
    /// What an administrator wants to know afterwards.
    #[default]
    Info,
    /// What helps to find a fault.
    Debug,
    /// Everything.
    Trace,
}

/// How a line looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}
