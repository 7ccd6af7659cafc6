//! Messages for a data collector, which a client of Chef's sends to a URL or writes to a file: one when
//! a run begins (`run_start`), one at its end with all resources (`run_converge`).
//!
//! Chef's server and compliance tools send others to the same place (`action`, reports of InSpec), which
//! are no runs and are not kept.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::limits::{MAX_ITEMS, MAX_WORD_BYTES};
use super::loose::{count, cut, node_name, recipes, word, words};
use super::report::{RunDetail, RunReport, RunSource, RunStatus, RunSummary};
use super::resources::Resources;
use super::{error_of, moment};
use crate::json;
use crate::names::NodeName;
use crate::refusals::Refusal;

/// A message.
#[derive(Clone, Debug)]
pub enum Collected {
    /// Of a run.
    Run(Box<RunReport>),
    /// Of anything else.
    Other,
}

#[derive(Deserialize)]
pub(super) struct Sent<'a> {
    #[serde(default)]
    message_type: Option<Value>,
    /// The run's id stands there twice.
    #[serde(default)]
    pub(super) run_id: Option<Value>,
    #[serde(default)]
    pub(super) id: Option<Value>,
    #[serde(default)]
    node_name: Option<Value>,
    #[serde(default)]
    entity_uuid: Option<Value>,
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
    cookbooks: Option<Value>,
    #[serde(default)]
    policy_name: Option<Value>,
    #[serde(default)]
    policy_group: Option<Value>,
    #[serde(default)]
    total_resource_count: Option<Value>,
    #[serde(default)]
    updated_resource_count: Option<Value>,
    #[serde(default)]
    resources: Resources,
    #[serde(default)]
    error: Option<Value>,
    /// The whole node, of which little is wanted.
    #[serde(default, borrow)]
    node: Option<&'a RawValue>,
}

/// What kind of message it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum MessageKind {
    Start,
    End,
    Other,
}

impl Collected {
    /// A message, as it came. One of a run must name the run and its node.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let text = String::from_utf8_lossy(body);
        let sent: Sent<'_> = super::read_text(&text)?;
        if sent.kind() == MessageKind::Other {
            return Ok(Self::Other);
        }
        let node = node_name(sent.node_name.as_ref());
        let node =
            node.ok_or_else(|| super::missing_or_invalid(sent.node_name.as_ref(), "node_name"))?;
        let id = super::run_id(sent.run_id.as_ref().or(sent.id.as_ref()))?;
        Ok(Self::Run(Box::new(sent.into_report(id, node)?)))
    }
}

impl Sent<'_> {
    pub(super) fn kind(&self) -> MessageKind {
        match self.message_type.as_ref().and_then(Value::as_str) {
            Some("run_start") => MessageKind::Start,
            Some("run_converge") => MessageKind::End,
            _ => MessageKind::Other,
        }
    }

    /// The report of a run with this id, of this node.
    pub(super) fn into_report(
        self,
        id: super::RunId,
        node: NodeName,
    ) -> Result<RunReport, Refusal> {
        let status = match self.kind() {
            MessageKind::End => match self.status.as_ref().and_then(Value::as_str) {
                Some("success") => RunStatus::Success,
                Some("failure") => RunStatus::Failure,
                _ => return Err(super::missing_or_invalid(self.status.as_ref(), "status")),
            },
            MessageKind::Start | MessageKind::Other => RunStatus::Running,
        };
        let moment = |value: &Option<Value>| moment::read(value.as_ref()?.as_str()?);
        let resources = self.resources;
        let (error, named) = error_of(self.error.as_ref(), status);
        let mut summary = RunSummary::new(id, node, RunSource::DataCollector, status);
        summary.started_at = moment(&self.start_time);
        summary.ended_at = moment(&self.end_time);
        if status.is_end() {
            let total = count(self.total_resource_count.as_ref());
            let updated = count(self.updated_resource_count.as_ref());
            summary.total_resources = Some(total.unwrap_or(resources.total));
            summary.updated_resources = Some(updated.unwrap_or(resources.updated));
        }
        if status == RunStatus::Failure {
            summary.failed_resource = resources.failed.or(named);
        }
        summary.error = error.as_ref().and_then(super::RunError::first_line);
        let detail = RunDetail {
            run_list: words(self.run_list.as_ref()),
            recipes: recipes(self.expanded_run_list.as_ref()),
            cookbooks: cookbooks(self.cookbooks.as_ref()),
            policy_name: word(self.policy_name.as_ref()),
            policy_group: word(self.policy_group.as_ref()),
            chef_version: self.node.and_then(|node| chef_version(node.get())),
            entity_uuid: word(self.entity_uuid.as_ref()),
            exit_code: None,
            resources: resources.kept,
            resources_left_out: resources.left_out,
            error,
        };
        Ok(RunReport { summary, detail })
    }
}

/// The versions in `{"nginx":{"version":"1.0.0"}}`.
fn cookbooks(sent: Option<&Value>) -> BTreeMap<String, String> {
    let all = sent.and_then(Value::as_object).into_iter().flatten();
    let version =
        |(name, of): (&String, &Value)| Some((cut(name, MAX_WORD_BYTES), word(of.get("version"))?));
    all.filter_map(version).take(MAX_ITEMS).collect()
}

/// The version of Chef that a node's automatic attributes tell.
fn chef_version(node: &str) -> Option<String> {
    let path = ["automatic", "chef_packages", "chef", "version"];
    let mut at = node;
    for wanted in path {
        let mut found = None;
        json::each_member(at, |name, value| {
            if name == wanted {
                found = Some(value);
            }
        });
        at = found?;
    }
    word(serde_json::from_str(at).ok().as_ref())
}
