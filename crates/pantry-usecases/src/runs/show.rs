//! Showing a run.

use pantry_model::chef::runs::{RunId, RunReport};
use pantry_model::refusals::{request, runs};
use pantry_model::{Error, Permission};
use pantry_store::Kind;

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// What is known of a run.
    pub async fn show_run(&self, caller: &Caller, id: RunId) -> Result<RunReport, Error> {
        let scope = self.scope_of(caller)?;
        let report = self.store.run(&scope, id).await.map_err(to_error)?;
        let report = report.ok_or_else(|| runs::not_found(&id.to_string()))?;
        let name = &report.summary.node;
        let node = self.find(&scope, Kind::Node, name.as_str()).await?;
        if self.may_read_runs(caller, &scope, name, node.as_ref()).await? {
            Ok(report)
        } else {
            Err(request::missing_permission(Permission::Read).into())
        }
    }
}
