//! What a route is, and finding the one that a path leads to.

use std::borrow::Cow;
use std::pin::Pin;

use hyper::Method;
use pantry_model::Error;
use percent_encoding::percent_decode_str;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::ROUTES;

/// What a handler does, in the form in which the table holds it.
pub(crate) type Handler = fn(Call) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send>>;

/// Who may come this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Whoever has signed the request; the handler asks [`Call::caller`] who it is.
    Signed,
    /// Everybody.
    Open,
    /// Whoever has signed the request, whose body may be a report of a Chef run: larger than any other
    /// JSON, packed, and not said to be JSON; the handler of one asks [`Call::reporter`].
    Report,
    /// Everybody may ask; who has signed the request is somebody, and the handler asks [`Call::reader`]
    /// who it is. So shelves are read as Supermarkets.
    Shelf,
    /// Whoever has a link of the server's; the handler looks at it. Whatever else the request's sender
    /// says of itself does not matter, and the body is handed over as it arrives ([`Call::arriving`]).
    Linked,
}

/// A path, and what can be done at it.
pub(crate) struct Route {
    /// With parameters in braces; `{*rest}` at the end is all that is left.
    pub(crate) path: &'static str,
    pub(crate) access: Access,
    pub(crate) methods: &'static [(Method, Handler)],
}

/// Every route there is, as method and path. Parameters are in braces.
pub fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    ROUTES
        .iter()
        .flat_map(|route| route.methods.iter().map(|(method, _)| (method.as_str(), route.path)))
}

/// What a path under an organization begins with.
const ORGANIZATION: &str = "/organizations/{organization}";

/// The parameter in it.
pub(crate) const ORGANIZATION_PARAMETER: &str = "organization";

/// The parameter in a path of a shelf's.
pub(crate) const SHELF_PARAMETER: &str = "shelf";

/// What is also found at the top, for the default organization.
const OF_DEFAULT_ORGANIZATION: &[&str] = &[
    "clients",
    "containers",
    "cookbooks",
    "data",
    "data-collector",
    "environments",
    "groups",
    "nodes",
    "principals",
    "reports",
    "roles",
    "runs",
    "sandboxes",
    "search",
    "universe",
];

/// Finds routes.
pub(crate) struct Table(matchit::Router<Entry>);

struct Entry {
    route: &'static Route,
    /// The names of the path's parameters, in order.
    names: Vec<&'static str>,
    is_of_default_organization: bool,
}

/// A route that a path leads to.
pub(crate) struct Found {
    pub(crate) route: &'static Route,
    /// The path's parameters, decoded.
    pub(crate) parameters: Vec<(&'static str, String)>,
    /// Whether the path is one of the default organization, which it does not name.
    pub(crate) is_of_default_organization: bool,
}

impl Table {
    /// The table of all routes. It fails if two of them are the same.
    pub(crate) fn new(with_default_organization: bool) -> Result<Self, matchit::InsertError> {
        Self::of(ROUTES, with_default_organization)
    }

    /// The table of these routes.
    pub(crate) fn of(
        routes: &'static [Route],
        with_default_organization: bool,
    ) -> Result<Self, matchit::InsertError> {
        let mut router = matchit::Router::new();
        for route in routes {
            let mut insert = |path: &'static str, is_of_default_organization| {
                let names = names(path);
                router.insert(path, Entry { route, names, is_of_default_organization })
            };
            insert(route.path, false)?;
            if let Some(path) = route.path.strip_prefix(ORGANIZATION)
                && with_default_organization
                && path.split('/').nth(1).is_some_and(|one| OF_DEFAULT_ORGANIZATION.contains(&one))
            {
                insert(path, true)?;
            }
        }
        Ok(Self(router))
    }

    /// The route that a path leads to, as it was received. Doubled slashes and one at the end do not
    /// matter, as in the original; what is escaped is a parameter's, never a part of the route.
    pub(crate) fn find(&self, path: &str) -> Option<Found> {
        let path = single_slashes(path);
        let found = self.0.at(&path).ok()?;
        let Entry { route, names, is_of_default_organization } = found.value;
        let decode = |text| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let values = found.params.iter().map(|(_, value)| decode(value));
        let parameters = names.iter().copied().zip(values).collect();
        let is_of_default_organization = *is_of_default_organization;
        Some(Found { route, parameters, is_of_default_organization })
    }
}

impl Route {
    /// What is done for this method.
    pub(crate) fn handler(&self, method: &Method) -> Option<Handler> {
        self.methods.iter().find(|(known, _)| known == method).map(|(_, handler)| *handler)
    }

    /// The methods, as `Allow` lists them.
    pub(crate) fn allowed(&self) -> String {
        let names: Vec<&str> = self.methods.iter().map(|(method, _)| method.as_str()).collect();
        names.join(", ")
    }
}

fn names(path: &'static str) -> Vec<&'static str> {
    let braced = |segment: &'static str| segment.strip_prefix('{')?.strip_suffix('}');
    path.split('/').filter_map(braced).map(|name| name.trim_start_matches('*')).collect()
}

fn single_slashes(path: &str) -> Cow<'_, str> {
    if !path.contains("//") && (path == "/" || !path.ends_with('/')) {
        return Cow::Borrowed(path);
    }
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let path: String = segments.flat_map(|segment| ["/", segment]).collect();
    if path.is_empty() { Cow::Borrowed("/") } else { Cow::Owned(path) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_table_can_be_made_and_every_route_is_found_by_its_own_path() {
        let table = Table::new(true).ok().unwrap();
        for route in ROUTES {
            let path = route.path.replace("{*", "").replace(['{', '}'], "");
            let found = table.find(&path).unwrap();
            assert_eq!(found.route.path, route.path);
            for (name, value) in found.parameters {
                assert_eq!(name, value, "{path}");
            }
        }
    }

    #[test]
    fn what_is_the_default_organizations_is_also_found_without_its_name() {
        macro_rules! routes {
            ($($path:literal),+) => {
                &[$(Route { path: $path, access: Access::Signed, methods: &[] }),+]
            };
        }
        static ROUTES: &[Route] = routes!(
            "/nodes_of_all",
            "/organizations/{organization}",
            "/organizations/{organization}/nodes",
            "/organizations/{organization}/nodes/{name}",
            "/organizations/{organization}/users",
            "/organizations/{organization}/association_requests"
        );
        let found = |with_default: bool, path: &str| {
            let found = Table::of(ROUTES, with_default).ok().unwrap().find(path)?;
            Some((found.route.path, found.is_of_default_organization, found.parameters))
        };
        let (path, of_default, parameters) = found(true, "/nodes/web%3A1").unwrap();
        assert_eq!((path, of_default), ("/organizations/{organization}/nodes/{name}", true));
        assert_eq!(parameters, [("name", "web:1".to_owned())]);
        let (_, of_default, parameters) = found(true, "/organizations/shop/nodes/web1").unwrap();
        assert!(!of_default);
        assert_eq!(parameters.len(), 2);
        assert!(found(true, "/nodes").is_some());
        for path in ["/users", "/association_requests", "/"] {
            assert!(found(true, path).is_none(), "{path} belongs to no organization");
        }
        assert!(found(false, "/nodes").is_none());
    }

    #[test]
    fn no_route_has_a_method_twice() {
        let all: Vec<_> = routes().collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn slashes_do_not_matter_and_parameters_are_decoded_once() {
        let table = Table::new(false).ok().unwrap();
        for path in ["/organizations/shop/controls", "//organizations/shop//controls/"] {
            let found = table.find(path).unwrap();
            assert_eq!(found.parameters, [("organization", "shop".to_owned())]);
        }
        let found = table.find("/organizations/a%2Fb%2525%ff/controls").unwrap();
        assert_eq!(found.parameters[0].1, "a/b%25\u{fffd}");
        for path in ["", "*", "/organizations/shop/control", "/controls", "/%5Fstatus"] {
            assert!(table.find(path).is_none(), "{path}");
        }
        assert!(table.find("//").is_some(), "the same as /");
    }
}
