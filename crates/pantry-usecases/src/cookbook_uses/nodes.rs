//! The nodes that lead to a cookbook, or say that they have it. The index knows both, so no node is
//! read.

use std::collections::BTreeSet;

use pantry_model::Error;
use pantry_query::{Field, Formula, Leaf, Part, Pattern, Plan, Sought as Value};
use pantry_store::{DocumentNumber, Index, Kind, Scope};

use super::{Asked, NAMES, Names, PolicyUse};
use crate::UseCases;
use crate::fault::to_error;

/// How many things are looked up at once.
const LEAVES: usize = 600;

/// A node that has to do with a cookbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeUse {
    /// Its name.
    pub name: String,
    /// Whether its run list or its policy leads there, in an environment that allows it.
    pub is_led: bool,
    /// Whether its last run has had it, as it says itself.
    pub has_run: bool,
}

/// By what nodes are led to a cookbook.
pub(super) struct Sought<'a> {
    pub(super) needing: Names,
    pub(super) roles: BTreeSet<String>,
    pub(super) environments: &'a [String],
    pub(super) policies: &'a [PolicyUse],
}

impl UseCases {
    pub(super) async fn nodes_with(
        &self,
        scope: &Scope,
        asked: &Asked,
        sought: &Sought<'_>,
    ) -> Result<Vec<NodeUse>, Error> {
        let index = Index::of(scope, Kind::Node);
        let mut led: BTreeSet<DocumentNumber> = BTreeSet::new();
        for plan in leading(asked, sought) {
            led.extend(self.store.search(&index, &plan).await.map_err(to_error)?);
        }
        let ran = self.store.search(&index, &reporting(asked)).await.map_err(to_error)?;
        let ran: BTreeSet<_> = ran.into_iter().collect();
        let all: Vec<_> = led.union(&ran).copied().collect();
        let mut nodes = Vec::with_capacity(all.len());
        for batch in all.chunks(NAMES) {
            let names = self.store.found_names(&index, batch).await.map_err(to_error)?;
            if names.len() == batch.len() {
                nodes.extend(batch.iter().zip(names).map(|(number, name)| NodeUse {
                    name,
                    is_led: led.contains(number),
                    has_run: ran.contains(number),
                }));
                continue;
            }
            // Some have gone meanwhile: which, is found out one by one.
            for number in batch {
                let names = self.store.found_names(&index, &[*number]).await.map_err(to_error)?;
                nodes.extend(names.into_iter().map(|name| NodeUse {
                    name,
                    is_led: led.contains(number),
                    has_run: ran.contains(number),
                }));
            }
        }
        nodes.sort_unstable_by(|one, other| one.name.cmp(&other.name));
        Ok(nodes)
    }
}

fn leaf(field: &str, value: Value) -> Leaf {
    Leaf { field: Field::Named(field.to_owned()), sought: value }
}

fn exactly(field: &str, value: &str) -> Leaf {
    leaf(field, Value::Exactly(value.to_owned()))
}

fn beginning(field: &str, with: String) -> Option<Leaf> {
    let pattern = Pattern::new([Part::Text(with), Part::Any]).ok()?;
    Some(leaf(field, Value::Matching(pattern)))
}

/// Leaves of a plan, and which of them are meant.
#[derive(Default)]
struct Leaves(Vec<Leaf>);

impl Leaves {
    /// Any of these.
    fn any(&mut self, leaves: impl IntoIterator<Item = Leaf>) -> Formula {
        Formula::Or(leaves.into_iter().map(|leaf| self.one(leaf)).collect())
    }

    fn one(&mut self, leaf: Leaf) -> Formula {
        let known = self.0.iter().position(|known| *known == leaf);
        Formula::Leaf(known.unwrap_or_else(|| {
            self.0.push(leaf);
            self.0.len() - 1
        }))
    }
}

/// What finds the nodes that are led to one of these cookbooks, in parts.
fn leading<'a>(asked: &'a Asked, sought: &'a Sought<'_>) -> impl Iterator<Item = Plan> + 'a {
    let recipes = sought.needing.iter().flat_map(|name| recipe(asked, name));
    let roles = sought.roles.iter().map(|role| exactly("role", role));
    let all: Vec<Leaf> = recipes.chain(roles).collect();
    let by_run_list = all.chunks(LEAVES).map(|some| {
        let mut leaves = Leaves::default();
        let led = leaves.any(some.iter().cloned());
        let environments = sought.environments.iter();
        let allowed = leaves.any(environments.map(|name| exactly("chef_environment", name)));
        Plan::new(leaves.0, Formula::And(vec![led, allowed]))
    });
    let by_run_list: Vec<_> = by_run_list.collect();
    by_run_list.into_iter().chain(by_policy(sought))
}

/// A recipe of this cookbook in a run list. `NAME@VERSION` with another version than the one that is
/// asked about leads elsewhere; `NAME::RECIPE@VERSION` is not told from others, and counts.
fn recipe(asked: &Asked, name: &str) -> Vec<Leaf> {
    const FIELD: &str = "recipe";
    let mut leaves = vec![exactly(FIELD, name)];
    leaves.extend(beginning(FIELD, format!("{name}::")));
    match asked.version.filter(|_| name == asked.name.as_str()) {
        Some(version) => leaves.push(exactly(FIELD, &format!("{name}@{version}"))),
        None => leaves.extend(beginning(FIELD, format!("{name}@"))),
    }
    leaves
}

/// What finds the nodes of policy groups that follow one of these revisions.
fn by_policy(sought: &Sought<'_>) -> Option<Plan> {
    let mut leaves = Leaves::default();
    let mut any = Vec::new();
    for one in sought.policies.iter().filter(|one| !one.groups.is_empty()) {
        let policy = leaves.one(exactly("policy_name", &one.policy));
        let groups = leaves.any(one.groups.iter().map(|group| exactly("policy_group", group)));
        any.push(Formula::And(vec![policy, groups]));
    }
    (!any.is_empty()).then(|| Plan::new(leaves.0, Formula::Or(any)))
}

/// What finds the nodes whose last run had it.
fn reporting(asked: &Asked) -> Plan {
    let name = asked.name.as_str();
    let mut leaves = Leaves::default();
    let any = match asked.version {
        Some(version) => {
            let version = version.to_string();
            leaves.any([exactly(&format!("cookbooks_{name}_version"), &version)])
        }
        None => {
            let recipes = beginning("recipes", format!("{name}::"));
            let whole = [exactly("cookbooks", name), exactly("recipes", name)];
            leaves.any(whole.into_iter().chain(recipes))
        }
    };
    Plan::new(leaves.0, any)
}
