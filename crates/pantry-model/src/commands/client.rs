//! `client create|list|show|delete`.

use serde::{Deserialize, Serialize};

use super::Command;
use crate::job::Incarnation;
use crate::key::CurvePublicKey;
use crate::names::{ApplicationName, MachineId};
use crate::target::{Placement, Target};
use crate::time::Timestamp;

/// Enrols a machine. The key pair is made by whoever asks; the secret half never travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientCreate {
    /// The machine.
    pub machine: MachineId,
    /// Its environment and roles.
    pub placement: Placement,
    /// The public half of its key.
    pub key: CurvePublicKey,
}

/// Lists the clients of an application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientList {
    /// The application.
    pub application: ApplicationName,
    /// Only those that match.
    #[serde(default)]
    pub target: Target,
}

/// Shows one client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientShow {
    /// The machine.
    pub machine: MachineId,
}

/// Deletes a client: its key is refused from then on, and its connections end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientDelete {
    /// The machine.
    pub machine: MachineId,
}

/// A client as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientView {
    /// The machine.
    pub machine: MachineId,
    /// Its environment and roles.
    pub placement: Placement,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// Whether it is here.
    pub online: bool,
    /// When it was last heard, if ever.
    pub last_seen: Option<Timestamp>,
    /// The address it last spoke from.
    pub address: Option<String>,
    /// Its agent's version.
    pub version: Option<String>,
    /// The incarnation of its data directory.
    pub incarnation: Option<Incarnation>,
}

impl Command for ClientCreate {
    const NAME: &'static str = "client-create";
    type Answer = ClientView;
}

impl Command for ClientList {
    const NAME: &'static str = "client-list";
    type Answer = Vec<ClientView>;
}

impl Command for ClientShow {
    const NAME: &'static str = "client-show";
    type Answer = ClientView;
}

impl Command for ClientDelete {
    const NAME: &'static str = "client-delete";
    type Answer = ();
}
