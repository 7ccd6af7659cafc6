//! What is asked of access control lists: that exactly these hold one permission from now on.

use serde_json::{Map, Value};

use super::group::texts;
use crate::acl::Permission;
use crate::refusals::{Refusal, acls, request};

/// Who is to hold one permission on an object; all others lose it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AceUpdate {
    /// Which permission.
    pub permission: Permission,
    /// Users and API clients.
    pub actors: AceActors,
    /// Groups: `name`, `::name` or `organization::name`.
    pub groups: Vec<String>,
}

/// The names of users and API clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AceActors {
    /// Each is the one or the other.
    Either(Vec<String>),
    /// It is said which is which.
    Told {
        /// Users.
        users: Vec<String>,
        /// API clients.
        clients: Vec<String>,
    },
}

impl AceUpdate {
    /// Reads `{"read": {"actors": […], "groups": […]}}`, where the path names `read` as well. Users
    /// and API clients may be told apart: `{"actors": [], "users": […], "clients": […], …}`.
    pub fn read(permission: &str, object: &Map<String, Value>) -> Result<Self, Refusal> {
        let name = permission;
        let permission =
            Permission::from_text(name).ok_or_else(|| acls::no_such_permission(name))?;
        if let Some(other) = object.keys().find(|key| *key != name) {
            return Err(acls::unknown_key(other));
        }
        let ace = object.get(name).ok_or_else(|| request::field_missing(name))?;
        let ace = ace.as_object().ok_or_else(|| request::field_invalid(name))?;
        let field = |key: &str| format!("{name}.{key}");
        let list = |key: &str| {
            let list = |list| texts(list).ok_or_else(|| request::field_invalid(&field(key)));
            ace.get(key).map(list).transpose()
        };
        let needed = |key: &str| list(key)?.ok_or_else(|| request::field_missing(&field(key)));
        let groups = needed("groups")?;
        let actors = needed("actors")?;
        let actors = match (list("clients")?, list("users")?) {
            (None, None) => AceActors::Either(actors),
            (Some(_), None) => return Err(acls::one_without_the_other("clients", "users")),
            (None, Some(_)) => return Err(acls::one_without_the_other("users", "clients")),
            (Some(_), Some(_)) if !actors.is_empty() => return Err(acls::actors_must_be_empty()),
            (Some(clients), Some(users)) => AceActors::Told { users, clients },
        };
        Ok(Self { permission, actors, groups })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::super::test_values::{any_object, object};
    use super::*;

    fn read(permission: &str, body: &Value) -> Result<AceUpdate, Refusal> {
        AceUpdate::read(permission, &object(body))
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn actors_are_one_list_or_told_apart() {
        let one = json!({"read": {"actors": ["pivotal", "web1"], "groups": ["::g", "o::g"]}});
        let expected = AceUpdate {
            permission: Permission::Read,
            actors: AceActors::Either(names(&["pivotal", "web1"])),
            groups: names(&["::g", "o::g"]),
        };
        assert_eq!(read("read", &one), Ok(expected));
        let told = json!({"grant": {
            "actors": [], "users": ["pivotal"], "clients": ["web1"], "groups": [],
        }});
        let expected = AceUpdate {
            permission: Permission::Grant,
            actors: AceActors::Told { users: names(&["pivotal"]), clients: names(&["web1"]) },
            groups: Vec::new(),
        };
        assert_eq!(read("grant", &told), Ok(expected));
    }

    #[test]
    fn what_is_wrong_is_told_in_this_order() {
        let invalid = request::field_invalid;
        for (permission, body, refusal) in [
            ("bogus", json!({}), acls::no_such_permission("bogus")),
            ("read", json!({"read": 1, "update": 2}), acls::unknown_key("update")),
            ("read", json!({}), request::field_missing("read")),
            ("read", json!({"read": []}), invalid("read")),
            ("read", json!({"read": {}}), request::field_missing("read.groups")),
            ("read", json!({"read": {"groups": 1}}), invalid("read.groups")),
            ("read", json!({"read": {"groups": []}}), request::field_missing("read.actors")),
            ("read", json!({"read": {"groups": [], "actors": [1]}}), invalid("read.actors")),
            (
                "read",
                json!({"read": {"groups": [], "actors": [], "clients": null}}),
                invalid("read.clients"),
            ),
            (
                "read",
                json!({"read": {"groups": [], "actors": [], "clients": []}}),
                acls::one_without_the_other("clients", "users"),
            ),
            (
                "read",
                json!({"read": {"groups": [], "actors": [], "users": []}}),
                acls::one_without_the_other("users", "clients"),
            ),
            (
                "read",
                json!({"read": {"groups": [], "actors": ["a"], "users": [], "clients": []}}),
                acls::actors_must_be_empty(),
            ),
        ] {
            assert_eq!(read(permission, &body), Err(refusal), "{body}");
        }
    }

    proptest! {
        #[test]
        fn any_object_is_read_or_refused(
            body in any_object(&["read", "actors", "groups", "users", "clients"]),
        ) {
            let _ = AceUpdate::read("read", &body);
        }
    }
}
