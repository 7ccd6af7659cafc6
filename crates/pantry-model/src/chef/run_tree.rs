//! What one machine needs for a Chef run, as the server tells it: a line for each cookbook, whose own
//! tree says which files it has, and one for each document.
//!
//! Everything is named by its SHA-256, so a machine that has run before asks only for what has changed,
//! and of an unchanged run for nothing at all.

use serde::{Deserialize, Serialize};

use crate::commands::chef_run::{FollowedPolicy, Mode};
use crate::content::Sha256;
use crate::names::{ApplicationName, EnvironmentName, NodeName};
use crate::run_list::RunList;
use crate::tree::TreePath;

/// A repository for one run of Chef.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunTree {
    /// How the machine converges.
    pub mode: Mode,
    /// The node.
    pub node: NodeName,
    /// Its environment, or that of the run; a policy has none, and then it is `_default`.
    pub environment: EnvironmentName,
    /// Its run list from now on.
    pub run_list: RunList,
    /// The policy that is followed, if one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<FollowedPolicy>,
    /// Where the Chef Server API is, in mode `server`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<ChefServer>,
    /// The cookbooks, by folder. None in mode `server`.
    pub cookbooks: Vec<RunCookbook>,
    /// The documents, by path: `roles/web.json`, `nodes/web1.json`, `data_bags/users/ada.json`, and so
    /// on, as `knife download` lays them out.
    pub documents: Vec<RunDocument>,
}

/// A cookbook of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunCookbook {
    /// Its folder: `cookbooks/NAME`, or `cookbook_artifacts/NAME-IDENTIFIER` where a policy is followed.
    pub folder: TreePath,
    /// The document of its [`crate::tree::Tree`], whose paths are within the folder.
    pub tree: Sha256,
    /// That document's length in bytes.
    pub size: u64,
}

/// A document of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunDocument {
    /// Where it is.
    pub path: TreePath,
    /// Its content.
    pub sha256: Sha256,
    /// Its length in bytes.
    pub size: u64,
}

/// Where the Chef Server API of an application is, on the host that the machine knows as its server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChefServer {
    /// The port.
    pub port: u16,
    /// Whether it speaks TLS.
    pub tls: bool,
    /// The application, which is the organization.
    pub application: ApplicationName,
}
