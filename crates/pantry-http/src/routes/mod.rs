//! Every route, in one table. A handler is the function `answer` of the module that the table names:
//! `routes/<family>/<verb>.rs`.

mod controls;
mod status;
mod validate;

use hyper::Method;

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

    // For other services on the server's machine.
    Signed "/organizations/{organization}/validate/{*path}" {
        GET validate, POST validate, PUT validate, DELETE validate,
    }

    // What there once was.
    Open   "/organizations/{organization}/controls" {
        GET controls, HEAD controls, POST controls, PUT controls, DELETE controls,
    }
};
