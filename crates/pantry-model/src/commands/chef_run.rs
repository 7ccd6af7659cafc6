//! `chef run`: what a job says of it, and what a machine asks the server before and after.
//!
//! A job holds only what was asked for. What that means on a machine (its run list, the cookbooks that
//! fit, the files of those) the server says when the run begins there, so that a machine that was away
//! runs what is true now.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ClientCommand, Command};
use crate::content::Sha256;
use crate::job::JobId;
use crate::names::{
    CookbookArtifactIdentifier, CookbookName, DataBagName, PolicyGroupName, PolicyName,
};
use crate::run_list::RunList;
use crate::time::{Timestamp, millis};

/// Every client converges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChefRun {
    /// How.
    #[serde(default)]
    pub mode: Mode,
    /// The run list that the node is to have from now on, in place of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run_list: Option<RunList>,
    /// The run list of this run only. The node is not saved then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_run_list: Option<RunList>,
    /// The policy that is followed, in place of the node's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<FollowedPolicy>,
    /// Cookbook artifacts, by name, in place of cookbooks that the server chooses (RFC 22).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifacts: Option<BTreeMap<CookbookName, CookbookArtifactIdentifier>>,
    /// In mode `solo`: the data bags that the run may read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_bags: Vec<DataBagName>,
    /// Whether to say what would be done, and do nothing.
    #[serde(default)]
    pub why_run: bool,
    /// What Chef logs: one of [`LogLevel::ALL`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log_level: Option<LogLevel>,
}

impl ClientCommand for ChefRun {
    const NAME: &'static str = "chef:run";
}

/// A policy, in a policy group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowedPolicy {
    /// Its name.
    pub name: PolicyName,
    /// The group.
    pub group: PolicyGroupName,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $what:literal {
        $($(#[$of:meta])* $variant:ident = $text:literal),* $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$of])* $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As it is written.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                let found = Self::ALL.iter().find(|one| one.as_str() == text).copied();
                found.ok_or_else(|| {
                    let all: Vec<&str> = Self::ALL.iter().map(|one| one.as_str()).collect();
                    format!("{text:?} is no {}: one of {}", $what, all.join(", "))
                })
            }
        }
    };
}
pub(super) use words;

words!(
    /// How a machine converges, which is also: what Chef data a run sees.
    #[derive(Default)]
    Mode, "mode of a Chef run" {
        /// `chef-client --local-mode`, with the nodes and data bags that its API client may read.
        #[default]
        Zero = "zero",
        /// `chef-solo`, with the data bags that are listed for it.
        Solo = "solo",
        /// `chef-client` against the server's HTTP API, with an RSA key of its own.
        Server = "server",
    }
);

words!(
    /// What Chef logs.
    LogLevel, "log level" {
        /// Everything there is.
        Trace = "trace",
        /// All that helps to find a fault.
        Debug = "debug",
        /// What is done.
        Info = "info",
        /// What may be wrong.
        Warn = "warn",
        /// What is wrong.
        Error = "error",
        /// What ends the run.
        Fatal = "fatal",
    }
);

/// A machine asks what a run means for it. Answered on the file service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChefRunPrepare {
    /// The job, which this machine has a delivery of.
    pub job: JobId,
    /// Mode `server`: the public half, as PEM, of the key that its API client is to have, if it has made
    /// itself one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

/// What it means: a content that can be fetched from the job, while this connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PreparedRun {
    /// The document of a [`crate::chef::RunTree`].
    pub tree: Sha256,
    /// Its length in bytes.
    pub size: u64,
}

impl Command for ChefRunPrepare {
    const NAME: &'static str = "chef-run-prepare";
    type Answer = PreparedRun;
}

/// A machine says how a run ended. Its payload is the JSON of [`RunRecord`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChefRunFinish {
    /// The job.
    pub job: JobId,
    /// When it began, by the machine's clock.
    pub started_at: Timestamp,
    /// How long it took.
    #[serde(rename = "duration_ms", with = "millis")]
    pub duration: Duration,
    /// The program's exit status, if it had one.
    pub exit_code: Option<i32>,
    /// What went wrong, as a sentence, if the numbers do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a run has left, as Chef has written it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunRecord {
    /// The node as it was saved in the repository's folder; none if it was not, or must not be saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<Box<serde_json::value::RawValue>>,
    /// The messages for a data collector, in their order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<Box<serde_json::value::RawValue>>,
}

/// What became of that.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedRun {
    /// Why the node was not saved, if it should have been.
    pub node_refused: Option<String>,
    /// The id of the run's report.
    pub run: Option<String>,
}

impl Command for ChefRunFinish {
    const NAME: &'static str = "chef-run-finish";
    type Answer = FinishedRun;
}
