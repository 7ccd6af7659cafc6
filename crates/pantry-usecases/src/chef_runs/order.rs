//! What a machine may be asked to run: the job as it was written down, and nothing that the machine
//! says of it.

use pantry_model::commands::ClientCommand;
use pantry_model::commands::chef_convert::ChefConvert;
use pantry_model::commands::chef_run::{ChefRun, Mode};
use pantry_model::refusals::{Refusal, chef_runs};
use pantry_model::{DeliveryState, Error, JobId, MachineId};

use crate::UseCases;
use crate::fault::to_error;

impl UseCases {
    /// What a job asks of a machine that has a delivery of it; one that is not final, if only such a one
    /// counts. Any other job is as one that is not there.
    pub(super) async fn ordered_run(
        &self,
        machine: &MachineId,
        id: JobId,
        is_to_begin: bool,
    ) -> Result<ChefRun, Error> {
        let unknown = || Error::UnknownJob(id);
        let job = self.store.job(id).await.map_err(to_error)?.ok_or_else(unknown)?;
        let command = job.order.command.as_str();
        // A conversion needs what a run does, and is none that ends.
        let is_conversion = is_to_begin && command == ChefConvert::NAME;
        let is_one = is_conversion || command == ChefRun::NAME;
        if job.application != machine.application || !is_one {
            return Err(unknown());
        }
        let delivery = self.store.delivery(id, &machine.identity).await.map_err(to_error)?;
        let counts = |state: DeliveryState| !(is_to_begin && state.is_final());
        delivery.filter(|delivery| counts(delivery.state)).ok_or_else(unknown)?;
        let arguments = job.order.arguments;
        let run = match is_conversion {
            true => serde_json::from_value(arguments).map(|asked: ChefConvert| asked.run()),
            false => serde_json::from_value(arguments).map(Some),
        };
        let run = run.map_err(|error| {
            Error::Invalid(format!("the job `{id}` says nothing that can be run: {error}"))
        })?;
        let run = run.ok_or_else(unknown)?;
        check(&run)?;
        Ok(run)
    }
}

/// Nothing if what is asked for goes together.
fn check(run: &ChefRun) -> Result<(), Refusal> {
    if run.policy.is_some() {
        let others = [
            (run.run_list.is_some(), "a run list"),
            (run.override_run_list.is_some(), "an override run list"),
            (run.artifacts.is_some(), "artifacts"),
        ];
        if let Some((_, other)) = others.into_iter().find(|(is_there, _)| *is_there) {
            return Err(chef_runs::not_together("a policy", other));
        }
    }
    if run.mode == Mode::Solo && run.policy.is_some() {
        return Err(chef_runs::not_in_mode(run.mode, "follow a policy"));
    }
    if run.mode == Mode::Server && run.artifacts.is_some() {
        return Err(chef_runs::not_in_mode(run.mode, "be given artifacts"));
    }
    if run.mode != Mode::Solo && !run.data_bags.is_empty() {
        return Err(chef_runs::not_in_mode(run.mode, "be given data bags: it reads what it may"));
    }
    Ok(())
}
