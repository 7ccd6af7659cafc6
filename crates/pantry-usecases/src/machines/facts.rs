//! What a machine reports of itself becomes its node, while no run of Chef has saved that.
//!
//! The report is the machine's own save of its node, with the permissions of its API client: whoever
//! may not save the node by the Chef API may not do it so. In one transaction with the node go its
//! search postings and the machine's placement, as with any other save.

use pantry_model::chef::Facts;
use pantry_model::{Error, MachineId, Permission, Principal};
use pantry_store::{Kind, Scope};

use super::MachineRecord;
use crate::UseCases;
use crate::collection::replace;
use crate::fault::to_error;
use crate::nodes::NODES;

impl UseCases {
    /// Saves a machine's node with what the machine reports. Whether that was news: a report that
    /// says what is stored, or comes when Chef has saved the node, writes nothing.
    pub async fn take_facts(&self, machine: &MachineId, facts: &Facts) -> Result<bool, Error> {
        let caller = self.caller(&Principal::Machine(machine.clone()), None).await?;
        let (scope, name) = (Scope::of(machine), machine.identity.as_str());
        self.decide_as(&caller, |caller| {
            let scope = &scope;
            async move {
                let mut write = self.write_as(&caller);
                let enrolled = self.store.document(scope, Kind::Machine, name).await;
                let Some(enrolled) = enrolled.map_err(to_error)? else {
                    return Err(Error::UnknownClient(machine.clone()));
                };
                let given = MachineRecord::read(&enrolled)?.given;
                let Some(there) = self.find(scope, Kind::Node, name).await? else {
                    let node = facts.new_node(&machine.identity, &given)?;
                    let new = (name, node.object().to_json());
                    self.add_to(&mut write, &caller, &NODES, new).await?;
                    self.follow_node(&mut write, scope, name, (None, Some(node.info()))).await?;
                    return Ok((write, true));
                };
                let stored = &there.document;
                let node = facts.stored_node(&stored.body, &machine.identity, &given)?;
                let Some(body) = node.map(|node| node.object().to_json()) else {
                    return Ok((write, false));
                };
                if body == stored.body {
                    return Ok((write, false));
                }
                caller.require(Permission::Update, &there)?;
                // Environment and run list stay as they are, so nothing follows from it.
                replace(&mut write, (scope, Kind::Node), &there, body)?;
                Ok((write, true))
            }
        })
        .await
    }
}
