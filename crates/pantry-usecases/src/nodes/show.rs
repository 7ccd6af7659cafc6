//! Showing a node.

use pantry_model::{Error, Permission};

use super::NODES;
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// A node, as it is stored.
    pub async fn show_node(&self, caller: &Caller, name: &str) -> Result<Vec<u8>, Error> {
        let node = self.one_of(caller, Permission::Read, &NODES, name).await?;
        Ok(node.document.body)
    }
}
