//! Partial search: of each object that is found, only what was asked for.
//!
//! What was asked for is a tree of keys. Each object is walked once along it, past everything else,
//! and what stands at its leaves is copied as it is written; only hashes that several levels of
//! attributes have are put together.

use std::fmt::Write as _;

use super::JsonObject;
use super::search::NodeLevels;
use crate::attributes::merge;
use crate::json::{Json, each_member};
use crate::refusals::{Refusal, search};

/// What is asked of each object.
#[derive(Clone, Debug, Default)]
pub struct PartialSearch {
    /// What the answers are called, as JSON texts; an answer's number is its place here.
    names: Vec<String>,
    wanted: Wanted,
}

/// A hash in which something is asked for.
#[derive(Clone, Debug, Default)]
struct Wanted(Vec<(String, Below)>);

/// What is asked for under a key.
#[derive(Clone, Debug, Default)]
struct Below {
    /// The answers that the value itself is.
    answers: Vec<usize>,
    /// What is asked for within it.
    within: Wanted,
}

impl PartialSearch {
    /// Reads the body of a request: for each name of an answer the path of keys that leads to it.
    /// `None` if there are none: then whole objects are asked for.
    pub fn read(body: &[u8]) -> Result<Option<Self>, Refusal> {
        let object = JsonObject::read(body)?;
        let mut asked = Self::default();
        for (name, path) in object.iter() {
            let path: Vec<String> =
                serde_json::from_str(path).map_err(|_| search::invalid_partial_search())?;
            asked.ask(name, path);
        }
        Ok(Some(asked).filter(|asked| !asked.names.is_empty()))
    }

    fn ask(&mut self, name: &str, path: Vec<String>) {
        let number = self.names.len();
        // A text can be written as JSON.
        self.names.push(serde_json::to_string(name).unwrap_or_default());
        let mut wanted = &mut self.wanted;
        let mut keys = path.into_iter().peekable();
        while let Some(key) = keys.next() {
            let at = wanted.0.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
                wanted.0.push((key, Below::default()));
                wanted.0.len() - 1
            });
            // It is there: it was found, or was just put there.
            let Some((_, below)) = wanted.0.get_mut(at) else { return };
            if keys.peek().is_none() {
                below.answers.push(number);
                return;
            }
            wanted = &mut below.within;
        }
    }

    /// What is asked of a node, as a JSON object; `None` if this is no node.
    pub fn of_node(&self, stored: &str) -> Option<String> {
        let levels = NodeLevels::of(stored)?;
        self.of_levels(&levels.texts())
    }

    /// What is asked of any other object, likewise.
    pub fn of(&self, stored: &str) -> Option<String> {
        self.of_levels(&[stored])
    }

    fn of_levels(&self, levels: &[&str]) -> Option<String> {
        let mut answers = vec![None; self.names.len()];
        self.wanted.collect(levels, &mut answers)?;
        let mut text = String::from("{");
        for (number, (name, answer)) in self.names.iter().zip(answers).enumerate() {
            let comma = if number > 0 { "," } else { "" };
            // Writing to a text does not fail.
            let _ = write!(text, "{comma}{name}:{}", answer.as_deref().unwrap_or("null"));
        }
        text.push('}');
        Some(text)
    }
}

impl Wanted {
    /// Finds what is asked for in a hash that these levels have, weakest first.
    fn collect(&self, levels: &[&str], answers: &mut [Option<String>]) -> Option<()> {
        let mut found: Vec<Vec<&str>> = vec![Vec::new(); self.0.len()];
        for level in levels {
            let mut of_level: Vec<Option<&str>> = vec![None; self.0.len()];
            each_member(level, |key, value| {
                let wanted = self.0.iter().zip(&mut of_level).find(|((known, _), _)| known == key);
                if let Some((_, place)) = wanted {
                    *place = Some(value);
                }
            })?;
            for (found, value) in found.iter_mut().zip(of_level) {
                let Some(value) = value else { continue };
                // A hash is laid over hashes; all else covers what is weaker.
                if !(is_hash(value) && found.last().is_some_and(|weaker| is_hash(weaker))) {
                    found.clear();
                }
                found.push(value);
            }
        }
        for ((_, below), found) in self.0.iter().zip(found) {
            below.answer(&found, answers)?;
        }
        Some(())
    }
}

impl Below {
    /// Answers with one value, or with hashes that are to be put together.
    fn answer(&self, found: &[&str], answers: &mut [Option<String>]) -> Option<()> {
        let Some(strongest) = found.last() else { return Some(()) };
        for number in &self.answers {
            if let Some(place) = answers.get_mut(*number) {
                *place = Some(put_together(found)?);
            }
        }
        if !self.within.0.is_empty() && is_hash(strongest) {
            self.within.collect(found, answers)?;
        }
        Some(())
    }
}

fn put_together(found: &[&str]) -> Option<String> {
    if let [only] = found {
        return Some((*only).to_owned());
    }
    let levels: Option<Vec<Json<'_>>> = found.iter().map(|level| Json::read(level)).collect();
    serde_json::to_string(&levels?.into_iter().reduce(merge)?).ok()
}

fn is_hash(value: &str) -> bool {
    value.starts_with('{')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn asked(body: &Value) -> PartialSearch {
        PartialSearch::read(body.to_string().as_bytes()).unwrap().unwrap()
    }

    fn of_node(body: &Value, node: &str) -> Value {
        serde_json::from_str(&asked(body).of_node(node).unwrap()).unwrap()
    }

    #[test]
    fn only_lists_of_texts_are_paths() {
        for bad in [
            r#"{"a":"b"}"#,
            r#"{"a":1}"#,
            r#"{"a":true}"#,
            r#"{"a":{"b":true}}"#,
            r#"{"a":[1,2]}"#,
            r#"{"a":["b",2]}"#,
        ] {
            let refusal = PartialSearch::read(bad.as_bytes()).unwrap_err();
            assert_eq!(refusal, search::invalid_partial_search(), "{bad}");
        }
        assert!(PartialSearch::read(b"z[$blah").is_err());
        assert!(PartialSearch::read(b"{}").unwrap().is_none());
    }

    #[test]
    fn stronger_levels_cover_weaker_ones() {
        let node = r#"{
            "name": "web1", "chef_environment": "prod", "policy_group": "live",
            "default": {"a": {"b": 1, "c": 1}, "d": {"x": 1}, "name": "no"},
            "normal": {"a": {"c": 2.50}},
            "override": {"d": "text", "e": null},
            "automatic": {"e": [1, {"f": 2}], "d": {"y": 12345678901234567890123}},
            "run_list": ["role[web]", "recipe[nginx::tls@1.0.0]"]
        }"#;
        let answer = of_node(
            &json!({
                "a": ["a"], "b": ["a", "b"], "c": ["a", "c"], "d": ["d"], "e": ["e"],
                "through": ["e", "f"], "beyond": ["a", "b", "c"], "none": ["z", "z"], "empty": [],
                "name": ["name"], "env": ["chef_environment"], "type": ["chef_type"],
                "group": ["policy_group"], "policy": ["policy_name"], "role": ["role"],
                "recipe": ["recipe"], "runs": ["run_list"], "again": ["a", "b"],
            }),
            node,
        );
        let expected = json!({
            "a": {"b": 1, "c": 2.5}, "b": 1, "c": 2.5, "e": [1, {"f": 2}],
            "d": serde_json::from_str::<Value>(r#"{"y":12345678901234567890123}"#).unwrap(),
            "through": null, "beyond": null, "none": null, "empty": null,
            "name": "web1", "env": "prod", "type": "node", "group": "live", "policy": null,
            "role": ["web"], "recipe": ["nginx::tls@1.0.0"],
            "runs": ["role[web]", "recipe[nginx::tls@1.0.0]"], "again": 1,
        });
        assert_eq!(answer, expected);
    }

    #[test]
    fn numbers_come_back_as_they_were_written() {
        let node =
            r#"{"name":"n","run_list":[],"automatic":{"a":{"n":1.50}},"default":{"a":{"m":-0}}}"#;
        let answer = asked(&json!({"a": ["a"], "n": ["a", "n"]})).of_node(node).unwrap();
        assert_eq!(answer, r#"{"a":{"m":-0,"n":1.50},"n":1.50}"#);
    }

    #[test]
    fn other_objects_are_seen_as_they_are_stored() {
        let item = r#"{"id":"x","ssh":{"key":"k"}}"#;
        let asked = asked(&json!({"key": ["ssh", "key"], "id": ["id"], "raw": ["raw_data"]}));
        assert_eq!(asked.of(item).unwrap(), r#"{"id":"x","key":"k","raw":null}"#);
    }

    proptest! {
        /// It answers what stands in the merged whole.
        #[test]
        fn it_agrees_with_the_merged_node(
            levels in prop::collection::vec(
                prop::collection::btree_map("[ab]", prop_oneof![
                    Just(json!(1)), Just(json!(null)), Just(json!([1])), Just(json!({})),
                    prop::collection::btree_map("[ab]", any::<u8>(), 0..3).prop_map(|it| json!(it)),
                ], 0..3), 4),
            path in prop::collection::vec("[ab]", 1..4),
        ) {
            let node = json!({
                "name": "n", "run_list": [], "default": levels[0], "normal": levels[1],
                "override": levels[2], "automatic": levels[3],
            }).to_string();
            let merged = NodeLevels::of(&node).unwrap();
            let merged: Value =
                serde_json::from_str(&serde_json::to_string(&merged.merged().unwrap()).unwrap()).unwrap();
            let expected = path.iter().try_fold(&merged, |at, key| at.as_object()?.get(key));
            let answer = of_node(&json!({ "it": path }), &node);
            prop_assert_eq!(&answer["it"], expected.unwrap_or(&Value::Null));
        }
    }
}
