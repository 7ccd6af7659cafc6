//! What is told of one run more than once, put together.

use super::report::{RunDetail, RunReport, RunSource, RunStatus, RunSummary};

impl RunReport {
    /// This report, which came later, with what only the earlier one knows. Where both say something,
    /// the one counts that knows more: of its end before its beginning, then by who has told; of two
    /// that know the same, the later.
    #[must_use]
    pub fn merge(self, earlier: Self) -> Self {
        let recorded_at = earlier.summary.recorded_at;
        let (more, less) =
            if self.knows() >= earlier.knows() { (self, earlier) } else { (earlier, self) };
        let (summary, mut other) = (more.summary, less.summary);
        let mut other_detail = less.detail;
        if summary.status == RunStatus::Success {
            (other.failed_resource, other.error, other_detail.error) = (None, None, None);
        }
        let summary = RunSummary {
            source: summary.source.max(other.source),
            recorded_at,
            started_at: summary.started_at.or(other.started_at),
            ended_at: summary.ended_at.or(other.ended_at),
            job: summary.job.or(other.job),
            mode: summary.mode.or(other.mode),
            why_run: summary.why_run || other.why_run,
            total_resources: summary.total_resources.or(other.total_resources),
            updated_resources: summary.updated_resources.or(other.updated_resources),
            failed_resource: summary.failed_resource.or(other.failed_resource),
            error: summary.error.or(other.error),
            ..summary
        };
        Self { summary, detail: more.detail.with(other_detail) }
    }
}

impl RunReport {
    /// How much is known, and by whom it was told.
    fn knows(&self) -> (RunStatus, RunSource) {
        let status = match self.summary.status {
            // Of two ends neither is more of an end.
            status if status.is_end() => RunStatus::Success,
            status => status,
        };
        (status, self.summary.source)
    }
}

impl RunDetail {
    fn with(self, other: Self) -> Self {
        let (resources, resources_left_out) = if self.resources.is_empty() {
            (other.resources, other.resources_left_out)
        } else {
            (self.resources, self.resources_left_out)
        };
        Self {
            run_list: first(self.run_list, other.run_list),
            recipes: first(self.recipes, other.recipes),
            cookbooks: if self.cookbooks.is_empty() { other.cookbooks } else { self.cookbooks },
            policy_name: self.policy_name.or(other.policy_name),
            policy_group: self.policy_group.or(other.policy_group),
            chef_version: self.chef_version.or(other.chef_version),
            entity_uuid: self.entity_uuid.or(other.entity_uuid),
            exit_code: self.exit_code.or(other.exit_code),
            resources,
            resources_left_out,
            error: self.error.or(other.error),
        }
    }
}

fn first<T>(one: Vec<T>, other: Vec<T>) -> Vec<T> {
    if one.is_empty() { other } else { one }
}
