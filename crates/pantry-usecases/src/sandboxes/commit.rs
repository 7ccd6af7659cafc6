//! Closing a sandbox whose contents are all there.

use std::collections::BTreeSet;

use pantry_model::refusals::sandboxes;
use pantry_model::{Error, Md5, Permission, Timestamp};
use pantry_store::{Change, Kind};

use super::{CONTAINER, SandboxRecord};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::{to_error, to_json};

/// A sandbox that was committed, and is no more.
#[derive(Clone, Debug)]
pub struct CommittedSandbox {
    /// When.
    pub at: Timestamp,
    /// Its contents, as they were written.
    pub checksums: Vec<String>,
}

impl UseCases {
    /// Closes a sandbox. What it has left holds its contents.
    pub async fn commit_sandbox(
        &self,
        caller: &Caller,
        id: &str,
    ) -> Result<CommittedSandbox, Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                // Both halves of an upload need the same permission, as in the original.
                self.container(&caller, Permission::Create, scope, CONTAINER).await?;
                let sandbox = self.store.document(scope, Kind::Sandbox, id).await;
                let sandbox = sandbox.map_err(to_error)?;
                let sandbox = sandbox.ok_or_else(|| sandboxes::not_found(id))?;
                let SandboxRecord { checksums, .. } = SandboxRecord::read(&sandbox)?;
                let contents = self.store.contents_of(scope, Kind::Sandbox, id).await;
                let contents = contents.map_err(to_error)?;
                let there: BTreeSet<Md5> = contents.iter().map(|content| content.md5).collect();
                let named: BTreeSet<Md5> =
                    checksums.iter().filter_map(|text| text.parse().ok()).collect();
                let missing: Vec<Md5> = named.difference(&there).copied().collect();
                if !missing.is_empty() {
                    return Err(sandboxes::incomplete(id, &missing).into());
                }
                let mut write = self.write_as(&caller);
                let left = SandboxRecord { since: write.at, checksums: checksums.clone() };
                let (kind, name) = (Kind::Upload, id.to_owned());
                let body = to_json(&left);
                let put = Change::Put { scope: scope.clone(), kind, name: name.clone(), body };
                let scope_of_it = scope.clone();
                let hold =
                    Change::Hold { scope: scope_of_it, kind, name, contents, taken_from: None };
                write.changes.extend([put, hold]);
                write.delete(scope, Kind::Sandbox, id, sandbox.hash);
                let at = write.at;
                Ok((write, CommittedSandbox { at, checksums }))
            }
        })
        .await
    }
}
