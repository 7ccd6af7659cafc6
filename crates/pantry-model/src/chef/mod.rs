//! What is asked in the Chef Server API, family by family: requests as values that cannot be wrong.
//!
//! Each is read once from the JSON that was sent, with the original's order of checks and its
//! sentences ([`crate::refusals`]), which differ between the versions of the API.

mod data_bag;
mod environment;
mod json_object;
mod json_walk;
mod node;
mod role;
mod version;

pub use data_bag::{DataBagItem, NewDataBag};
pub use environment::{Environment, check_environment_may_change};
pub use json_object::JsonObject;
pub use json_walk::MAX_DEPTH;
pub use node::{Node, NodeInfo};
pub use role::{Role, RoleRunLists};
pub use version::ApiVersion;
