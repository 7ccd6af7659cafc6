//! Reports of Chef runs. A run is nobody's decision, so no ledger has it; it belongs to its node: whoever
//! may save the node may tell of its runs, and so may the API client of the node's name, since a run can
//! fail before it has a node. Whoever may read the node may read them.
//!
//! A node's runs go with it, and those of an API client that never had a node with that.

mod forget;
mod list;
mod record;
mod show;

pub(crate) use forget::forget_runs;
pub use list::RunsAsked;
pub use record::run_id;

use pantry_model::{Error, NodeName, Permission};
use pantry_store::{Kind, Object, Scope};

use crate::UseCases;
use crate::callers::Caller;
use crate::nodes::NODES;

impl UseCases {
    /// Whether a caller may read the runs of a node: of one that is not there, those may who may say who
    /// may do what to nodes, and the API client of its name.
    async fn may_read_runs(
        &self,
        caller: &Caller,
        scope: &Scope,
        name: &NodeName,
        node: Option<&Object>,
    ) -> Result<bool, Error> {
        match node {
            Some(node) => Ok(caller.holds(Permission::Read, &node.acl)),
            None if is_own(caller, name) => Ok(true),
            None => {
                let container = self.find(scope, Kind::Container, NODES.container).await?;
                Ok(container.is_some_and(|it| caller.holds(Permission::Grant, &it.acl)))
            }
        }
    }
}

/// Whether the caller is the API client of the node's name.
fn is_own(caller: &Caller, node: &NodeName) -> bool {
    caller.is_client() && caller.name() == node.as_str()
}
