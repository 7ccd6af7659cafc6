//! Bodies of requests about nodes, roles, environments and data bags.
//!
//! Whatever is taken must be taken again in its stored form, be stored just so then, and say the same
//! to whoever reads all of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pantry_model::chef::{
    DataBagItem, Environment, JsonObject, NewDataBag, Node, NodeInfo, Role, RoleRunLists,
};
use serde_json::Value;

/// The stored form, which must be as good as what was sent.
fn stored<E: std::fmt::Debug>(
    object: &JsonObject,
    again: impl FnOnce(&[u8]) -> Result<JsonObject, E>,
) -> Vec<u8> {
    let stored = object.to_json();
    assert_eq!(again(&stored).expect("what was stored can be sent").to_json(), stored);
    stored
}

fuzz_target!(|body: &[u8]| {
    let value = serde_json::from_slice::<Value>(body);
    if let Ok(object) = JsonObject::read(body) {
        let again: Value = serde_json::from_slice(&object.to_json()).expect("it is JSON");
        assert_eq!(again, value.expect("it was JSON"));
    }
    if let Ok(node) = Node::read_new(body) {
        let stored = stored(node.object(), |it| Node::read_new(it).map(|it| it.object().clone()));
        let info: NodeInfo = serde_json::from_slice(&stored).expect("it can be read");
        assert_eq!(&info, node.info());
    }
    if let Ok(role) = Role::read_new(body) {
        let stored = stored(role.object(), |it| Role::read_new(it).map(|it| it.object().clone()));
        let lists: RoleRunLists = serde_json::from_slice(&stored).expect("it can be read");
        assert!(lists.environments().iter().any(|name| lists.of(name.as_str()).is_some()));
    }
    if let Ok(environment) = Environment::read(body) {
        stored(environment.object(), |it| Environment::read(it).map(|it| it.object().clone()));
    }
    if let Ok(item) = DataBagItem::read_new(body) {
        let stored = item.object().to_json();
        DataBagItem::wrapped(&stored, "bag", item.id().as_str()).expect("it can be read");
    }
    let _ = NewDataBag::read(body);
});
