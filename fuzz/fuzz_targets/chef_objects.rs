//! Bodies of requests about nodes, roles, environments, data bags, cookbooks and cookbook artifacts.
//!
//! Whatever is taken must be taken again in its stored form, be stored just so then, and say the same
//! to whoever reads all of it.
#![no_main]

use std::collections::HashMap;

use libfuzzer_sys::fuzz_target;
use pantry_model::chef::cookbook::{
    ArtifactsWanted, CookbookSummary, Extent, ManifestForm, NewCookbookArtifact,
    NewCookbookVersion, write_cookbook,
};
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

const FORMS: [ManifestForm; 2] = [ManifestForm::Segments, ManifestForm::AllFiles];

/// A stored cookbook can be shown in each form.
fn can_be_shown(stored: &[u8]) {
    for form in FORMS {
        for extent in [Extent::Whole, Extent::WithoutClass, Extent::Minimal] {
            let shown = write_cookbook(stored, form, extent, &HashMap::new());
            let shown = shown.expect("what was stored can be shown");
            serde_json::from_slice::<Value>(&shown).expect("it is JSON");
        }
    }
}

fuzz_target!(|body: &[u8]| {
    for form in FORMS {
        if let Ok(new) = NewCookbookVersion::read(body, ("a", "1.0.0"), form) {
            can_be_shown(&new.to_stored(true));
            CookbookSummary::read(&new.summary()).expect("it can be read");
        }
    }
    if let Ok(new) = NewCookbookArtifact::read(body, ("a", "1")) {
        can_be_shown(&new.to_stored());
    }
    let _ = ArtifactsWanted::read(body);
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
