//! The ids of a node, which other services on the server's machine ask for.

use pantry_model::refusals::{nodes, request};
use pantry_model::{ApplicationName, Error, ObjectId};
use pantry_store::{Kind, Scope};

use crate::UseCases;

/// By what a node is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeIds {
    /// The node's own id.
    pub node: ObjectId,
    /// That of its application.
    pub application: ObjectId,
}

impl UseCases {
    /// The ids of a node. Whoever asks must be known to be a service on the server's own machine:
    /// there is no caller whose permissions would count.
    pub async fn identify_node(
        &self,
        application: &ApplicationName,
        name: &str,
    ) -> Result<NodeIds, Error> {
        let found = self.find(&Scope::Global, Kind::Application, application.as_str()).await?;
        let found = found.ok_or_else(|| request::no_such_organization(application.as_str()))?;
        let node = self.find(&Scope::Application(application.clone()), Kind::Node, name).await?;
        let node = node.ok_or_else(|| nodes::nothing_to_identify("nodes", name))?;
        Ok(NodeIds { node: node.id, application: found.id })
    }
}
