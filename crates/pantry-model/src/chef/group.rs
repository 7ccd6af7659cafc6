//! What is asked of groups.
//!
//! The original looks at a group's name only once it knows the caller, so these are read after that,
//! unlike most requests.

use serde_json::{Map, Value};

use crate::names::GroupName;
use crate::refusals::{Refusal, groups, request};

/// A group that is to be made. It has no members yet, whatever the request says of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewGroup {
    /// Its name: `id` if that is given, else `groupname`.
    pub name: GroupName,
}

/// How a group is to change. A request without members or without a name leaves them as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupUpdate {
    /// What it is to be called.
    pub name: Option<GroupName>,
    /// All users that are to be in it; whoever is not named here no longer is.
    pub users: Option<Vec<String>>,
    /// All API clients that are to be in it.
    pub clients: Option<Vec<String>>,
    /// All groups that are to be in it: `name`, `::name` or `organization::name`.
    pub groups: Option<Vec<String>>,
}

impl NewGroup {
    /// Reads `{"id": …}` or `{"groupname": …}`.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        let name = object.get("id").or_else(|| object.get("groupname"));
        Ok(Self { name: group_name(name.ok_or_else(groups::invalid_name)?)? })
    }
}

impl GroupUpdate {
    /// Reads `{"groupname": …, "actors": {"users": […], "clients": […], "groups": […]}}`, of which
    /// all may be absent. `id` renames nothing, but must be a name.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        object.get("id").map(group_name).transpose()?;
        let name = object.get("groupname").map(group_name).transpose()?;
        let members = object.get("actors").and_then(Value::as_object);
        let list = |key: &str| match members.and_then(|members| members.get(key)) {
            None => Ok(None),
            Some(list) => texts(list)
                .map(Some)
                .ok_or_else(|| request::field_invalid(&format!("actors.{key}"))),
        };
        Ok(Self { name, users: list("users")?, clients: list("clients")?, groups: list("groups")? })
    }
}

fn group_name(name: &Value) -> Result<GroupName, Refusal> {
    name.as_str().and_then(|name| name.parse().ok()).ok_or_else(groups::invalid_name)
}

/// The texts of a list that holds nothing else.
pub(super) fn texts(list: &Value) -> Option<Vec<String>> {
    list.as_array()?.iter().map(|text| text.as_str().map(ToOwned::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::test_values::{any_object, object};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_new_group_needs_a_name_and_nothing_else() {
        let long = "a".repeat(256);
        for (body, expected) in [
            (json!({"id": "ops"}), Some("ops")),
            (json!({"groupname": "ops"}), Some("ops")),
            (json!({"id": "ops", "groupname": "no good"}), Some("ops")),
            (json!({"groupname": "o-_9", "users": ["a"], "clients": 7}), Some("o-_9")),
            (json!({"name": "ops"}), None),
            (json!({}), None),
            (json!({"id": ""}), None),
            (json!({"id": "new group"}), None),
            (json!({"id": "Ops"}), None),
            (json!({"id": null, "groupname": "ops"}), None),
            (json!({"id": 7}), None),
            (json!({"id": long}), None),
        ] {
            let read = NewGroup::read(&object(&body)).map(|new| new.name.to_string());
            assert_eq!(read.ok().as_deref(), expected, "{body}");
        }
    }

    #[test]
    fn an_update_replaces_only_the_lists_that_it_names() {
        let read = |body: Value| GroupUpdate::read(&object(&body));
        for unchanged in [json!({}), json!({"actors": {}}), json!({"actors": "bogus", "id": "foo"})]
        {
            assert_eq!(read(unchanged).unwrap(), GroupUpdate::default());
        }
        let body = json!({"groupname": "ops", "actors": {"users": ["a"], "groups": []}});
        let expected = GroupUpdate {
            name: Some("ops".parse().unwrap()),
            users: Some(vec!["a".to_owned()]),
            clients: None,
            groups: Some(Vec::new()),
        };
        assert_eq!(read(body).unwrap(), expected);
        for (body, refusal) in [
            (json!({"groupname": ""}), groups::invalid_name()),
            (json!({"groupname": "ops", "id": "O P"}), groups::invalid_name()),
            (json!({"actors": {"users": "a"}}), request::field_invalid("actors.users")),
            (json!({"actors": {"groups": [1]}}), request::field_invalid("actors.groups")),
        ] {
            assert_eq!(read(body).unwrap_err(), refusal);
        }
    }

    proptest! {
        #[test]
        fn any_object_is_read_or_refused(body in any_object(&["id", "groupname", "actors", "users"])) {
            let _ = NewGroup::read(&body);
            let _ = GroupUpdate::read(&body);
        }
    }
}
