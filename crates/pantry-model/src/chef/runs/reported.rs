//! The reporting protocol, version 0.1.0: a client says that a run begins, and at its end what it did.
//!
//! A client that hears 404 or 406 when it begins sends nothing more of this run. In the end it tells
//! only of resources that changed or failed, outermost ones, and not which of the two. Its
//! `total_res_count` counts those, and so says nothing of how many there were.

use serde::Deserialize;
use serde_json::Value;

use super::error_of;
use super::loose::{recipes, words};
use super::report::{RunDetail, RunReport, RunSource, RunStatus, RunSummary};
use super::resources::Resources;
use super::{RunId, moment};
use crate::names::NodeName;
use crate::refusals::{Refusal, request};

/// The protocol's version, as clients say it in `X-Ops-Reporting-Protocol-Version`.
pub const PROTOCOL_VERSION: &str = "0.1.0";

#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    action: Option<Value>,
    #[serde(default)]
    run_id: Option<Value>,
    #[serde(default)]
    start_time: Option<Value>,
    #[serde(default)]
    end_time: Option<Value>,
    #[serde(default)]
    status: Option<Value>,
    #[serde(default)]
    run_list: Option<Value>,
    #[serde(default)]
    expanded_run_list: Option<Value>,
    #[serde(default)]
    resources: Resources,
    #[serde(default)]
    data: Option<Value>,
}

impl Sent {
    fn read(body: &[u8], action: &str) -> Result<Self, Refusal> {
        let sent: Self = super::read_object(body)?;
        let said = sent.action.as_ref().ok_or_else(|| request::field_missing("action"))?;
        if said.as_str() == Some(action) { Ok(sent) } else { Err(request::field_invalid("action")) }
    }

    fn summary(&self, id: RunId, node: NodeName, status: RunStatus) -> RunSummary {
        let moment = |value: &Option<Value>| moment::read(value.as_ref()?.as_str()?);
        RunSummary {
            started_at: moment(&self.start_time),
            ended_at: moment(&self.end_time),
            ..RunSummary::new(id, node, RunSource::Reporting, status)
        }
    }
}

impl RunReport {
    /// The report of a node that begins a run.
    pub fn read_start(node: NodeName, body: &[u8]) -> Result<Self, Refusal> {
        let sent = Sent::read(body, "start")?;
        let id = super::run_id(sent.run_id.as_ref())?;
        let summary = sent.summary(id, node, RunStatus::Running);
        Ok(Self { summary, detail: RunDetail::default() })
    }

    /// The report of a node that has ended a run.
    pub fn read_end(node: NodeName, id: RunId, body: &[u8]) -> Result<Self, Refusal> {
        let sent = Sent::read(body, "end")?;
        let status = sent.status.as_ref().ok_or_else(|| request::field_missing("status"))?;
        let status = status.as_str().and_then(RunStatus::from_stored);
        let status = status.filter(|status| *status != RunStatus::Interrupted);
        let status = status.ok_or_else(|| request::field_invalid("status"))?;
        let mut summary = sent.summary(id, node, status);
        let mut resources = sent.resources;
        let error = sent.data.as_ref().and_then(|data| data.get("exception"));
        let (error, named) = error_of(error, status);
        if let Some(failed) = &named {
            let of = resources.kept.iter_mut().filter(|one| one.declared() == *failed);
            of.for_each(|one| {
                one.failed = true;
                resources.updated = resources.updated.saturating_sub(1);
            });
        }
        summary.updated_resources = Some(resources.updated);
        summary.failed_resource = named;
        summary.error = error.as_ref().and_then(super::RunError::first_line);
        let detail = RunDetail {
            run_list: words(sent.run_list.as_ref()),
            recipes: recipes(sent.expanded_run_list.as_ref()),
            resources: resources.kept,
            resources_left_out: resources.left_out,
            error,
            ..RunDetail::default()
        };
        Ok(Self { summary, detail })
    }
}
