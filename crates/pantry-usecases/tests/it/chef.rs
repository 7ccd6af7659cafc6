//! Chef's objects for tests, in as few words as possible.

use pantry_model::chef::{DataBagItem, Environment, NewDataBag, Node, PolicyRevision, Role};
use pantry_store::{Generations, Kind};
use serde_json::{Value, json};

use crate::house::House;
use crate::standing::of;

/// A node that is to be made, or to be saved: its name, environment and run list.
pub(crate) fn node(name: &str, environment: &str, run_list: &[&str]) -> Node {
    let body = json!({"name": name, "chef_environment": environment, "run_list": run_list});
    Node::read_new(body.to_string().as_bytes()).unwrap()
}

pub(crate) fn role(body: &Value) -> Role {
    Role::read_new(body.to_string().as_bytes()).unwrap()
}

pub(crate) fn environment(name: &str, description: &str) -> Environment {
    let body = json!({"name": name, "description": description});
    Environment::read(body.to_string().as_bytes()).unwrap()
}

pub(crate) fn bag(name: &str) -> NewDataBag {
    NewDataBag { name: name.parse().unwrap() }
}

pub(crate) fn item(body: &Value) -> DataBagItem {
    DataBagItem::read_new(body.to_string().as_bytes()).unwrap()
}

/// A revision of a policy, which runs nothing.
pub(crate) fn revision(policy: &str, id: &str) -> PolicyRevision {
    let body = json!({"name": policy, "revision_id": id, "run_list": [], "cookbook_locks": {}});
    PolicyRevision::read(body.to_string().as_bytes(), policy).unwrap()
}

/// What a stored object says.
pub(crate) fn said(stored: &[u8]) -> Value {
    serde_json::from_slice(stored).unwrap()
}

impl House {
    /// Where an application's families stand.
    pub(crate) async fn generations(&self, application: &str) -> Generations {
        self.usecases.store().generations(&[of(application)]).await.unwrap()[0].unwrap()
    }

    /// The ledger lines of a kind in the application `shop`: who did what to which.
    pub(crate) async fn lines_of(&self, kind: Kind) -> Vec<String> {
        let shop = crate::people::shop();
        let ledger = self.usecases.read_ledger(&self.admin, Some(&shop), Some(0), 1000).await;
        let of_kind = ledger.unwrap().into_iter().filter(|it| it.kind == kind.as_str());
        of_kind.map(|line| format!("{} {} {}", line.actor, line.verb, line.name)).collect()
    }
}
