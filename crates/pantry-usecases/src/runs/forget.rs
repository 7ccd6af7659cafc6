//! What becomes of runs when their node goes, or the API client of its name.

use pantry_model::Error;
use pantry_store::{Change, Kind, Scope, Write};

use crate::UseCases;
use crate::fault::to_error;

/// Adds to the write that deletes a node that its runs go as well.
pub(crate) fn forget_runs(write: &mut Write, scope: &Scope, node: &str) {
    write.changes.push(Change::ForgetRuns { scope: scope.clone(), node: node.to_owned() });
}

impl UseCases {
    /// Adds to the write by which an API client of this name goes that runs go which have no node.
    pub(crate) async fn forget_runs_without_node(
        &self,
        write: &mut Write,
        scope: &Scope,
        name: &str,
    ) -> Result<(), Error> {
        let node = self.store.document(scope, Kind::Node, name).await.map_err(to_error)?;
        if node.is_none() {
            write.expect(scope, Kind::Node, name, None);
            forget_runs(write, scope, name);
        }
        Ok(())
    }
}
