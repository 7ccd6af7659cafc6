//! Nodes: what Chef knows of a machine.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::JsonObject;
use crate::names::{EnvironmentName, NodeName, PolicyGroupName, PolicyName};
use crate::refusals::Refusal;
use crate::run_list::{RunList, RunListItem};
use crate::target::Placement;

const KEYS: [&str; 11] = [
    "name",
    "chef_environment",
    "json_class",
    "chef_type",
    "normal",
    "default",
    "override",
    "automatic",
    "run_list",
    "policy_name",
    "policy_group",
];

/// The attributes, from those that are changed least to those that the machine itself reports.
const ATTRIBUTES: [&str; 4] = ["normal", "default", "override", "automatic"];

/// A node: the object that is stored, and what the server knows of it.
#[derive(Clone, Debug)]
pub struct Node {
    name: NodeName,
    info: NodeInfo,
    object: JsonObject,
}

/// What the server itself must know of a node; read from its stored form.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct NodeInfo {
    /// Its environment, which need not exist.
    #[serde(rename = "chef_environment")]
    pub environment: EnvironmentName,
    /// What it is to run.
    pub run_list: RunList,
}

impl NodeInfo {
    /// Its environment, and the roles of its run list.
    pub fn placement(&self) -> Placement {
        let roles = self.run_list.items().iter().filter_map(RunListItem::role);
        // A name that is too long for a role's is no role's.
        let roles: BTreeSet<_> = roles.filter_map(|role| role.parse().ok()).collect();
        Placement { environment: self.environment.clone(), roles }
    }
}

impl Node {
    /// A node that is to be made.
    pub fn read_new(body: &[u8]) -> Result<Self, Refusal> {
        Self::check(filled(body)?)
    }

    /// What the node of this name is to be: its name may be missing.
    pub fn read_update(body: &[u8], name: &str) -> Result<Self, Refusal> {
        let mut object = filled(body)?;
        object.named_by_path("name", name, "Node")?;
        Self::check(object)
    }

    fn check(mut object: JsonObject) -> Result<Self, Refusal> {
        object.only(&KEYS)?;
        let name = object.name("name")?;
        let environment = object.name("chef_environment")?;
        object.exactly("json_class", "Chef::Node")?;
        object.exactly("chef_type", "node")?;
        for attributes in ATTRIBUTES {
            object.hash(attributes)?;
        }
        let run_list = object.run_list("run_list")?;
        object.name_if_there::<PolicyName>("policy_name")?;
        object.name_if_there::<PolicyGroupName>("policy_group")?;
        object.set("run_list", &run_list);
        Ok(Self { name, info: NodeInfo { environment, run_list }, object })
    }

    /// Its name.
    pub fn name(&self) -> &NodeName {
        &self.name
    }

    /// What the server knows of it.
    pub fn info(&self) -> &NodeInfo {
        &self.info
    }

    /// The object that is stored.
    pub fn object(&self) -> &JsonObject {
        &self.object
    }
}

/// A body with what it may leave out.
fn filled(body: &[u8]) -> Result<JsonObject, Refusal> {
    let mut object = JsonObject::read(body)?;
    object.fill("chef_environment", &EnvironmentName::DEFAULT);
    object.fill("json_class", &"Chef::Node");
    object.fill("chef_type", &"node");
    for attributes in ATTRIBUTES {
        object.fill(attributes, &JsonObject::default());
    }
    object.fill("run_list", &RunList::default());
    Ok(object)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refused(body: &str) -> String {
        Node::read_new(body.as_bytes()).unwrap_err().sentence
    }

    fn stored(node: &Node) -> String {
        String::from_utf8(node.object().to_json()).unwrap()
    }

    #[test]
    fn what_is_missing_is_filled_in() {
        let node = Node::read_new(br#"{"name":"web1"}"#).unwrap();
        assert_eq!(
            stored(&node),
            r#"{"name":"web1","chef_environment":"_default","json_class":"Chef::Node","chef_type":"node","normal":{},"default":{},"override":{},"automatic":{},"run_list":[]}"#
        );
    }

    #[test]
    fn the_first_fault_in_the_originals_order_is_told() {
        for (body, sentence) in [
            (r#"{"x":1,"name":"a b"}"#, "Invalid key x in request body"),
            (r#"{"name":"n","漢字":1}"#, "Invalid key 漢字 in request body"),
            ("{}", "Field 'name' missing"),
            (r#"{"name":null}"#, "Field 'name' invalid"),
            (r#"{"name":"node@127.0.0.1","chef_environment":1}"#, "Field 'name' invalid"),
            (r#"{"name":"n","chef_environment":"a:b"}"#, "Field 'chef_environment' invalid"),
            (r#"{"name":"n","json_class":"x","chef_type":1}"#, "Field 'json_class' invalid"),
            (r#"{"name":"n","chef_type":"role"}"#, "Field 'chef_type' invalid"),
            (r#"{"name":"n","normal":1,"default":1}"#, "Field 'normal' is not a hash"),
            (r#"{"name":"n","automatic":[]}"#, "Field 'automatic' is not a hash"),
            (r#"{"name":"n","run_list":"a"}"#, "Field 'run_list' is not a valid run list"),
            (r#"{"name":"n","run_list":["a",1]}"#, "Field 'run_list' is not a valid run list"),
            (r#"{"name":"n","policy_name":42}"#, "Field 'policy_name' invalid"),
            (r#"{"name":"n","policy_group":"a!"}"#, "Field 'policy_group' invalid"),
        ] {
            assert_eq!(refused(body), sentence, "{body}");
        }
        let long = format!(r#"{{"name":"n","policy_name":"{}"}}"#, "F".repeat(256));
        assert_eq!(refused(&long), "Field 'policy_name' invalid");
    }

    #[test]
    fn an_update_is_named_by_its_path() {
        let update = |body: &str| Node::read_update(body.as_bytes(), "web1");
        assert_eq!(update("{}").unwrap().name().as_str(), "web1");
        assert_eq!(update(r#"{"name":"web1"}"#).unwrap().name().as_str(), "web1");
        for other in [r#"{"name":"web2"}"#, r#"{"name":null}"#, r#"{"name":"a@b","x":1}"#] {
            assert_eq!(update(other).unwrap_err().sentence, "Node name mismatch.");
        }
        let odd = Node::read_update(b"{}", "a b").unwrap_err();
        assert_eq!(odd.sentence, "Field 'name' invalid");
    }

    #[test]
    fn its_placement_is_read_from_what_is_stored() {
        let body = br#"{"name":"n","chef_environment":"prod","run_list":["role[web]","a","a"]}"#;
        let node = Node::read_new(body).unwrap();
        let info: NodeInfo = serde_json::from_slice(&node.object().to_json()).unwrap();
        assert_eq!(&info, node.info());
        let placement = info.placement();
        assert_eq!(placement.environment.as_str(), "prod");
        assert_eq!(placement.roles, BTreeSet::from(["web".parse().unwrap()]));
        assert!(stored(&node).contains(r#""run_list":["role[web]","recipe[a]"]"#));
    }

    proptest! {
        #[test]
        fn what_is_taken_is_taken_again_as_it_is(
            name in "[a-c.:@]{0,3}",
            environment in "[a-c:]{0,2}",
            item in r"(role\[)?[a-b:]{0,4}\]?",
        ) {
            let body = serde_json::json!({"name": name, "chef_environment": environment, "run_list": [item, item]});
            if let Ok(node) = Node::read_new(body.to_string().as_bytes()) {
                let again = Node::read_new(&node.object().to_json()).unwrap();
                prop_assert_eq!(stored(&again), stored(&node));
            }
        }
    }
}
