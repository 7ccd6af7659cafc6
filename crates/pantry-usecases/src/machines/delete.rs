//! Deleting a machine: its key is refused from then on, and its connections end.

use pantry_model::{DeliveryEvent, Error, MachineId, Principal};
use pantry_store::{Advance, Change, Kind, Scope, Verb};

use crate::UseCases;
use crate::authorize::Action;
use crate::fault::{done_but, to_error};
use crate::search;

impl UseCases {
    /// Deletes a machine. What it had been asked and has not ended, ends now: cancelled where it
    /// never had it, interrupted where it may have run.
    pub async fn delete_machine(
        &self,
        actor: &Principal,
        machine: &MachineId,
    ) -> Result<(), Error> {
        let scope = Scope::of(machine);
        let owner = Principal::Machine(machine.clone());
        self.decide(|| async {
            let action = Action::ManageClients(&machine.application);
            let caller = self.authorize(actor, &action).await?;
            let name = machine.identity.as_str();
            let read = self.store.document(&scope, Kind::Machine, name).await.map_err(to_error)?;
            let read = read.ok_or_else(|| Error::UnknownClient(machine.clone()))?;
            let mut write = self.write_by(actor);
            write.changes.push(Change::RemoveKeys { owner: owner.clone() });
            write.enter(&scope, Verb::Delete, Kind::Key, &owner.to_string(), None);
            caller.answer_for(&mut write);
            write.delete(&scope, Kind::Machine, name, read.hash);
            if let Some(client) = self.find(&scope, Kind::ApiClient, name).await? {
                search::delete(&mut write, (&scope, Kind::ApiClient), &client.document)?;
                self.forget_runs_without_node(&mut write, &scope, name).await?;
            }
            Ok((write, ()))
        })
        .await?;
        self.keys.refresh(self.store.as_ref(), &owner).await.map_err(done_but)?;
        self.fleet.part_with(std::slice::from_ref(&owner)).await;

        let open = self.store.open_deliveries(machine).await.map_err(done_but)?;
        let at = self.clock.now();
        let steps = open.into_iter().filter_map(|open| {
            let to = open.delivery.state.after(DeliveryEvent::Revoked)?;
            let (job, from) = (open.job.id, open.delivery.state);
            let machine = machine.clone();
            let ending = Some(pantry_model::Ending::because("its client was deleted"));
            Some(Advance { machine, job, from, to, at, incarnation: None, ending })
        });
        let steps = steps.collect::<Vec<_>>();
        self.store.advance(steps).await.map_err(done_but)?;
        Ok(())
    }
}
