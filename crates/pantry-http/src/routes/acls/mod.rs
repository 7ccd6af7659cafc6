//! Access control lists, which are the same for all that have them: for each kind of objects there is
//! a module here with a handler for each of the two paths, which says whose list is meant.

use pantry_model::Error;
use pantry_usecases::{AclKind, AclOf};

use crate::answer::Answer;
use crate::call::Call;

/// `GET …/_acl`
mod show;
/// `PUT …/_acl/PERMISSION`
mod update;

macro_rules! lists {
    ($($module:ident: $of:expr;)*) => {
        $(pub(super) mod $module {
            use super::*;

            pub(in crate::routes) mod show {
                use super::*;

                pub(in crate::routes) async fn answer(call: Call) -> Result<Answer, Error> {
                    crate::routes::acls::show::answer(&call, ($of)(call.parameter("name"))).await
                }
            }

            pub(in crate::routes) mod update {
                use super::*;

                pub(in crate::routes) async fn answer(call: Call) -> Result<Answer, Error> {
                    crate::routes::acls::update::answer(&call, ($of)(call.parameter("name"))).await
                }
            }
        })*
    };
}

lists! {
    user: AclOf::User;
    organization: |_| AclOf::Organization;
    client: |name| AclOf::Object(AclKind::Client, name);
    container: |name| AclOf::Object(AclKind::Container, name);
    cookbook: |name| AclOf::Object(AclKind::Cookbook, name);
    cookbook_artifact: |name| AclOf::Object(AclKind::CookbookArtifact, name);
    data_bag: |name| AclOf::Object(AclKind::DataBag, name);
    environment: |name| AclOf::Object(AclKind::Environment, name);
    group: |name| AclOf::Object(AclKind::Group, name);
    node: |name| AclOf::Object(AclKind::Node, name);
    policy: |name| AclOf::Object(AclKind::Policy, name);
    policy_group: |name| AclOf::Object(AclKind::PolicyGroup, name);
    role: |name| AclOf::Object(AclKind::Role, name);
}
