//! What a search sees of an object.
//!
//! A node is seen as its recipes see it: one hash of attributes, in which stronger levels cover weaker
//! ones, and over all of them what the server itself knows of the node. Everything else is seen as it
//! is stored.

use serde_json::Value;

use super::JsonObject;
use super::data_bag::answered;
use crate::attributes::merge;
use crate::json::{Json, each_member};

use crate::run_list::{RunList, RunListItem};

/// The levels of a node's attributes as the original merges them for a search, weakest first.
const LEVELS: [&str; 4] = ["default", "normal", "override", "automatic"];

/// What a node that says nothing of it is found to have.
const WEAKEST: &str = r#"{"role":[]}"#;

/// What counts of a node as it is written, whatever its attributes say under these names.
const OWN: [&str; 4] = ["name", "chef_environment", "policy_name", "policy_group"];

/// A stored node, level by level: texts of JSON objects, weakest first.
#[derive(Debug)]
pub struct NodeLevels<'a> {
    attributes: [&'a str; 4],
    own: String,
}

impl<'a> NodeLevels<'a> {
    /// Of a stored node; `None` if this is none.
    pub fn of(stored: &'a str) -> Option<Self> {
        let mut attributes = ["{}"; 4];
        let mut own = serde_json::Map::new();
        let mut run_list = "[]";
        each_member(stored, |key, value| {
            if let Some(level) = LEVELS.iter().zip(&mut attributes).find(|(name, _)| **name == key)
            {
                *level.1 = value;
            } else if OWN.contains(&key) {
                own.insert(key.to_owned(), serde_json::from_str(value).unwrap_or_default());
            } else if key == "run_list" {
                run_list = value;
            }
        })?;
        let run_list: RunList = serde_json::from_str(run_list).ok()?;
        let names = |of: fn(&RunListItem) -> Option<&str>| -> Vec<&str> {
            run_list.items().iter().filter_map(of).collect()
        };
        own.insert("chef_type".to_owned(), "node".into());
        own.insert("recipe".to_owned(), names(RunListItem::recipe).into());
        // A machine whose node has no roles yet may say by itself which it has.
        let roles = names(RunListItem::role);
        if !roles.is_empty() {
            own.insert("role".to_owned(), roles.into());
        }
        own.insert("run_list".to_owned(), serde_json::to_value(&run_list).unwrap_or_default());
        Some(Self { attributes, own: Value::Object(own).to_string() })
    }

    /// The levels, weakest first.
    pub fn texts(&self) -> [&str; 6] {
        let [default, normal, r#override, automatic] = self.attributes;
        [WEAKEST, default, normal, r#override, automatic, &self.own]
    }

    /// All of them as one.
    pub fn merged(&self) -> Option<Json<'_>> {
        let levels: Option<Vec<Json<'_>>> = self.texts().into_iter().map(Json::read).collect();
        levels?.into_iter().reduce(merge)
    }
}

/// By what a role is found: its run list for `_default` is found as its run list.
pub fn role_fields(stored: &str) -> Option<Json<'_>> {
    let mut role = Json::read(stored)?;
    if let Json::Map(members) = &mut role {
        let run_lists = members.iter_mut().filter(|(key, _)| key == "env_run_lists");
        for (_, run_lists) in run_lists {
            if let Json::Map(run_lists) = run_lists {
                run_lists.retain(|(environment, _)| environment != "_default");
            }
        }
    }
    Some(role)
}

/// By what an item of a data bag is found: as it is answered when it was saved.
pub fn data_bag_item_fields(stored: JsonObject, bag: &str) -> JsonObject {
    answered(stored, bag)
}
