//! Nodes: what Chef knows of machines, saved by each machine itself at the end of its run.
//!
//! A save touches the node alone, and with it what rests on it: where its machine is found by
//! targets, and which environment lists it. No cache hears of it.

mod create;
mod delete;
mod follow;
mod identify;
mod list;
mod show;
mod update;

pub use identify::NodeIds;

use pantry_model::Error;
use pantry_model::chef::NodeInfo;
use pantry_model::refusals::nodes;
use pantry_store::{Document, Kind};

use crate::collection::Collection;
use crate::fault::unreadable;

pub(crate) const NODES: Collection = Collection {
    kind: Kind::Node,
    container: "nodes",
    missing: nodes::not_found,
    taken: nodes::taken,
};

/// What a stored node says to the server itself.
pub(crate) fn info(node: &Document) -> Result<NodeInfo, Error> {
    serde_json::from_slice(&node.body).map_err(|error| unreadable("node", &error))
}
