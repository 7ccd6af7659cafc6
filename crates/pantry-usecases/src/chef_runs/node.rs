//! The machine's own node in a run, and reading what a run cannot do without.

use pantry_model::chef::NodeInRun;
use pantry_model::refusals::chef_runs;
use pantry_model::{Error, MachineId, Permission};
use pantry_store::{Kind, Object, Scope};

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::machines::MachineRecord;

impl UseCases {
    /// The machine's node as the API client may read it; where it has none, the one that it would be
    /// given.
    pub(super) async fn node_in_run(
        &self,
        caller: &Caller,
        machine: &MachineId,
    ) -> Result<NodeInRun, Error> {
        let (scope, name) = (Scope::of(machine), machine.identity.as_str());
        if let Some(node) = self.needed(caller, (&scope, Kind::Node, name), "node").await? {
            return Ok(NodeInRun::stored(&node.document.body, name)?);
        }
        let enrolled = self.store.document(&scope, Kind::Machine, name).await.map_err(to_error)?;
        let enrolled = enrolled.ok_or_else(|| Error::UnknownClient(machine.clone()))?;
        Ok(NodeInRun::new(&machine.identity, &MachineRecord::read(&enrolled)?.given)?)
    }

    /// An object that a run needs, if it is there; that it may not be read names it.
    pub(super) async fn needed(
        &self,
        caller: &Caller,
        (scope, kind, name): (&Scope, Kind, &str),
        what: &str,
    ) -> Result<Option<Object>, Error> {
        let found = self.find(scope, kind, name).await?;
        match found {
            Some(object) if !caller.holds(Permission::Read, &object.acl) => {
                Err(chef_runs::not_readable(caller.name(), what, &[name.to_owned()]).into())
            }
            found => Ok(found),
        }
    }
}
