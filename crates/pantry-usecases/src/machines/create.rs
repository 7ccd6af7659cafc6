//! Enrolling a machine: its document, and its key in the ring.

use pantry_model::commands::client::{ClientCreate, ClientView};
use pantry_model::{Error, Principal};
use pantry_store::{Expect, Kind, Scope};

use super::MachineRecord;
use crate::UseCases;
use crate::authorize::{Action, authorize};
use crate::fault::{to_error, to_json};

impl UseCases {
    /// Enrols a machine with a key whose secret half the server never sees.
    pub async fn create_machine(
        &self,
        actor: &Principal,
        asked: ClientCreate,
    ) -> Result<ClientView, Error> {
        let ClientCreate { machine, placement, key } = asked;
        authorize(actor, &Action::ManageClients(&machine.application))?;
        let scope = Scope::of(&machine);
        let owner = Principal::Machine(machine.clone());
        let record = self
            .decide(|| async {
                let application = self.application(&machine.application).await?;
                let name = machine.identity.as_str();
                let there = self.store.document(&scope, Kind::Machine, name).await;
                if there.map_err(to_error)?.is_some() {
                    return Err(Error::ClientTaken(machine.clone()));
                }
                let mut write = self.write_by(actor);
                write.expects.push(Expect {
                    scope: Scope::Global,
                    kind: Kind::Application,
                    name: application.name,
                    hash: Some(application.hash),
                });
                let record = MachineRecord { placement: placement.clone(), created_at: write.at };
                write.create(&scope, Kind::Machine, name, to_json(&record));
                write.add_key(&scope, key, owner.clone());
                Ok((write, record))
            })
            .await?;
        self.keys.refresh(self.store.as_ref(), &owner).await.map_err(to_error)?;
        Ok(self.view(machine.clone(), record, None))
    }
}
