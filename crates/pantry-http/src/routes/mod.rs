//! Every route, in one table. A handler is the function `answer` of the module that the table names:
//! `routes/<family>/<verb>.rs`.

mod acls;
mod associations;
mod clients;
mod containers;
mod controls;
mod cookbook_artifacts;
mod cookbook_uses;
mod cookbooks;
mod data_bags;
mod data_collector;
mod environments;
mod files;
mod groups;
mod invitations;
mod keys;
mod locations;
mod nodes;
mod organizations;
mod policies;
mod policy_groups;
mod principals;
mod reports;
mod roles;
mod sandboxes;
mod search;
mod shelves;
mod status;
mod supermarket;
mod universe;
mod users;
mod validate;

use hyper::Method;

pub(crate) use files::Wanted;
pub(crate) use sandboxes::upload::digest;
pub(crate) use status::stats::read_credentials;

use crate::route::{Access, Route};

/// Writes the table as it is read: who may come, the path, and the module for each method.
macro_rules! routes {
    ($($access:ident $path:literal { $($method:ident $($module:ident)::+),+ $(,)? })+) => {
        &[$(Route {
            path: $path,
            access: Access::$access,
            methods: &[$((Method::$method, |call| Box::pin($($module)::+::answer(call)))),+],
        }),+]
    };
}

/// Every route.
pub(crate) static ROUTES: &[Route] = routes! {
    // About the server itself.
    Open   "/" { GET status::welcome }
    Open   "/_status" { GET status::health }
    Open   "/_stats" { GET status::stats }
    Open   "/version" { GET status::version }
    Signed "/server_api_version" { GET status::api_versions }
    Signed "/license" { GET status::license }

    // Organizations, and who belongs to them.
    Signed "/organizations" { GET organizations::list, POST organizations::create }
    Signed "/organizations/{organization}" {
        GET organizations::show, PUT organizations::update, DELETE organizations::delete,
    }
    Signed "/organizations/{organization}/users" { GET associations::list, POST associations::add }
    Signed "/organizations/{organization}/users/{name}" {
        GET associations::show, DELETE associations::remove,
    }
    Signed "/organizations/{organization}/association_requests" {
        GET invitations::list, POST invitations::create,
    }
    Signed "/organizations/{organization}/association_requests/{id}" { DELETE invitations::delete }
    Signed "/users/{name}/organizations" { GET associations::of_user }
    Signed "/users/{name}/association_requests" { GET invitations::of_user }
    Signed "/users/{name}/association_requests/count" { GET invitations::count }
    Signed "/users/{name}/association_requests/{id}" { PUT invitations::reply }
    // Users.
    Signed "/users" { GET users::list, POST users::create }
    Signed "/users/{name}" { GET users::get, PUT users::put, DELETE users::delete }
    Signed "/authenticate_user" { POST users::authenticate }
    Signed "/system_recovery" { POST users::recover }

    // API clients.
    Signed "/organizations/{organization}/clients" { GET clients::list, POST clients::create }
    Signed "/organizations/{organization}/clients/{name}" {
        GET clients::get, PUT clients::put, DELETE clients::delete,
    }

    // Keys of both, and whose they are.
    Signed "/users/{user}/keys" { GET keys::list, POST keys::create }
    Signed "/users/{user}/keys/{key}" { GET keys::get, PUT keys::put, DELETE keys::delete }
    Signed "/organizations/{organization}/users/{user}/keys" { GET keys::list }
    Signed "/organizations/{organization}/users/{user}/keys/{key}" { GET keys::get }
    Signed "/organizations/{organization}/clients/{client}/keys" {
        GET keys::list, POST keys::create,
    }
    Signed "/organizations/{organization}/clients/{client}/keys/{key}" {
        GET keys::get, PUT keys::put, DELETE keys::delete,
    }
    Open   "/organizations/{organization}/principals/{name}" { GET principals }

    // Nodes, roles and environments.
    Signed "/organizations/{organization}/nodes" { GET nodes::list, POST nodes::create }
    Signed "/organizations/{organization}/nodes/{name}" {
        GET nodes::show, HEAD nodes::show, PUT nodes::update, DELETE nodes::delete,
    }
    Signed "/organizations/{organization}/roles" { GET roles::list, POST roles::create }
    Signed "/organizations/{organization}/roles/{role}" {
        GET roles::show, PUT roles::update, DELETE roles::delete,
    }
    Signed "/organizations/{organization}/roles/{role}/environments" { GET roles::environments }
    Signed "/organizations/{organization}/roles/{role}/environments/{environment}" {
        GET roles::run_list,
    }
    Signed "/organizations/{organization}/environments" {
        GET environments::list, POST environments::create,
    }
    Signed "/organizations/{organization}/environments/{environment}" {
        GET environments::show, PUT environments::update, DELETE environments::delete,
    }
    Signed "/organizations/{organization}/environments/{environment}/nodes" {
        GET nodes::of_environment,
    }
    Signed "/organizations/{organization}/environments/{environment}/roles/{role}" {
        GET roles::run_list,
    }

    Signed "/organizations/{organization}/environments/{environment}/cookbooks" {
        GET environments::cookbooks,
    }
    Signed "/organizations/{organization}/environments/{environment}/cookbook_versions" {
        POST environments::cookbook_versions,
    }
    Signed "/organizations/{organization}/environments/{environment}/cookbooks/{cookbook}" {
        GET environments::cookbook,
    }
    Signed "/organizations/{organization}/environments/{environment}/recipes" {
        GET environments::recipes,
    }

    // Cookbooks. What is not a cookbook's name comes first.
    Signed "/organizations/{organization}/cookbooks" { GET cookbooks::list }
    Signed "/organizations/{organization}/cookbooks/_latest" { GET cookbooks::latest }
    Signed "/organizations/{organization}/cookbooks/_recipes" { GET cookbooks::recipes }
    Signed "/organizations/{organization}/cookbooks/{cookbook}" { GET cookbooks::versions }
    Signed "/organizations/{organization}/cookbooks/{cookbook}/{version}" {
        GET cookbooks::show, PUT cookbooks::put, DELETE cookbooks::delete,
    }
    Signed "/organizations/{organization}/universe" { GET universe }
    Signed "/organizations/{organization}/cookbook_artifacts" {
        GET cookbook_artifacts::list, POST cookbook_artifacts::many,
    }
    Signed "/organizations/{organization}/cookbook_artifacts/{artifact}" {
        GET cookbook_artifacts::versions,
    }
    Signed "/organizations/{organization}/cookbook_artifacts/{artifact}/{identifier}" {
        GET cookbook_artifacts::show, PUT cookbook_artifacts::put, DELETE cookbook_artifacts::delete,
    }

    // Data bags.
    Signed "/organizations/{organization}/data" { GET data_bags::list, POST data_bags::create }
    Signed "/organizations/{organization}/data/{bag}" {
        GET data_bags::items, POST data_bags::create_item, DELETE data_bags::delete,
    }
    Signed "/organizations/{organization}/data/{bag}/{item}" {
        GET data_bags::show_item, PUT data_bags::update_item, DELETE data_bags::delete_item,
    }

    // Contents of files: uploaded to sandboxes, and read, by links.
    Signed "/organizations/{organization}/sandboxes" { POST sandboxes::create }
    Signed "/organizations/{organization}/sandboxes/{id}" { PUT sandboxes::commit }
    Linked "/organizations/{organization}/sandboxes/{id}/{md5}" { PUT sandboxes::upload }
    Linked "/organizations/{organization}/files/{sha256}" { GET files::read, HEAD files::read }

    // Policies, and the groups that follow them.
    Signed "/organizations/{organization}/policies" { GET policies::list }
    Signed "/organizations/{organization}/policies/{policy}" {
        GET policies::show, DELETE policies::delete,
    }
    Signed "/organizations/{organization}/policies/{policy}/revisions" {
        POST policies::create_revision,
    }
    Signed "/organizations/{organization}/policies/{policy}/revisions/{revision}" {
        GET policies::show_revision, DELETE policies::delete_revision,
    }
    Signed "/organizations/{organization}/policy_groups" { GET policy_groups::list }
    Signed "/organizations/{organization}/policy_groups/{group}" {
        GET policy_groups::show, DELETE policy_groups::delete,
    }
    Signed "/organizations/{organization}/policy_groups/{group}/policies/{policy}" {
        GET policy_groups::show_policy, PUT policy_groups::follow,
        DELETE policy_groups::unfollow,
    }

    // Shelves: those that organizations are, and those that they use.
    Signed "/shelves" { GET shelves::list }
    Signed "/organizations/{organization}/shelf" { GET shelves::show, PUT shelves::put }
    Signed "/organizations/{organization}/shelf/grants/{application}" {
        PUT shelves::grant, DELETE shelves::revoke,
    }
    Signed "/organizations/{organization}/shelf/promotions" { POST shelves::promote }
    Signed "/organizations/{organization}/shelf/adoptions" { POST shelves::adopt }
    Signed "/cookbook_uses/{cookbook}" { GET cookbook_uses }
    Signed "/organizations/{organization}/shelves" {
        GET shelves::attached, POST shelves::attach, PUT shelves::order,
    }
    Signed "/organizations/{organization}/shelves/{shelf}" { DELETE shelves::detach }

    // Shelves, as Supermarkets.
    Shelf  "/shelves/{shelf}/universe" { GET supermarket::universe }
    Shelf  "/shelves/{shelf}/api/v1/universe" { GET supermarket::universe }
    Shelf  "/shelves/{shelf}/api/v1/cookbooks" { GET supermarket::list }
    Shelf  "/shelves/{shelf}/api/v1/cookbooks/{cookbook}" { GET supermarket::cookbook }
    Shelf  "/shelves/{shelf}/api/v1/cookbooks/{cookbook}/versions/{version}" {
        GET supermarket::version,
    }
    Shelf  "/shelves/{shelf}/api/v1/cookbooks/{cookbook}/versions/{version}/download" {
        GET supermarket::download, HEAD supermarket::download,
    }
    Shelf  "/shelves/{shelf}/api/v1/search" { GET supermarket::search }

    // Search.
    Signed "/organizations/{organization}/search" { GET search::indexes }
    Signed "/organizations/{organization}/search/{index}" {
        GET search::whole, POST search::partial,
    }

    // Groups and containers.
    Signed "/organizations/{organization}/groups" { GET groups::list, POST groups::create }
    Signed "/organizations/{organization}/groups/{name}" {
        GET groups::show, PUT groups::update, DELETE groups::delete,
    }
    Signed "/organizations/{organization}/containers" {
        GET containers::list, POST containers::create,
    }
    Signed "/organizations/{organization}/containers/{name}" {
        GET containers::show, DELETE containers::delete,
    }

    // Who may do what to any of these. An organization's own list has an older path as well.
    Signed "/users/{name}/_acl" { GET acls::user::show }
    Signed "/users/{name}/_acl/{permission}" { PUT acls::user::update }
    Signed "/organizations/{organization}/organizations/_acl" { GET acls::organization::show }
    Signed "/organizations/{organization}/organizations/_acl/{permission}" {
        PUT acls::organization::update,
    }
    Signed "/organizations/{organization}/*/_acl" { GET acls::organization::show }
    Signed "/organizations/{organization}/*/_acl/{permission}" { PUT acls::organization::update }
    Signed "/organizations/{organization}/clients/{name}/_acl" { GET acls::client::show }
    Signed "/organizations/{organization}/clients/{name}/_acl/{permission}" {
        PUT acls::client::update,
    }
    Signed "/organizations/{organization}/containers/{name}/_acl" { GET acls::container::show }
    Signed "/organizations/{organization}/containers/{name}/_acl/{permission}" {
        PUT acls::container::update,
    }
    Signed "/organizations/{organization}/cookbook_artifacts/{name}/_acl" {
        GET acls::cookbook_artifact::show,
    }
    Signed "/organizations/{organization}/cookbook_artifacts/{name}/_acl/{permission}" {
        PUT acls::cookbook_artifact::update,
    }
    Signed "/organizations/{organization}/cookbooks/{name}/_acl" { GET acls::cookbook::show }
    Signed "/organizations/{organization}/cookbooks/{name}/_acl/{permission}" {
        PUT acls::cookbook::update,
    }
    Signed "/organizations/{organization}/data/{name}/_acl" { GET acls::data_bag::show }
    Signed "/organizations/{organization}/data/{name}/_acl/{permission}" {
        PUT acls::data_bag::update,
    }
    Signed "/organizations/{organization}/environments/{name}/_acl" { GET acls::environment::show }
    Signed "/organizations/{organization}/environments/{name}/_acl/{permission}" {
        PUT acls::environment::update,
    }
    Signed "/organizations/{organization}/groups/{name}/_acl" { GET acls::group::show }
    Signed "/organizations/{organization}/groups/{name}/_acl/{permission}" {
        PUT acls::group::update,
    }
    Signed "/organizations/{organization}/nodes/{name}/_acl" { GET acls::node::show }
    Signed "/organizations/{organization}/nodes/{name}/_acl/{permission}" { PUT acls::node::update }
    Signed "/organizations/{organization}/policies/{name}/_acl" { GET acls::policy::show }
    Signed "/organizations/{organization}/policies/{name}/_acl/{permission}" {
        PUT acls::policy::update,
    }
    Signed "/organizations/{organization}/policy_groups/{name}/_acl" {
        GET acls::policy_group::show,
    }
    Signed "/organizations/{organization}/policy_groups/{name}/_acl/{permission}" {
        PUT acls::policy_group::update,
    }
    Signed "/organizations/{organization}/roles/{name}/_acl" { GET acls::role::show }
    Signed "/organizations/{organization}/roles/{name}/_acl/{permission}" { PUT acls::role::update }

    // Reports of Chef runs.
    Signed "/organizations/{organization}/reports/org/runs" { GET reports::list }
    Signed "/organizations/{organization}/reports/org/runs/{run}" { GET reports::show }
    Report "/organizations/{organization}/reports/nodes/{name}/runs" {
        GET reports::list_of_node, POST reports::begin,
    }
    Report "/organizations/{organization}/reports/nodes/{name}/runs/{run}" {
        GET reports::show_of_node, POST reports::end,
    }
    Report "/organizations/{organization}/data-collector" { POST data_collector }

    // For other services on the server's machine.
    Open   "/organizations/{organization}/{kind}/{name}/_identifiers" { GET nodes::identify }
    Signed "/organizations/{organization}/validate/{*path}" {
        GET validate, POST validate, PUT validate, DELETE validate,
    }

    // What there once was.
    Open   "/organizations/{organization}/controls" {
        GET controls, HEAD controls, POST controls, PUT controls, DELETE controls,
    }
};
