//! `job list|show|watch|output`, and what `exec` and its like begin with: the start of a job.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Command;
use crate::delivery::DeliveryState;
use crate::job::{Delivery, Job, JobId, Order};
use crate::names::{ApplicationName, Identity};
use crate::target::Target;
use crate::time::millis;

/// Writes a job down and sends it out. The command's payload is the request's next frame.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobStart {
    /// The application; each that the user may ask, if none.
    pub application: Option<ApplicationName>,
    /// Whom it is for.
    pub target: Target,
    /// What to do.
    pub order: Order,
    /// How long clients that are away have to come back and take it.
    #[serde(rename = "time_to_live_ms", with = "millis")]
    pub time_to_live: Duration,
    /// The number under which the user has stored files that the job is to carry
    /// ([`crate::protocol::files::Place::Staged`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staged: Option<u64>,
}

/// A job that was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartedJob {
    /// The job's id.
    pub job: JobId,
    /// Its application.
    pub application: ApplicationName,
    /// How many clients it goes to.
    pub deliveries: u64,
}

impl Command for JobStart {
    const NAME: &'static str = "job-start";
    /// One for each application that has clients the target matches.
    type Answer = Vec<StartedJob>;
}

/// Lists jobs, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobList {
    /// The application; all that the user may see, if none.
    pub application: Option<ApplicationName>,
    /// At most so many.
    pub limit: u32,
}

/// A job as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobSummary {
    /// The job.
    pub job: Job,
    /// How many of its deliveries are in each state.
    pub states: BTreeMap<String, u64>,
}

impl Command for JobList {
    const NAME: &'static str = "job-list";
    type Answer = Vec<JobSummary>;
}

/// Shows a job and its deliveries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobShow {
    /// The job.
    pub job: JobId,
}

/// A job and its deliveries, by identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobView {
    /// The job.
    pub job: Job,
    /// Its deliveries.
    pub deliveries: Vec<Delivery>,
}

impl JobView {
    /// Whether all deliveries are final.
    pub fn is_over(&self) -> bool {
        self.deliveries.iter().all(|delivery| delivery.state.is_final())
    }

    /// Whether all deliveries succeeded.
    pub fn succeeded(&self) -> bool {
        self.deliveries.iter().all(|delivery| delivery.state == DeliveryState::Succeeded)
    }
}

impl Command for JobShow {
    const NAME: &'static str = "job-show";
    type Answer = JobView;
}

/// Follows a job: answered by events as far as there is credit, from `seen` on, until all
/// deliveries are final and their output was sent. `job output` is the same with `follow` off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobWatch {
    /// The job.
    pub job: JobId,
    /// Only these clients; all, if none.
    #[serde(default)]
    pub identities: Vec<Identity>,
    /// The next chunk wanted of each client; 0 where it is not named.
    #[serde(default)]
    pub seen: BTreeMap<Identity, u64>,
    /// How many bytes of output may be sent before more credit is given.
    pub credit: u64,
    /// Whether to wait for what has not happened yet; else it is done when what is stored was sent.
    pub follow: bool,
}

impl Command for JobWatch {
    const NAME: &'static str = "job-watch";
    /// The job; the events follow.
    type Answer = Job;
}
