//! What is asked in the Chef Server API, family by family: requests as values that cannot be wrong.
//!
//! Each is read once from the JSON that was sent, with the original's order of checks and its
//! sentences ([`crate::refusals`]), which differ between the versions of the API.

mod acl;
mod association;
mod container;
mod group;
mod organization;
mod scoped_name;
#[cfg(test)]
mod test_values;
mod version;

pub use acl::{AceActors, AceUpdate};
pub use association::{InvitationReply, NewInvitation, NewMember};
pub use container::NewContainer;
pub use group::{GroupUpdate, NewGroup};
pub use organization::{FullName, MAX_FULL_NAME_LENGTH, NewOrganization, OrganizationUpdate};
pub use scoped_name::ScopedName;
pub use version::ApiVersion;
