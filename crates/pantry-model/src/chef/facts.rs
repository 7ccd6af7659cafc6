//! What a machine reports of itself, as the automatic attributes of its node.
//!
//! It stands in for Chef: a run of `chef-client` knows more, so once one has saved the node, which it
//! tells by the attribute `recipes`, reports change nothing any more. Everything but the automatic
//! attributes is people's, and stays.

use super::{JsonObject, Node};
use crate::json;
use crate::names::Identity;
use crate::refusals::Refusal;
use crate::run_list::RunListItem;
use crate::target::Placement;

/// Attributes that Chef or the server sets, and no report.
const NOT_REPORTED: [&str; 5] = [RECIPES, "expanded_run_list", "cookbooks", "roles", "role"];

/// What every run of Chef sets.
const RECIPES: &str = "recipes";

/// What a machine reports of itself.
#[derive(Clone, Debug, Default)]
pub struct Facts(JsonObject);

impl Facts {
    /// The JSON object of a report, nested no deeper than a node may be.
    pub fn read(report: &[u8]) -> Result<Self, Refusal> {
        let mut facts = JsonObject::read(report)?;
        NOT_REPORTED.iter().for_each(|name| facts.remove(name));
        Ok(Self(facts))
    }

    /// The node of a machine that has none: in the environment that was given to the machine.
    pub fn new_node(&self, machine: &Identity, given: &Placement) -> Result<Node, Refusal> {
        let mut object = JsonObject::default();
        object.set("name", machine);
        object.set("chef_environment", &given.environment);
        let node = Node::read_new(&object.to_json())?;
        self.within(&node, machine, given)
    }

    /// A node that is stored, with these facts; `None` if a run of Chef has saved it.
    pub fn stored_node(
        &self,
        stored: &[u8],
        machine: &Identity,
        given: &Placement,
    ) -> Result<Option<Node>, Refusal> {
        let node = Node::read_update(stored, machine.as_str())?;
        let automatic = node.object().get("automatic").unwrap_or_default();
        let mut has_run = false;
        json::each_member(automatic, |name, _| has_run |= name == RECIPES);
        if has_run {
            return Ok(None);
        }
        self.within(&node, machine, given).map(Some)
    }

    /// The node with these as its automatic attributes, and with the roles of its run list and of
    /// its machine, by which both are found.
    fn within(&self, node: &Node, machine: &Identity, given: &Placement) -> Result<Node, Refusal> {
        let mut roles = given.roles.clone();
        let of_node = node.info().run_list.items().iter().filter_map(RunListItem::role);
        roles.extend(of_node.filter_map(|role| role.parse().ok()));
        let mut automatic = self.0.clone();
        automatic.set("roles", &roles);
        automatic.set("role", &roles);
        let mut object = node.object().clone();
        object.set("automatic", &automatic);
        Node::read_update(&object.to_json(), machine.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(roles: &[&str]) -> Placement {
        let roles = roles.iter().map(|role| role.parse().unwrap()).collect();
        Placement { environment: "prod".parse().unwrap(), roles }
    }

    fn stored(node: &Node) -> String {
        String::from_utf8(node.object().to_json()).unwrap()
    }

    fn facts(text: &str) -> Facts {
        Facts::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn a_new_node_is_where_the_machine_was_put() {
        let web1 = "web1".parse().unwrap();
        let report = facts(r#"{"fqdn":"web1.example","roles":["x"],"recipes":[],"n":1.10}"#);
        let node = report.new_node(&web1, &given(&["web", "db"])).unwrap();
        assert_eq!(
            stored(&node),
            r#"{"name":"web1","chef_environment":"prod","json_class":"Chef::Node","chef_type":"node","normal":{},"default":{},"override":{},"automatic":{"fqdn":"web1.example","n":1.10,"roles":["db","web"],"role":["db","web"]},"run_list":[]}"#
        );
        let again = report.stored_node(stored(&node).as_bytes(), &web1, &given(&["web", "db"]));
        assert_eq!(stored(&again.unwrap().unwrap()), stored(&node));
    }

    #[test]
    fn what_people_set_stays() {
        let web1 = "web1".parse().unwrap();
        let before = br#"{"name":"web1","chef_environment":"test","normal":{"a":1},"run_list":["role[x]","y"],"automatic":{"old":1},"policy_name":"p"}"#;
        let node = facts("{\"new\":2}").stored_node(before, &web1, &given(&["web"]));
        let after: serde_json::Value =
            serde_json::from_str(&stored(&node.unwrap().unwrap())).unwrap();
        assert_eq!(after["chef_environment"], "test");
        assert_eq!(after["normal"], serde_json::json!({"a": 1}));
        assert_eq!(after["run_list"], serde_json::json!(["role[x]", "recipe[y]"]));
        assert_eq!(after["policy_name"], "p");
        let automatic = serde_json::json!({"new": 2, "roles": ["web", "x"], "role": ["web", "x"]});
        assert_eq!(after["automatic"], automatic);
    }

    #[test]
    fn what_chef_has_saved_is_left_alone() {
        let web1 = "web1".parse().unwrap();
        for recipes in ["[]", r#"["a","a::default"]"#] {
            let saved = format!(r#"{{"name":"web1","automatic":{{"recipes":{recipes}}}}}"#);
            let node = facts("{}").stored_node(saved.as_bytes(), &web1, &given(&[])).unwrap();
            assert!(node.is_none());
        }
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for report in ["", "[]", "null", "{", "{\"a\":1}{", "\"x\""] {
            assert!(Facts::read(report.as_bytes()).is_err(), "{report}");
        }
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(1000), "]".repeat(1000));
        assert!(Facts::read(deep.as_bytes()).is_err());
    }
}
