//! Saving a node.

use pantry_model::chef::Node;
use pantry_model::{Error, Permission};
use pantry_store::Kind;

use super::{NODES, info};
use crate::UseCases;
use crate::callers::Caller;
use crate::collection::replace;

impl UseCases {
    /// Saves a node that is there.
    pub async fn update_node(&self, caller: &Caller, node: &Node) -> Result<(), Error> {
        let scope = self.scope_of(caller)?;
        let body = node.object().to_json();
        self.decide_as(caller, |caller| {
            let (scope, body) = (&scope, body.clone());
            async move {
                let name = node.name().as_str();
                let there = self.one_of(&caller, Permission::Update, &NODES, name).await?;
                let before = info(&there.document)?;
                let mut write = self.write_as(&caller);
                replace(&mut write, (scope, Kind::Node), &there, body)?;
                let steps = (Some(&before), Some(node.info()));
                self.follow_node(&mut write, scope, name, steps).await?;
                Ok((write, ()))
            }
        })
        .await
    }
}
