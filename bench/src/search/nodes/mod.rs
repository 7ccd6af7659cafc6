//! Nodes as `ohai` and a chef-client make them: a machine's hardware, network and software, what its
//! cookbooks have set, and what changes from run to run.
//!
//! Everything follows from the node's number and the number of its run, so each run of the bench asks
//! the same of everyone. Some 800 keys and 25 to 45 KB, of which some 40 differ between two runs.

mod machine;
mod network;
mod software;

use serde_json::{Value, json};

/// A node.
#[derive(Clone, Copy)]
pub(super) struct Node {
    pub(super) number: usize,
}

/// Numbers that look like any, and are the same for the same beginning.
struct Dice(u64);

impl Dice {
    fn new(node: Node, what: u64) -> Self {
        Self((node.number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (what << 48))
    }

    /// A number below this one.
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let at = self.below(of.len() as u64);
        usize::try_from(at).ok().and_then(|at| of.get(at)).copied().unwrap_or_default()
    }

    fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| self.one(&HEX)).collect()
    }
}

const HEX: [&str; 16] =
    ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b", "c", "d", "e", "f"];

const ROLES: &[&str] = &["web", "db", "cache", "queue", "search", "build", "proxy", "batch"];

impl Node {
    pub(super) fn role(self) -> &'static str {
        ROLES.get(self.number % ROLES.len()).copied().unwrap_or_default()
    }

    pub(super) fn environment(self) -> &'static str {
        ["prod", "prod", "prod", "staging", "dev"].get(self.number % 5).copied().unwrap_or_default()
    }

    /// `web00042`.
    pub(super) fn hostname(self) -> String {
        format!("{}{:05}", self.role(), self.number)
    }

    /// Its name too.
    pub(super) fn fqdn(self) -> String {
        format!("{}.{}.example.com", self.hostname(), self.environment())
    }

    pub(super) fn address(self) -> String {
        format!("10.{}.{}.{}", self.number / 62_500, self.number / 250 % 250, self.number % 250 + 1)
    }

    /// What only this run of it has.
    pub(super) fn revision(self, run: usize) -> String {
        Dice::new(self, 1000 + run as u64).hex(40)
    }

    /// All of it, as it is after a run.
    pub(super) fn json(self, run: usize) -> Value {
        let (role, environment) = (self.role(), self.environment());
        let mut automatic = machine::attributes(self, run);
        automatic.extend(network::attributes(self, run));
        automatic.extend(software::attributes(self, run));
        json!({
            "name": self.fqdn(),
            "chef_type": "node",
            "json_class": "Chef::Node",
            "chef_environment": environment,
            "run_list": ["role[base]", format!("role[{role}]"), "recipe[deploy::app]"],
            "normal": {
                "tags": [environment, format!("rack{}", self.number % 40)],
                "deploy": { "revision": self.revision(run), "number": run, "by": "ci" },
            },
            "default": software::defaults(self),
            "override": { "sshd": { "port": 22, "permit_root_login": false } },
            "automatic": automatic,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use pantry_model::Json;
    use pantry_query::{Difference, Terms};

    use super::*;

    #[test]
    fn a_node_is_as_large_as_one_is() {
        let mut names = BTreeSet::new();
        for number in (0..10_000).step_by(97) {
            let node = Node { number };
            let json = node.json(0);
            assert!(names.insert(node.fqdn()) && names.insert(node.address()));
            let text = json.to_string();
            assert!((25_000..45_000).contains(&text.len()), "{number}: {} bytes", text.len());
            let terms = Terms::of(&Json::read(&text).unwrap()).into_vec();
            let keys: BTreeSet<_> = terms.iter().map(|term| &term.key.path).collect();
            assert!((700..950).contains(&keys.len()), "{number}: {} keys", keys.len());
        }
    }

    #[test]
    fn a_run_changes_some_forty_values() {
        let terms = |run: usize| {
            let text = Node { number: 42 }.json(run).to_string();
            Terms::of(&Json::read(&text).unwrap())
        };
        assert_eq!(terms(3).since(&terms(3)), Difference::default());
        let changed = terms(4).since(&terms(3));
        assert!((30..60).contains(&changed.new.len()), "{}", changed.new.len());
    }
}
