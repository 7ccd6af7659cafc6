//! A node as a run of Chef begins with it, and as it is saved when the run has ended.
//!
//! What the run was asked for stands in the node, since that is where Chef looks: its run list, and
//! the policy that it follows. A node that names a policy follows it whatever its run list says, so one
//! that is to have a run list names none.

use super::{Facts, JsonObject, Node};
use crate::commands::chef_run::FollowedPolicy;
use crate::names::Identity;
use crate::refusals::Refusal;
use crate::run_list::RunList;
use crate::target::Placement;

const POLICY: &str = "policy_name";
const GROUP: &str = "policy_group";

/// What a run makes of a node.
#[derive(Clone, Debug)]
pub struct NodeInRun {
    node: Node,
}

impl NodeInRun {
    /// The node that is stored.
    pub fn stored(body: &[u8], name: &str) -> Result<Self, Refusal> {
        Ok(Self { node: Node::read_update(body, name)? })
    }

    /// The node of a machine that has none yet: where the machine was put.
    pub fn new(machine: &Identity, given: &Placement) -> Result<Self, Refusal> {
        Ok(Self { node: Facts::default().new_node(machine, given)? })
    }

    /// The node.
    pub fn node(&self) -> &Node {
        &self.node
    }

    /// The policy that it follows by itself.
    pub fn policy(&self) -> Option<FollowedPolicy> {
        let object = self.node.object();
        Some(FollowedPolicy { name: object.name(POLICY).ok()?, group: object.name(GROUP).ok()? })
    }

    /// Its JSON in a run with this run list, which follows this policy or none.
    pub fn in_run(&self, run_list: &RunList, policy: Option<&FollowedPolicy>) -> Vec<u8> {
        let mut object = self.node.object().clone();
        object.set("run_list", run_list);
        set_policy(&mut object, policy);
        object.to_json()
    }

    /// The node that a run has left, in which the policy stays that it had before.
    pub fn keeping_policy(&self, left: &Node) -> Result<Node, Refusal> {
        let mut object = left.object().clone();
        set_policy(&mut object, self.policy().as_ref());
        Node::read_update(&object.to_json(), left.name().as_str())
    }
}

fn set_policy(object: &mut JsonObject, policy: Option<&FollowedPolicy>) {
    match policy {
        Some(FollowedPolicy { name, group }) => {
            object.set(POLICY, name);
            object.set(GROUP, group);
        }
        None => [POLICY, GROUP].iter().for_each(|field| object.remove(field)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(json: Vec<u8>) -> String {
        String::from_utf8(json).unwrap()
    }

    #[test]
    fn what_a_run_is_asked_for_stands_in_the_node() {
        let body = br#"{"name":"web1","run_list":["a"],"policy_name":"p","policy_group":"g","normal":{"n":1.10}}"#;
        let node = NodeInRun::stored(body, "web1").unwrap();
        let policy = node.policy().unwrap();
        assert_eq!((policy.name.as_str(), policy.group.as_str()), ("p", "g"));
        let list: RunList = ["recipe[b]".parse().unwrap()].into_iter().collect();
        let plain = text(node.in_run(&list, None));
        assert!(plain.contains(r#""run_list":["recipe[b]"]"#) && plain.contains("1.10"), "{plain}");
        assert!(!plain.contains("policy"), "{plain}");
        let other = FollowedPolicy { name: "q".parse().unwrap(), group: "h".parse().unwrap() };
        let followed = text(node.in_run(&list, Some(&other)));
        assert!(followed.contains(r#""policy_name":"q","policy_group":"h""#), "{followed}");
        let left = NodeInRun::stored(plain.as_bytes(), "web1").unwrap();
        assert!(left.policy().is_none());
        let kept = text(node.keeping_policy(left.node()).unwrap().object().to_json());
        assert!(kept.contains(r#""policy_name":"p","policy_group":"g""#), "{kept}");
    }

    #[test]
    fn a_machine_without_a_node_is_where_it_was_put() {
        let given = Placement {
            environment: "prod".parse().unwrap(),
            roles: ["web".parse().unwrap()].into(),
        };
        let node = NodeInRun::new(&"web1".parse().unwrap(), &given).unwrap();
        assert_eq!(node.node().info().environment.as_str(), "prod");
        assert!(node.node().info().run_list.items().is_empty());
        assert!(node.policy().is_none());
        let json = text(node.in_run(&RunList::default(), None));
        assert!(json.contains(r#""roles":["web"]"#), "{json}");
    }
}
