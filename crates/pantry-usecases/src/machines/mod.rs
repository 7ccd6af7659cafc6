//! Machines: enrolled, listed, shown, deleted; and what they report of themselves.

mod create;
mod delete;
mod facts;
mod list;

use std::borrow::Cow;

use pantry_model::commands::client::ClientView;
use pantry_model::{Error, MachineId, Placement, Timestamp};
use pantry_store::{Document, Sighting};
use serde::{Deserialize, Serialize};

use crate::UseCases;
use crate::fault::unreadable;

/// What is stored of a machine.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct MachineRecord {
    /// The environment and the roles that were given to it.
    #[serde(rename = "placement")]
    pub(crate) given: Placement,
    /// Those of its node, while it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) of_node: Option<Placement>,
    /// When it was enrolled.
    pub(crate) created_at: Timestamp,
}

impl MachineRecord {
    pub(crate) fn read(document: &Document) -> Result<Self, Error> {
        serde_json::from_slice(&document.body).map_err(|error| unreadable("client", &error))
    }

    /// Where it is: in its node's environment, else in that which was given to it; with the roles
    /// from both.
    pub(crate) fn placement(&self) -> Cow<'_, Placement> {
        match &self.of_node {
            None => Cow::Borrowed(&self.given),
            Some(node) => Cow::Owned(Placement {
                environment: node.environment.clone(),
                roles: self.given.roles.union(&node.roles).cloned().collect(),
            }),
        }
    }
}

impl UseCases {
    /// A machine as it is shown: what is stored, and whether it is here.
    fn view(&self, id: MachineId, record: MachineRecord, seen: Option<Sighting>) -> ClientView {
        let presence = self.fleet.presence(&id);
        let online = presence.is_some();
        let last_seen = seen.as_ref().map(|sighting| sighting.at);
        let (address, version, incarnation) = match (presence, seen) {
            (Some(now), _) => (Some(now.address), Some(now.version), Some(now.incarnation)),
            (None, Some(then)) => (Some(then.address), Some(then.version), Some(then.incarnation)),
            (None, None) => (None, None, None),
        };
        ClientView {
            machine: id,
            placement: record.placement().into_owned(),
            created_at: record.created_at,
            online,
            last_seen: if online { Some(self.clock.now()) } else { last_seen },
            address,
            version,
            incarnation,
        }
    }
}
