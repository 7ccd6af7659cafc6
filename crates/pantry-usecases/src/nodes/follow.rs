//! What follows from a node's save, in the same write: its environment lists it, and its machine is
//! where the node says.

use pantry_model::chef::NodeInfo;
use pantry_model::{EnvironmentName, Error};
use pantry_store::{Change, Kind, Scope, Write};

use crate::UseCases;
use crate::fault::{to_error, to_json};
use crate::machines::MachineRecord;

impl UseCases {
    /// Adds to a node's write what follows from it, given what the node says before and after.
    pub(crate) async fn follow_node(
        &self,
        write: &mut Write,
        scope: &Scope,
        name: &str,
        (before, after): (Option<&NodeInfo>, Option<&NodeInfo>),
    ) -> Result<(), Error> {
        let (left, joined) = (before.map(|it| &it.environment), after.map(|it| &it.environment));
        if left != joined {
            let kind = Kind::NodeInEnvironment;
            let entry = |environment: &EnvironmentName| format!("{environment}/{name}");
            if let Some(name) = left.map(entry) {
                write.changes.push(Change::Delete { scope: scope.clone(), kind, name });
            }
            if let Some(name) = joined.map(entry) {
                let body = Vec::new();
                write.changes.push(Change::Put { scope: scope.clone(), kind, name, body });
            }
        }

        let machine = self.store.document(scope, Kind::Machine, name).await.map_err(to_error)?;
        let Some(machine) = machine else {
            write.expect(scope, Kind::Machine, name, None);
            return Ok(());
        };
        let mut record = MachineRecord::read(&machine)?;
        let of_node = after.map(NodeInfo::placement);
        if record.of_node == of_node {
            write.expect(scope, Kind::Machine, name, Some(machine.hash));
        } else {
            record.of_node = of_node;
            write.update(scope, Kind::Machine, name, machine.hash, to_json(&record));
        }
        Ok(())
    }
}
