//! Roles: what machines are for, as a run list and attributes.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::JsonObject;
use super::json_object::is_object;
use crate::names::{EnvironmentName, RoleName};
use crate::refusals::{Refusal, fields};
use crate::run_list::RunList;

const KEYS: [&str; 8] = [
    "chef_type",
    "default_attributes",
    "description",
    "env_run_lists",
    "json_class",
    "name",
    "override_attributes",
    "run_list",
];

/// A role, as the object that is stored.
#[derive(Clone, Debug)]
pub struct Role {
    name: RoleName,
    object: JsonObject,
}

impl Role {
    /// A role that is to be made.
    pub fn read_new(body: &[u8]) -> Result<Self, Refusal> {
        Self::check(filled(body)?)
    }

    /// What the role of this name is to be: its name may be missing.
    pub fn read_update(body: &[u8], name: &str) -> Result<Self, Refusal> {
        let mut object = filled(body)?;
        object.named_by_path("name", name, "Role")?;
        Self::check(object)
    }

    fn check(mut object: JsonObject) -> Result<Self, Refusal> {
        object.only(&KEYS)?;
        let name = object.name("name")?;
        object.exactly("json_class", "Chef::Role")?;
        object.exactly("chef_type", "role")?;
        object.hash("default_attributes")?;
        object.hash("override_attributes")?;
        let run_list = object.run_list("run_list")?;
        let by_environment = env_run_lists(&object)?;
        object.set("run_list", &run_list);
        object.set("env_run_lists", &by_environment);
        Ok(Self { name, object })
    }

    /// Its name.
    pub fn name(&self) -> &RoleName {
        &self.name
    }

    /// The object that is stored.
    pub fn object(&self) -> &JsonObject {
        &self.object
    }
}

/// A body with what it may leave out.
fn filled(body: &[u8]) -> Result<JsonObject, Refusal> {
    let mut object = JsonObject::read(body)?;
    object.fill("json_class", &"Chef::Role");
    object.fill("chef_type", &"role");
    object.fill("default_attributes", &JsonObject::default());
    object.fill("override_attributes", &JsonObject::default());
    object.fill("run_list", &RunList::default());
    object.fill("env_run_lists", &JsonObject::default());
    Ok(object)
}

/// A run list for each of several environments, in the order in which they were written.
#[derive(Clone, Debug, Default)]
struct EnvRunLists(Vec<(EnvironmentName, RunList)>);

impl Serialize for EnvRunLists {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        self.0.iter().try_for_each(|(name, list)| map.serialize_entry(name, list))?;
        map.end()
    }
}

fn env_run_lists(object: &JsonObject) -> Result<EnvRunLists, Refusal> {
    const FIELD: &str = "env_run_lists";
    let invalid = || fields::not_run_lists(FIELD);
    let sent = object.get(FIELD).filter(|value| is_object(value)).ok_or_else(invalid)?;
    let sent: JsonObject = serde_json::from_str(sent).map_err(|_| invalid())?;
    let one = |(key, value): (&str, &str)| {
        let name = key.parse().map_err(|_| fields::invalid_key_in(FIELD, key))?;
        Ok((name, serde_json::from_str(value).map_err(|_| invalid())?))
    };
    Ok(EnvRunLists(sent.iter().map(one).collect::<Result<_, Refusal>>()?))
}

/// The run lists of a role; read from its stored form.
#[derive(Clone, Debug, Deserialize)]
pub struct RoleRunLists {
    run_list: RunList,
    env_run_lists: BTreeMap<EnvironmentName, RunList>,
}

impl RoleRunLists {
    /// The run list for an environment. For `_default` it is the role's own; for others there is
    /// one only if the role has one for just that environment.
    pub fn of(&self, environment: &str) -> Option<&RunList> {
        if environment == EnvironmentName::DEFAULT {
            return Some(&self.run_list);
        }
        let environment: EnvironmentName = environment.parse().ok()?;
        self.env_run_lists.get(&environment)
    }

    /// The run list that a run in an environment gets: that for the environment, else the role's own.
    /// One that is written for `_default` stands before the role's own, as Chef reads it.
    pub fn in_run(&self, environment: &EnvironmentName) -> &RunList {
        let written = self.env_run_lists.get(environment);
        let default = || self.env_run_lists.get(&EnvironmentName::default_name());
        written.or_else(default).unwrap_or(&self.run_list)
    }

    /// All of its run lists.
    pub fn all(&self) -> impl Iterator<Item = &RunList> {
        std::iter::once(&self.run_list).chain(self.env_run_lists.values())
    }

    /// The environments that it has run lists for, in order; `_default` is always among them.
    pub fn environments(&self) -> Vec<EnvironmentName> {
        let mut names: Vec<_> = self.env_run_lists.keys().cloned().collect();
        names.push(EnvironmentName::default_name());
        names.sort_unstable();
        names.dedup();
        names
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> String {
        Role::read_new(body.as_bytes()).unwrap_err().sentence
    }

    fn lists(body: &str) -> RoleRunLists {
        let role = Role::read_new(body.as_bytes()).unwrap();
        serde_json::from_slice(&role.object().to_json()).unwrap()
    }

    #[test]
    fn what_is_missing_is_filled_in_and_run_lists_are_spelt_out() {
        let body = br#"{"name":"web","description":7,"run_list":["a","recipe[a]"],
            "env_run_lists":{"prod":["foo","recipe[foo]","role[x]"],"_default":[],"dev":["a@1.0"]}}"#;
        let stored = Role::read_new(body).unwrap().object().to_json();
        assert_eq!(
            String::from_utf8(stored).unwrap(),
            r#"{"name":"web","description":7,"run_list":["recipe[a]"],"env_run_lists":{"prod":["recipe[foo]","role[x]"],"_default":[],"dev":["recipe[a@1.0]"]},"json_class":"Chef::Role","chef_type":"role","default_attributes":{},"override_attributes":{}}"#
        );
    }

    #[test]
    fn a_run_gets_the_list_of_its_environment_else_the_default_one() {
        let role = lists(r#"{"name":"web","run_list":["a"],"env_run_lists":{"prod":["b"]}}"#);
        let in_run = |role: &RoleRunLists, name: &str| {
            let items = role.in_run(&name.parse().unwrap()).items().to_vec();
            items.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(in_run(&role, "prod"), "recipe[b]");
        assert_eq!(in_run(&role, "test"), "recipe[a]");
        assert_eq!(in_run(&role, "_default"), "recipe[a]");
        let role = lists(r#"{"name":"web","run_list":["a"],"env_run_lists":{"_default":["c"]}}"#);
        assert_eq!(in_run(&role, "_default"), "recipe[c]");
        assert_eq!(in_run(&role, "test"), "recipe[c]");
    }

    #[test]
    fn the_first_fault_in_the_originals_order_is_told() {
        let bad_lists = "Field 'env_run_lists' contains invalid run lists";
        for (body, sentence) in [
            (r#"{"chef_environment":"x"}"#, "Invalid key chef_environment in request body"),
            ("{}", "Field 'name' missing"),
            (r#"{"name":"this+ is bad!!!"}"#, "Field 'name' invalid"),
            (r#"{"name":"r","json_class":"Chef::Node"}"#, "Field 'json_class' invalid"),
            (r#"{"name":"r","chef_type":"node"}"#, "Field 'chef_type' invalid"),
            (
                r#"{"name":"r","default_attributes":"x"}"#,
                "Field 'default_attributes' is not a hash",
            ),
            (
                r#"{"name":"r","override_attributes":null}"#,
                "Field 'override_attributes' is not a hash",
            ),
            (r#"{"name":"r","run_list":["recipe["]}"#, "Field 'run_list' is not a valid run list"),
            (r#"{"name":"r","env_run_lists":"x"}"#, bad_lists),
            (r#"{"name":"r","env_run_lists":{"a":["b"],"c":[123]}}"#, bad_lists),
            (
                r#"{"name":"r","env_run_lists":{"a b":["b"]}}"#,
                "Invalid key 'a b' for env_run_lists",
            ),
        ] {
            assert_eq!(refused(body), sentence, "{body}");
        }
        let update = |body: &str| Role::read_update(body.as_bytes(), "web");
        assert_eq!(update("{}").unwrap().name().as_str(), "web");
        assert_eq!(update(r#"{"name":"x"}"#).unwrap_err().sentence, "Role name mismatch.");
    }

    #[test]
    fn each_environment_has_its_run_list_or_none() {
        let lists = lists(
            r#"{"name":"r","run_list":["a"],"env_run_lists":{"prod":["b"],"_default":["c"]}}"#,
        );
        let of = |name: &str| lists.of(name).map(|list| list.items().to_vec());
        assert_eq!(of("_default"), Some(vec!["a".parse().unwrap()]));
        assert_eq!(of("prod"), Some(vec!["b".parse().unwrap()]));
        assert_eq!(of("test"), None);
        assert_eq!(of("a b"), None);
        let names = lists.environments();
        assert_eq!(
            names.iter().map(EnvironmentName::as_str).collect::<Vec<_>>(),
            ["_default", "prod"]
        );
    }
}
