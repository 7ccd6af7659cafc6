//! What a run has left: the node as Chef has saved it, and what became of the run.
//!
//! The node is saved as by a request of the machine's API client, with the same checks. That it may not
//! be is told to the machine, which says so in the run's output; the run itself has ended as it has, and
//! that is written down in any case. A run that is told of again has the same report.

use pantry_model::chef::runs::{KnownRun, RunReport};
use pantry_model::chef::{Node, NodeInRun};
use pantry_model::commands::chef_run::{ChefRun, ChefRunFinish, FinishedRun, Mode, RunRecord};
use pantry_model::refusals::{Class, chef_runs};
use pantry_model::{Error, MachineId, NodeName, Principal};
use pantry_store::{Kind, Scope};

use crate::UseCases;
use crate::callers::Caller;
use crate::runs::run_id;

impl UseCases {
    /// Takes what a run has left. A machine may say it again if it has heard no answer.
    pub async fn finish_chef_run(
        &self,
        machine: &MachineId,
        ended: ChefRunFinish,
        record: RunRecord,
    ) -> Result<FinishedRun, Error> {
        let run = self.ordered_run(machine, ended.job, false).await?;
        let caller = self.caller(&Principal::Machine(machine.clone()), None).await?;
        let mut finished = FinishedRun::default();
        if let Some(node) = record.node.filter(|_| is_to_be_saved(&run)) {
            let saved = self.save_node(&caller, machine, &run, node.get().as_bytes()).await;
            finished.node_refused = refused(machine, saved)?;
        }
        let messages: Vec<&[u8]> = record.messages.iter().map(|it| it.get().as_bytes()).collect();
        let report = RunReport::from_messages(&known(machine, ended, &run)?, messages);
        match self.record_run(&caller, report).await {
            Ok(report) => finished.run = Some(report.summary.id.to_string()),
            Err(error) if is_to_be_repeated(&error) => return Err(error),
            Err(error) => tracing::warn!(%machine, %error, "a run's report is not kept"),
        }
        Ok(finished)
    }

    async fn save_node(
        &self,
        caller: &Caller,
        machine: &MachineId,
        run: &ChefRun,
        left: &[u8],
    ) -> Result<(), Error> {
        let (scope, name) = (Scope::of(machine), machine.identity.as_str());
        let mut node = Node::read_update(left, name)?;
        let there = self.find(&scope, Kind::Node, name).await?;
        let Some(there) = there else { return self.create_node(caller, &node).await };
        if run.artifacts.is_some() && run.run_list.is_none() {
            // Such a run follows no policy, and does not say that there shall be none from now on.
            node = NodeInRun::stored(&there.document.body, name)?.keeping_policy(&node)?;
        }
        self.update_node(caller, &node).await
    }
}

/// Whether a run says what its node is from now on.
fn is_to_be_saved(run: &ChefRun) -> bool {
    // In the mode `server` Chef has saved it itself.
    run.mode != Mode::Server && !run.why_run && run.override_run_list.is_none()
}

/// What the agent knows of a run, and the job.
fn known(machine: &MachineId, ended: ChefRunFinish, run: &ChefRun) -> Result<KnownRun, Error> {
    let node: Result<NodeName, _> = machine.identity.as_str().parse();
    Ok(KnownRun {
        id: run_id(ended.job, machine),
        node: node.map_err(|error| Error::Internal(error.to_string()))?,
        job: ended.job,
        mode: run.mode,
        why_run: run.why_run,
        started_at: ended.started_at,
        duration: ended.duration,
        exit_code: ended.exit_code,
        reason: ended.reason,
    })
}

/// Why something was not done, if doing it again would be the same.
fn refused(machine: &MachineId, done: Result<(), Error>) -> Result<Option<String>, Error> {
    match done {
        Ok(()) => Ok(None),
        Err(error) if is_to_be_repeated(&error) => Err(error),
        Err(Error::Refused(refusal)) if refusal.class == Class::Forbidden => {
            Ok(Some(chef_runs::not_saved(machine.identity.as_str(), &refusal).sentence))
        }
        Err(error) => Ok(Some(error.to_string())),
    }
}

/// Whether the same may be done later.
fn is_to_be_repeated(error: &Error) -> bool {
    let of_server = |error: &Error| {
        matches!(
            error,
            Error::Unavailable(_) | Error::Interrupted(_) | Error::ReadOnly(_) | Error::Internal(_)
        )
    };
    of_server(error) || matches!(error, Error::Refused(it) if it.class == Class::Unavailable)
}
