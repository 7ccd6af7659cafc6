//! A report, as it is kept.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::RunId;
use crate::commands::chef_run::Mode;
use crate::job::JobId;
use crate::names::NodeName;
use crate::time::Timestamp;

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$of])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// As it is written, and stored.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The one that is written so.
            pub fn from_stored(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words!(
    /// What is known of how a run went, in the words of the reporting protocol. What is known for longer
    /// comes first: a report never takes a run back to an earlier one.
    RunStatus {
        /// It has begun.
        Running = "started",
        /// It has begun, and will not be heard of any more: the node has begun another one since, or the
        /// program was ended. If its end is told after all, that counts.
        Interrupted = "aborted",
        /// All was done.
        Success = "success",
        /// Something was not done.
        Failure = "failure",
    }
);

words!(
    /// Who has told of a run. The later one knows more.
    RunSource {
        /// A client of Chef's, by the reporting protocol.
        Reporting = "reporting",
        /// A client of Chef's, by messages for a data collector.
        DataCollector = "data-collector",
        /// The agent that ran it.
        Pantry = "pantry",
    }
);

impl RunStatus {
    /// Whether the run's own end is known.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Success | Self::Failure)
    }
}

/// What a list shows of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSummary {
    /// What it is known by.
    pub id: RunId,
    /// The node that was converged.
    pub node: NodeName,
    /// Who has told.
    pub source: RunSource,
    /// How it went.
    pub status: RunStatus,
    /// When the server heard of it first, by the server's clock: runs are in this order, since a
    /// machine's clock may be wrong.
    pub recorded_at: Timestamp,
    /// When it began, by the machine's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it ended, by the machine's clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The job that it was, if Pantry ran it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<JobId>,
    /// How Pantry ran it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// Whether it only said what it would do.
    #[serde(default)]
    pub why_run: bool,
    /// How many resources it had, nested ones too; the reporting protocol does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_resources: Option<u64>,
    /// How many of them were changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_resources: Option<u64>,
    /// The resource that failed, as `type[name]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_resource: Option<String>,
    /// The first line of what went wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What is told of one run besides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunDetail {
    /// The node's run list.
    pub run_list: Vec<String>,
    /// The recipes that it came to.
    pub recipes: Vec<String>,
    /// The versions of the cookbooks that were there, by name.
    pub cookbooks: BTreeMap<String, String>,
    /// The policy that was followed.
    pub policy_name: Option<String>,
    /// Its group.
    pub policy_group: Option<String>,
    /// The version of Chef.
    pub chef_version: Option<String>,
    /// What Chef calls the machine.
    pub entity_uuid: Option<String>,
    /// The program's exit status, if Pantry ran it.
    pub exit_code: Option<i32>,
    /// What was changed, and what failed, in order.
    pub resources: Vec<ChangedResource>,
    /// How many more there were than are kept.
    pub resources_left_out: u64,
    /// What went wrong.
    pub error: Option<RunError>,
}

/// A resource that a run has changed, or that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChangedResource {
    /// Its type, such as `file`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name in the recipe.
    pub name: String,
    /// What it is about, such as a path.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub id: String,
    /// The action.
    pub action: String,
    /// Whether it failed; else it was changed. The reporting protocol does not tell.
    pub failed: bool,
    /// Where it is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cookbook: Option<String>,
    /// That cookbook's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cookbook_version: Option<String>,
    /// The recipe in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipe: Option<String>,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// What it has changed in a file.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub delta: String,
}

/// What went wrong in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunError {
    /// The class of the exception; empty if it was none.
    pub class: String,
    /// What it says.
    pub message: String,
    /// What was being done, as Chef says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where it was thrown, innermost first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub backtrace: Vec<String>,
}

/// A report of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunReport {
    /// What a list shows.
    pub summary: RunSummary,
    /// And all else.
    pub detail: RunDetail,
}

impl RunSummary {
    /// What is known of a run that was just heard of.
    pub fn new(id: RunId, node: NodeName, source: RunSource, status: RunStatus) -> Self {
        Self {
            id,
            node,
            source,
            status,
            recorded_at: Timestamp(0),
            started_at: None,
            ended_at: None,
            job: None,
            mode: None,
            why_run: false,
            total_resources: None,
            updated_resources: None,
            failed_resource: None,
            error: None,
        }
    }

    /// How long it took, once that is known.
    pub fn duration(&self) -> Option<Duration> {
        Some(self.ended_at?.since(self.started_at?))
    }
}
