//! Enrolling a machine: its document, its key in the ring, and its API client.

use pantry_model::commands::client::{ClientCreate, ClientView};
use pantry_model::{Error, Principal};
use pantry_store::{Kind, Scope};

use super::MachineRecord;
use crate::UseCases;
use crate::api_clients::ApiClientRecord;
use crate::authorize::Action;
use crate::fault::{done_but, to_error, to_json};
use crate::nodes;

impl UseCases {
    /// Enrols a machine with a key whose secret half the server never sees.
    pub async fn create_machine(
        &self,
        actor: &Principal,
        asked: ClientCreate,
    ) -> Result<ClientView, Error> {
        let ClientCreate { machine, placement, key } = asked;
        let scope = Scope::of(&machine);
        let owner = Principal::Machine(machine.clone());
        let record = self
            .decide(|| async {
                let action = Action::ManageClients(&machine.application);
                let caller = self.authorize(actor, &action).await?;
                let name = machine.identity.as_str();
                let there = self.store.document(&scope, Kind::Machine, name).await;
                if there.map_err(to_error)?.is_some() {
                    return Err(Error::ClientTaken(machine.clone()));
                }
                let mut write = self.write_by(actor);
                caller.answer_for(&mut write);
                let node = self.store.document(&scope, Kind::Node, name).await.map_err(to_error)?;
                // A node that is saved meanwhile would not find the machine.
                write.expect(&scope, Kind::Node, name, node.as_ref().map(|node| node.hash));
                let of_node = node.as_ref().map(nodes::info).transpose()?;
                let record = MachineRecord {
                    given: placement.clone(),
                    of_node: of_node.map(|node| node.placement()),
                    created_at: write.at,
                };
                write.create(&scope, Kind::Machine, name, to_json(&record));
                write.add_key(&scope, key, owner.clone());
                // Without a key, until it needs one.
                if self.find(&scope, Kind::ApiClient, name).await?.is_none() {
                    let (name, record) = (&machine.identity, ApiClientRecord::default());
                    self.add_api_client(&mut write, &scope, name, &record, Some(&caller)).await?;
                }
                Ok((write, record))
            })
            .await?;
        self.keys.refresh(self.store.as_ref(), &owner).await.map_err(done_but)?;
        Ok(self.view(machine.clone(), record, None))
    }
}
