//! Writing down what is told of a run.

use pantry_model::chef::runs::limits::RUNS_PER_NODE;
use pantry_model::chef::runs::{RunId, RunReport};
use pantry_model::refusals::{nodes, runs};
use pantry_model::{Error, JobId, MachineId, Permission};
use pantry_store::Kind;
use sha2::{Digest as _, Sha256};

use super::is_own;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

/// What a run is known by that a job was on a machine, and to which Chef has given no id: the same
/// however often it is told.
pub fn run_id(job: JobId, machine: &MachineId) -> RunId {
    let digest: [u8; 32] = Sha256::digest(format!("{job} {machine}")).into();
    RunId::from_bits(digest.first_chunk().copied().unwrap_or_default())
}

impl UseCases {
    /// Writes down what is told of a run, besides what is known of it. Gives what is known now.
    pub async fn record_run(&self, caller: &Caller, told: RunReport) -> Result<RunReport, Error> {
        let scope = self.scope_of(caller)?;
        let node = &told.summary.node;
        if !is_own(caller, node) {
            let missing = || nodes::not_found(node.as_str());
            let place = (&scope, Kind::Node, node.as_str());
            self.permitted(caller, Permission::Update, place, missing).await?;
        }
        let id = told.summary.id;
        let report = match self.store.run(&scope, id).await.map_err(to_error)? {
            Some(known) if known.summary.node != *node => return Err(runs::taken(id).into()),
            Some(known) => told.merge(known),
            None => {
                let mut new = told;
                new.summary.recorded_at = self.clock.now();
                new
            }
        };
        let written = self.store.put_run(&scope, report.clone(), RUNS_PER_NODE).await;
        if written.map_err(to_error)? {
            return Ok(report);
        }
        // It has gone since, or another node has told of it.
        let name = report.summary.node.as_str();
        match self.find(&scope, Kind::Node, name).await? {
            Some(_) => Err(runs::taken(id).into()),
            None => Err(nodes::not_found(name).into()),
        }
    }
}
