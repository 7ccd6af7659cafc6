//! Making a node.

use pantry_model::Error;
use pantry_model::chef::Node;

use super::NODES;
use crate::UseCases;
use crate::callers::Caller;

impl UseCases {
    /// Makes a node.
    pub async fn create_node(&self, caller: &Caller, node: &Node) -> Result<(), Error> {
        let scope = self.scope_of(caller)?;
        self.decide_as(caller, |caller| {
            let scope = &scope;
            async move {
                let mut write = self.write_as(&caller);
                let name = node.name().as_str();
                let new = (name, node.object().to_json());
                self.add_to(&mut write, &caller, &NODES, new).await?;
                self.follow_node(&mut write, scope, name, (None, Some(node.info()))).await?;
                Ok((write, ()))
            }
        })
        .await
    }
}
