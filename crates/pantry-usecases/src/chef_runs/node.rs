//! The machine's own node in a run, and reading what a run cannot do without.

use pantry_model::chef::NodeInRun;
use pantry_model::refusals::chef_runs;
use pantry_model::{Error, MachineId, Permission, Placement, RoleName, RunList, RunListItem};
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
        Ok(NodeInRun::new(&machine.identity, &self.given_to(machine).await?)?)
    }

    /// What a machine runs whose node has no run list: the roles that were given to it.
    pub(super) async fn roles_as_run_list(&self, machine: &MachineId) -> Result<RunList, Error> {
        let given = self.given_to(machine).await?;
        let item = |role: &RoleName| format!("role[{role}]").parse::<RunListItem>();
        let items = given.roles.iter().map(item).collect::<Result<RunList, _>>();
        items.map_err(|error| Error::Internal(error.to_string()))
    }

    async fn given_to(&self, machine: &MachineId) -> Result<Placement, Error> {
        let (scope, name) = (Scope::of(machine), machine.identity.as_str());
        let enrolled = self.store.document(&scope, Kind::Machine, name).await.map_err(to_error)?;
        let enrolled = enrolled.ok_or_else(|| Error::UnknownClient(machine.clone()))?;
        Ok(MachineRecord::read(&enrolled)?.given)
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
