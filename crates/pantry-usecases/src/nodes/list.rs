//! Listing nodes: all of them, or those of one environment.

use pantry_model::refusals::environments;
use pantry_model::{Error, Permission};
use pantry_store::Kind;

use super::NODES;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

impl UseCases {
    /// The names of an application's nodes, in byte order.
    pub async fn list_nodes(&self, caller: &Caller) -> Result<Vec<String>, Error> {
        self.list_all(caller, &NODES).await
    }

    /// The names of the nodes that are in an environment, in byte order. Who may list nodes may ask;
    /// the environment itself need not be readable.
    pub async fn list_nodes_of_environment(
        &self,
        caller: &Caller,
        environment: &str,
    ) -> Result<Vec<String>, Error> {
        let scope = self.scope_of(caller)?;
        self.container(caller, Permission::Read, &scope, NODES.container).await?;
        if self.find(&scope, Kind::Environment, environment).await?.is_none() {
            return Err(environments::no_such_environment(environment).into());
        }
        let kind = Kind::NodeInEnvironment;
        self.store.names_under(&scope, kind, environment).await.map_err(to_error)
    }
}
