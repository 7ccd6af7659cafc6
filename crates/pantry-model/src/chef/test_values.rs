//! JSON that tests read requests from.

use proptest::prelude::*;
use serde_json::{Map, Value};

/// The object that this is.
pub(super) fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

/// Objects of every shape, nested a little, in which these keys are frequent.
pub(super) fn any_object(
    keys: &'static [&'static str],
) -> impl Strategy<Value = Map<String, Value>> {
    let key = move || prop_oneof![3 => prop::sample::select(keys).prop_map(ToOwned::to_owned), 1 => ".{0,6}"];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
        "[a-z:]{0,8}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    });
    prop::collection::btree_map(key(), value, 0..5).prop_map(|map| map.into_iter().collect())
}
