//! Runs as the routes of the reporting protocol tell them, and as whoever asks a server reads them.
//!
//! The names are those of Chef's reporting and of goiardi, which knows the same routes, with more beside
//! them. A reader needs none of what may be missing, so it reads any such server's answers.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::report::{ChangedResource, RunDetail, RunError, RunReport, RunSummary};
use super::{loose, moment};
use crate::chef::date::Date;
use crate::time::Timestamp;

/// A run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunView {
    /// Its id.
    pub run_id: String,
    /// Its node.
    pub node_name: String,
    /// A [`super::RunStatus`].
    pub status: String,
    /// When it began, by the machine's clock; by the server's, if the machine did not say.
    pub start_time: String,
    /// When it ended, by the machine's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_time: Option<String>,
    /// How long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// How many resources it had: a number, or a text with one.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub total_res_count: Value,
    /// How many of them were changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_res_count: Option<u64>,
    /// Who has told: a [`super::RunSource`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// When the server first heard of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded_at: Option<String>,
    /// The job that it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    /// How Pantry ran it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// Whether it only said what it would do.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub why_run: bool,
    /// The resource that failed, as `type[name]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_resource: Option<String>,
    /// The first line of what went wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The node's run list, as JSON in a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_list: Option<String>,
    /// The recipes that it came to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub recipes: Vec<String>,
    /// The versions of cookbooks by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub cookbooks: BTreeMap<String, String>,
    /// The policy that was followed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_name: Option<String>,
    /// Its group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy_group: Option<String>,
    /// The version of Chef.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chef_version: Option<String>,
    /// What Chef calls the machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_uuid: Option<String>,
    /// The program's exit status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    /// With `exception` in it, if something went wrong; goiardi may have none.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub data: Value,
    /// How many more resources were changed than are kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources_left_out: Option<u64>,
}

/// What went wrong, within the `data` of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RunViewException {
    /// The class of the exception.
    pub class: String,
    /// What it says.
    pub message: String,
    /// What was being done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Where it was thrown.
    pub backtrace: Vec<String>,
}

/// A resource of a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunViewResource {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub id: String,
    /// The action.
    pub result: String,
    /// `updated`, or `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// How long it took, in milliseconds: a text in the reporting protocol.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub duration: Value,
    /// What it has changed in a file.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub delta: Value,
    /// Where it is declared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cookbook_name: Option<String>,
    /// That cookbook's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cookbook_version: Option<String>,
    /// The recipe in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recipe_name: Option<String>,
}

/// A list of runs, newest first. goiardi's may be `null`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RunHistory {
    /// The runs, without what only one that is shown has.
    pub run_history: Option<Vec<RunView>>,
}

/// A run that is shown.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RunShown {
    /// The run.
    pub run_detail: RunView,
    /// What it has changed, and what failed. goiardi's may be `null`.
    #[serde(default, alias = "run_resources")]
    pub resources: Option<Vec<RunViewResource>>,
}

fn date(at: Timestamp) -> String {
    Date::from(at).to_string()
}

impl RunView {
    /// When it began.
    pub fn started_at(&self) -> Option<Timestamp> {
        moment::read(&self.start_time)
    }

    /// How long it took.
    pub fn took(&self) -> Option<Duration> {
        let (Some(begin), Some(end)) = (self.started_at(), self.end_time.as_deref()) else {
            return self.duration_ms.map(Duration::from_millis);
        };
        // goiardi has the year 1 for an end that has not come.
        let measured = moment::read(end).filter(|end| *end >= begin).map(|end| end.since(begin));
        self.duration_ms.map(Duration::from_millis).or(measured)
    }

    /// How many resources it had.
    pub fn total(&self) -> Option<u64> {
        loose::count(Some(&self.total_res_count))
    }

    /// What went wrong, as any such server tells it.
    pub fn exception(&self) -> Option<RunViewException> {
        let exception = self.data.get("exception")?;
        let RunError { class, message, title, backtrace } = RunError::read(exception);
        Some(RunViewException { class, message, title, backtrace })
    }
}

impl RunViewResource {
    /// How long it took.
    pub fn took(&self) -> Option<Duration> {
        loose::count(Some(&self.duration)).map(Duration::from_millis)
    }
}

impl From<&RunSummary> for RunView {
    fn from(run: &RunSummary) -> Self {
        let duration = run.duration().and_then(|it| u64::try_from(it.as_millis()).ok());
        Self {
            run_id: run.id.to_string(),
            node_name: run.node.to_string(),
            status: run.status.to_string(),
            start_time: date(run.started_at.unwrap_or(run.recorded_at)),
            end_time: run.ended_at.map(date),
            duration_ms: duration,
            total_res_count: run.total_resources.map_or(Value::Null, Value::from),
            updated_res_count: run.updated_resources,
            source: Some(run.source.to_string()),
            recorded_at: Some(date(run.recorded_at)),
            job: run.job.map(|job| job.to_string()),
            mode: run.mode.map(|mode| mode.to_string()),
            why_run: run.why_run,
            failed_resource: run.failed_resource.clone(),
            error: run.error.clone(),
            ..Self::default()
        }
    }
}

impl From<&RunReport> for RunView {
    fn from(run: &RunReport) -> Self {
        let detail: &RunDetail = &run.detail;
        let exception = detail.error.as_ref().map(|error| RunViewException {
            class: error.class.clone(),
            message: error.message.clone(),
            title: error.title.clone(),
            backtrace: error.backtrace.clone(),
        });
        let data = exception.map(|it| serde_json::json!({ "exception": it }));
        Self {
            run_list: Some(Value::from(detail.run_list.clone()).to_string()),
            recipes: detail.recipes.clone(),
            cookbooks: detail.cookbooks.clone(),
            policy_name: detail.policy_name.clone(),
            policy_group: detail.policy_group.clone(),
            chef_version: detail.chef_version.clone(),
            entity_uuid: detail.entity_uuid.clone(),
            exit_code: detail.exit_code,
            data: data.unwrap_or_else(|| serde_json::json!({})),
            resources_left_out: Some(detail.resources_left_out).filter(|number| *number > 0),
            ..Self::from(&run.summary)
        }
    }
}

impl From<&ChangedResource> for RunViewResource {
    fn from(resource: &ChangedResource) -> Self {
        let status = if resource.failed { "failed" } else { "updated" };
        Self {
            kind: resource.kind.clone(),
            name: resource.name.clone(),
            id: resource.id.clone(),
            result: resource.action.clone(),
            status: Some(status.to_owned()),
            duration: resource.duration_ms.map_or(Value::Null, |it| it.to_string().into()),
            delta: Value::from(resource.delta.clone()),
            cookbook_name: resource.cookbook.clone(),
            cookbook_version: resource.cookbook_version.clone(),
            recipe_name: resource.recipe.clone(),
        }
    }
}

impl From<&RunReport> for RunShown {
    fn from(run: &RunReport) -> Self {
        let resources = run.detail.resources.iter().map(RunViewResource::from).collect();
        Self { run_detail: RunView::from(run), resources: Some(resources) }
    }
}
