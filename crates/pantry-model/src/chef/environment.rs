//! Environments: which versions of cookbooks their nodes may use, and attributes.

use std::collections::BTreeMap;

use serde_json::json;

use super::JsonObject;
use super::json_object::text;
use crate::constraint::Constraint;
use crate::names::{CookbookName, EnvironmentName};
use crate::refusals::{Refusal, environments, fields};

const KEYS: [&str; 7] = [
    "name",
    "description",
    "json_class",
    "chef_type",
    "default_attributes",
    "override_attributes",
    CONSTRAINTS,
];

/// The key under which the constraints stand.
const CONSTRAINTS: &str = "cookbook_versions";

/// An environment, as the object that is stored.
#[derive(Clone, Debug)]
pub struct Environment {
    name: EnvironmentName,
    object: JsonObject,
}

impl Environment {
    /// An environment as it is to be. Unlike a node or a role it can get another name, so an update
    /// says its name as well.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let object = filled(body)?;
        let name = object.name("name")?;
        object.text("description")?;
        object.exactly("json_class", "Chef::Environment")?;
        object.exactly("chef_type", "environment")?;
        object.hash("default_attributes")?;
        object.hash("override_attributes")?;
        check_constraints(&object)?;
        // Last, other than for nodes and roles: so does the original.
        object.only(&KEYS)?;
        Ok(Self { name, object })
    }

    /// The stored form of the environment that every organization has from its first moment.
    pub fn default_document() -> Vec<u8> {
        json!({
            "name": EnvironmentName::DEFAULT,
            "description": "The default Chef environment",
            "cookbook_versions": {},
            "json_class": "Chef::Environment",
            "chef_type": "environment",
            "default_attributes": {},
            "override_attributes": {},
        })
        .to_string()
        .into_bytes()
    }

    /// Which versions of which cookbooks a stored environment lets its nodes use; those that it does not
    /// name they may use in any version. `None` if it cannot be read.
    pub fn constraints(stored: &[u8]) -> Option<BTreeMap<String, Constraint>> {
        let stored: JsonObject = serde_json::from_slice(stored).ok()?;
        let written: JsonObject = serde_json::from_str(stored.get(CONSTRAINTS)?).ok()?;
        let one = |(name, value): (&str, &str)| {
            Some((name.to_owned(), text(value)?.parse::<Constraint>().ok()?))
        };
        written.iter().map(one).collect()
    }

    /// A stored environment that lets its nodes use any version of all cookbooks. `None` if it cannot be
    /// read.
    pub fn without_constraints(stored: &[u8]) -> Option<Vec<u8>> {
        let mut stored: JsonObject = serde_json::from_slice(stored).ok()?;
        stored.set(CONSTRAINTS, &JsonObject::default());
        Some(stored.to_json())
    }

    /// Its name.
    pub fn name(&self) -> &EnvironmentName {
        &self.name
    }

    /// The object that is stored.
    pub fn object(&self) -> &JsonObject {
        &self.object
    }
}

/// Nothing if the environment of this name may be changed and deleted: all but the one that every
/// organization has. The original says so before it looks at anything else.
pub fn check_environment_may_change(name: &str) -> Result<(), Refusal> {
    if name == EnvironmentName::DEFAULT { Err(environments::default_stays()) } else { Ok(()) }
}

/// A body with what it may leave out.
fn filled(body: &[u8]) -> Result<JsonObject, Refusal> {
    let mut object = JsonObject::read(body)?;
    object.fill("description", &"");
    object.fill("json_class", &"Chef::Environment");
    object.fill("chef_type", &"environment");
    for hash in ["default_attributes", "override_attributes", "cookbook_versions"] {
        object.fill(hash, &JsonObject::default());
    }
    Ok(object)
}

fn check_constraints(object: &JsonObject) -> Result<(), Refusal> {
    const FIELD: &str = CONSTRAINTS;
    let sent = object.hash(FIELD)?;
    let sent: JsonObject = serde_json::from_str(sent).map_err(|_| fields::not_a_hash(FIELD))?;
    sent.iter().try_for_each(|(key, value)| {
        if key.parse::<CookbookName>().is_err() {
            return Err(fields::invalid_key_in(FIELD, key));
        }
        match text(value) {
            Some(text) if text.parse::<Constraint>().is_ok() => Ok(()),
            Some(text) => Err(fields::invalid_value_in(FIELD, &text)),
            None => Err(fields::invalid_value_in(FIELD, value)),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(body: &str) -> String {
        Environment::read(body.as_bytes()).unwrap_err().sentence
    }

    #[test]
    fn what_is_missing_is_filled_in() {
        let body = br#"{"name":"prod","default_attributes":{"":null,"\u9375":[1.0]}}"#;
        let stored = Environment::read(body).unwrap().object().to_json();
        assert_eq!(
            String::from_utf8(stored).unwrap(),
            r#"{"name":"prod","default_attributes":{"":null,"\u9375":[1.0]},"description":"","json_class":"Chef::Environment","chef_type":"environment","override_attributes":{},"cookbook_versions":{}}"#
        );
    }

    #[test]
    fn the_default_environment_is_one() {
        let environment = Environment::read(&Environment::default_document()).unwrap();
        assert_eq!(environment.name(), &EnvironmentName::default_name());
    }

    #[test]
    fn constraints_are_read_back() {
        let body = br#"{"name":"prod","cookbook_versions":{"b":"~> 1.2","a":"1"}}"#;
        let stored = Environment::read(body).unwrap().object().to_json();
        let constraints = Environment::constraints(&stored).unwrap();
        let written: Vec<_> = constraints.iter().map(|(name, by)| format!("{name} {by}")).collect();
        assert_eq!(written, ["a = 1.0.0", "b ~> 1.2"]);
        assert!(Environment::constraints(&Environment::default_document()).unwrap().is_empty());
        assert_eq!(Environment::constraints(b"{}"), None);
    }

    #[test]
    fn the_first_fault_in_the_originals_order_is_told() {
        for (body, sentence) in [
            ("{}", "Field 'name' missing"),
            (r#"{"blah":1}"#, "Field 'name' missing"),
            (r#"{"name":"e","blah":1}"#, "Invalid key blah in request body"),
            (r#"{"name":""}"#, "Field 'name' invalid"),
            (r#"{"name":"abc!123"}"#, "Field 'name' invalid"),
            (r#"{"name":"a\u0000b"}"#, "Field 'name' invalid"),
            (r#"{"name":{}}"#, "Field 'name' invalid"),
            (r#"{"name":"e","description":1999}"#, "Field 'description' invalid"),
            (r#"{"name":"e","json_class":""}"#, "Field 'json_class' invalid"),
            (r#"{"name":"e","chef_type":1999}"#, "Field 'chef_type' invalid"),
            (
                r#"{"name":"e","default_attributes":"x"}"#,
                "Field 'default_attributes' is not a hash",
            ),
            (
                r#"{"name":"e","override_attributes":1}"#,
                "Field 'override_attributes' is not a hash",
            ),
            (r#"{"name":"e","cookbook_versions":[]}"#, "Field 'cookbook_versions' is not a hash"),
        ] {
            assert_eq!(refused(body), sentence, "{body}");
        }
    }

    #[test]
    fn constraints_are_a_servers() {
        let with = |key: &str, value: serde_json::Value| {
            json!({"name": "e", "cookbook_versions": {"fine": "~> 1.0", key: value}}).to_string()
        };
        for fine in [">= 1.0.0", ">= 1.0", "1.0.0", ">= 1.2.20130730201745"] {
            assert!(Environment::read(with("cookbook", fine.into()).as_bytes()).is_ok(), "{fine}");
        }
        for (value, shown) in [
            (json!(null), "null"),
            (json!([">= 1.0.0"]), r#"[">= 1.0.0"]"#),
            (json!(">=1.0.0"), ">=1.0.0"),
            (json!(""), ""),
            (json!(1), "1"),
            (json!(1.1), "1.1"),
        ] {
            let sentence = format!("Invalid value '{shown}' for cookbook_versions");
            assert_eq!(refused(&with("cookbook", value)), sentence);
        }
        for key in ["the cookbook", "料理書", "", "a:b"] {
            let sentence = format!("Invalid key '{key}' for cookbook_versions");
            assert_eq!(refused(&with(key, "1.0.0".into())), sentence);
        }
    }
}
