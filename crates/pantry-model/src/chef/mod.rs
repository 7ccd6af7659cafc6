//! What is asked in the Chef Server API, family by family: requests as values that cannot be wrong.
//!
//! Each is read once from the JSON that was sent, with the original's order of checks and its
//! sentences ([`crate::refusals`]), which differ between the versions of the API.

mod acl;
mod association;
pub mod clients;
mod container;
pub mod cookbook;
mod data_bag;
pub mod date;
pub mod email;
mod environment;
mod facts;
mod fields;
mod group;
mod json_object;
mod json_walk;
pub mod keys;
mod node;
mod organization;
mod partial_search;
mod policy;
mod role;
mod run_node;
mod run_tree;
pub mod runs;
mod sandbox;
mod scoped_name;
pub mod search;
mod shelf;
#[cfg(test)]
mod test_values;
pub mod users;
mod version;
mod vetting;

pub use acl::{AceActors, AceUpdate};
pub use association::{InvitationReply, NewInvitation, NewMember};
pub use container::NewContainer;
pub use data_bag::{DataBagItem, NewDataBag};
pub use environment::{Environment, check_environment_may_change};
pub use facts::Facts;
pub use group::{GroupUpdate, NewGroup};
pub use json_object::JsonObject;
pub use json_walk::MAX_DEPTH;
pub use node::{Node, NodeInfo};
pub use organization::{FullName, MAX_FULL_NAME_LENGTH, NewOrganization, OrganizationUpdate};
pub use partial_search::PartialSearch;
pub use policy::{CookbookLock, FollowedRevision, PolicyRevision};
pub use role::{Role, RoleRunLists};
pub use run_node::NodeInRun;
pub use run_tree::{ChefServer, RunCookbook, RunDocument, RunTree};
pub use sandbox::{NewSandbox, SandboxCommit};
pub use scoped_name::ScopedName;
pub use shelf::{NewAttachment, ShelfOrder, ShelfUpdate, application_of_grant};
pub use version::ApiVersion;
pub use vetting::{NamedVersions, NewAdoption, NewPromotion};
