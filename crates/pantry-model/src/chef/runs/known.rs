//! What the agent brings of a run that it has done: what it has seen itself, and Chef's messages.

use std::time::Duration;

use super::RunId;
use super::collected::{MessageKind, Sent};
use super::report::{RunDetail, RunError, RunReport, RunSource, RunStatus, RunSummary};
use crate::commands::chef_run::Mode;
use crate::job::JobId;
use crate::names::NodeName;
use crate::time::Timestamp;

/// What an agent knows of a run, whatever Chef says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRun {
    /// What the run is known by if Chef has given it no id: of the job and the machine, so that it is
    /// the same however often it is told.
    pub id: RunId,
    /// The machine's node.
    pub node: NodeName,
    /// The job.
    pub job: JobId,
    /// How it was run.
    pub mode: Mode,
    /// Whether it only said what it would do: then Chef sends no messages.
    pub why_run: bool,
    /// When it began, by the machine's clock.
    pub started_at: Timestamp,
    /// How long it took.
    pub duration: Duration,
    /// The program's exit status, if it had one.
    pub exit_code: Option<i32>,
    /// What went wrong, as a sentence, if the numbers do not say.
    pub reason: Option<String>,
}

impl KnownRun {
    /// How it went, as far as the program's end says.
    fn status(&self) -> RunStatus {
        match self.exit_code {
            Some(0) => RunStatus::Success,
            Some(_) => RunStatus::Failure,
            // It was ended, or nobody saw how it ended.
            None => RunStatus::Interrupted,
        }
    }
}

impl RunReport {
    /// The report of a run that an agent brings, with the messages of one run in their order. What
    /// cannot be read of those is as if it were absent: what the agent knows is a report already.
    pub fn from_messages<'a>(
        known: &KnownRun,
        messages: impl IntoIterator<Item = &'a [u8]>,
    ) -> Self {
        let mut report: Option<Self> = None;
        for message in messages {
            let text = String::from_utf8_lossy(message);
            let Ok(sent) = super::read_text::<Sent<'_>>(&text) else { continue };
            if sent.kind() == MessageKind::Other {
                continue;
            }
            let said = super::run_id(sent.run_id.as_ref().or(sent.id.as_ref()));
            let id = said.unwrap_or(known.id);
            let Ok(told) = sent.into_report(id, known.node.clone()) else { continue };
            report = Some(match report {
                Some(earlier) if earlier.summary.id == id => told.merge(earlier),
                // A message that is left of an earlier run is not this one's.
                _ => told,
            });
        }
        let (node, own) = (known.node.clone(), known.status());
        let mut report = report.unwrap_or_else(|| {
            let summary = RunSummary::new(known.id, node, RunSource::Pantry, own);
            Self { summary, detail: RunDetail::default() }
        });
        let summary = &mut report.summary;
        if !summary.status.is_end() {
            summary.status = own;
        }
        summary.source = RunSource::Pantry;
        summary.job = Some(known.job);
        summary.mode = Some(known.mode);
        summary.why_run = known.why_run;
        summary.started_at = summary.started_at.or(Some(known.started_at));
        summary.ended_at = summary.ended_at.or(Some(known.started_at.after(known.duration)));
        report.detail.exit_code = known.exit_code;
        if report.detail.error.is_none()
            && let Some(reason) = &known.reason
        {
            let error = RunError::because(reason);
            summary.error = error.first_line();
            report.detail.error = Some(error);
        }
        report
    }
}
