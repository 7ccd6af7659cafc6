//! Every route, in one table. A handler is the function `answer` of the module that the table names:
//! `routes/<family>/<verb>.rs`.

mod controls;
mod data_bags;
mod environments;
mod locations;
mod nodes;
mod roles;
mod status;
mod validate;

use hyper::Method;

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

    // Data bags.
    Signed "/organizations/{organization}/data" { GET data_bags::list, POST data_bags::create }
    Signed "/organizations/{organization}/data/{bag}" {
        GET data_bags::items, POST data_bags::create_item, DELETE data_bags::delete,
    }
    Signed "/organizations/{organization}/data/{bag}/{item}" {
        GET data_bags::show_item, PUT data_bags::update_item, DELETE data_bags::delete_item,
    }

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
