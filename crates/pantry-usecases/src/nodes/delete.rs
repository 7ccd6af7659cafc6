//! Deleting a node, with the reports of its runs.

use pantry_model::{Error, Permission};
use pantry_store::Kind;

use super::{NODES, info};
use crate::UseCases;
use crate::callers::Caller;
use crate::runs::forget_runs;
use crate::search;

impl UseCases {
    /// Deletes a node; gives what was stored of it. Its machine is again where it was enrolled.
    pub async fn delete_node(&self, caller: &Caller, name: &str) -> Result<Vec<u8>, Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let there = self.one_of(&caller, Permission::Delete, &NODES, name).await?;
                let before = info(&there.document)?;
                let mut write = self.write_as(&caller);
                search::delete(&mut write, (scope, Kind::Node), &there.document)?;
                forget_runs(&mut write, scope, name);
                self.follow_node(&mut write, scope, name, (Some(&before), None)).await?;
                Ok((write, there.document.body))
            }
        })
        .await
    }
}
