//! What chef-client was seen to do, and what holds of every merge.

use proptest::prelude::*;
use serde_json::{Map, Value};

use super::*;

fn text(value: &Json<'_>) -> String {
    serde_json::to_string(value).unwrap()
}

fn joined(
    join: fn(Json<'static>, Json<'static>) -> Json<'static>,
    levels: &[&'static str],
) -> String {
    let levels = levels.iter().map(|level| Json::read(level).unwrap());
    text(&levels.reduce(join).unwrap())
}

/// What `Chef::Node#merged_attributes` of chef-client 19.4 said.
#[test]
fn levels_are_merged_as_the_client_does_it() {
    for (levels, merged) in [
        (&[r#"{"a":1}"#, r#"{"a":null}"#][..], r#"{"a":null}"#),
        (&[r#"{"a":{"b":1,"c":2}}"#, r#"{"a":{"b":null}}"#], r#"{"a":{"b":null,"c":2}}"#),
        (&[r#"{"a":{"b":1}}"#, r#"{"a":null}"#], r#"{"a":null}"#),
        (&[r#"{"a":{"b":1}}"#, r#"{"a":3}"#, r#"{"a":{"c":1}}"#], r#"{"a":{"c":1}}"#),
        (&[r#"{"a":[1,2]}"#, r#"{"a":[2,3]}"#], r#"{"a":[2,3]}"#),
        (&[r#"{"a":[{"x":1}]}"#, r#"{"a":[{"y":2}]}"#], r#"{"a":[{"y":2}]}"#),
        (
            &[r#"{"b":1,"a":{"z":1,"y":2}}"#, r#"{"c":1,"a":{"y":3,"x":1,"z":0}}"#],
            r#"{"b":1,"a":{"z":0,"y":3,"x":1},"c":1}"#,
        ),
        (&[r#"{"a":""}"#, r#"{"a":false}"#], r#"{"a":false}"#),
        (&[r#"{"a":1}"#, r#"{"a":{}}"#, r#"{"a":[]}"#], r#"{"a":[]}"#),
    ] {
        assert_eq!(joined(merge, levels), merged, "{levels:?}");
    }
}

/// What `Chef::Mixin::DeepMerge.merge` and the role, environment and cookbook attributes of a
/// `Chef::Node` said.
#[test]
fn one_level_is_united_as_the_client_does_it() {
    for (places, united) in [
        (&[r#"{"a":[1,2]}"#, r#"{"a":[2,3]}"#][..], r#"{"a":[1,2,3]}"#),
        (
            &[r#"{"a":[9]}"#, r#"{"a":[2,3,3]}"#, r#"{"a":[1,2]}"#, r#"{"a":[1]}"#],
            r#"{"a":[9,2,3,1]}"#,
        ),
        (&[r#"{"a":[1,1]}"#, r#"{"a":[1,1,2,2]}"#], r#"{"a":[1,2]}"#),
        (&[r#"{"a":[1,1]}"#, r#"{"a":[]}"#], r#"{"a":[1]}"#),
        (&[r#"{"a":1}"#, r#"{"a":null}"#], r#"{"a":null}"#),
        (&[r#"{"a":{"b":1}}"#, r#"{"a":null}"#], r#"{"a":null}"#),
        (&[r#"{"a":null}"#, r#"{"a":{"b":1}}"#], r#"{"a":{"b":1}}"#),
        (&[r#"{"a":[1]}"#, r#"{"a":"x"}"#], r#"{"a":"x"}"#),
        (&[r#"{"a":[1]}"#, r#"{"a":{}}"#], r#"{"a":{}}"#),
        (&[r#"{"a":{"x":[1]}}"#, r#"{"a":{"x":[2],"y":1}}"#], r#"{"a":{"x":[1,2],"y":1}}"#),
        (&[r#"{"a":[[1],[2]]}"#, r#"{"a":[[2],[3]]}"#], r#"{"a":[[1],[2],[3]]}"#),
        (&[r#"{"a":[{"x":1,"y":2}]}"#, r#"{"a":[{"y":2,"x":1}]}"#], r#"{"a":[{"x":1,"y":2}]}"#),
        (&[r#"{"a":[1,2.0]}"#, r#"{"a":[1.0,2]}"#], r#"{"a":[1,2.0,1.0,2]}"#),
        (&[r#"{"a":[1,0.0]}"#, r#"{"a":[1.0,-0.0]}"#], r#"{"a":[1,0.0,1.0]}"#),
        (&[r#"{"a":[null]}"#, r#"{"a":[null,true]}"#], r#"{"a":[null,true]}"#),
        (&[r#"{"b":1,"a":1}"#, r#"{"c":1,"a":2,"b":0}"#], r#"{"b":0,"a":2,"c":1}"#),
    ] {
        assert_eq!(joined(unite, places), united, "{places:?}");
    }
}

#[test]
fn many_keys_and_items_are_joined_in_little_time() {
    let keys: Vec<String> = (0..50_000).map(|n| format!("\"{n}\":1")).collect();
    let (object, list) =
        (format!("{{{}}}", keys.join(",")), format!("[{}]", keys.join(",").replace(":1", "")));
    for written in [object, list] {
        let both = (Json::read(&written).unwrap(), Json::read(&written).unwrap());
        assert_eq!(text(&unite(both.0, both.1)), written);
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..3_u8).prop_map(Value::from),
        "[ab]?".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            any_object(inner),
        ]
    })
}

fn any_object(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let members = prop::collection::btree_map("[abc]", inner, 0..4);
    members.prop_map(|members| Value::Object(members.into_iter().collect()))
}

/// What stands under a path, by the definition: the strongest level that has a value there counts,
/// unless a stronger one has something that is no object on the way.
fn expected(weaker: Option<&Value>, stronger: Option<&Value>) -> Option<Value> {
    match (weaker, stronger) {
        (Some(Value::Object(weaker)), Some(Value::Object(stronger))) => {
            let keys = weaker.keys().chain(stronger.keys());
            let members: Map<String, Value> = keys
                .map(|key| (key.clone(), expected(weaker.get(key), stronger.get(key)).unwrap()))
                .collect();
            Some(Value::Object(members))
        }
        (weaker, stronger) => stronger.or(weaker).cloned(),
    }
}

fn value(json: &Json<'_>) -> Value {
    serde_json::from_str(&text(json)).unwrap()
}

proptest! {
    #[test]
    fn merging_is_what_its_definition_says(weaker in any_json(), stronger in any_json()) {
        let texts = (weaker.to_string(), stronger.to_string());
        let merged = merge(Json::read(&texts.0).unwrap(), Json::read(&texts.1).unwrap());
        prop_assert_eq!(Some(value(&merged)), expected(Some(&weaker), Some(&stronger)));
    }

    #[test]
    fn it_does_not_matter_which_levels_meet_first(
        levels in prop::collection::vec(any_object(any_json()), 3)
    ) {
        let texts: Vec<String> = levels.iter().map(Value::to_string).collect();
        let read = |n: usize| Json::read(&texts[n]).unwrap();
        for join in [merge, unite] {
            let first = join(join(read(0), read(1)), read(2));
            let last = join(read(0), join(read(1), read(2)));
            // Values of different kinds hide weaker ones from stronger ones: no such case counts.
            if !hides(&levels[0], &levels[1], &levels[2]) {
                prop_assert_eq!(value(&first), value(&last));
            }
        }
    }

    #[test]
    fn what_is_united_with_itself_stays_but_for_items_that_are_there_twice(level in any_json()) {
        let written = level.to_string();
        let read = || Json::read(&written).unwrap();
        let once = unite(read(), read());
        let twice = unite(once.clone(), read());
        prop_assert_eq!(&once, &twice);
        prop_assert_eq!(merge(read(), read()), read());
    }

    #[test]
    fn uniting_keeps_every_item_of_both_lists_once(
        weaker in prop::collection::vec(any_json(), 0..6),
        stronger in prop::collection::vec(any_json(), 0..6),
    ) {
        let texts = (Value::from(weaker.clone()).to_string(), Value::from(stronger.clone()).to_string());
        let united = unite(Json::read(&texts.0).unwrap(), Json::read(&texts.1).unwrap());
        let mut naive: Vec<Value> = Vec::new();
        for item in weaker.into_iter().chain(stronger) {
            if !naive.contains(&item) {
                naive.push(item);
            }
        }
        prop_assert_eq!(value(&united), Value::from(naive));
    }
}

/// Whether the middle level says something that is no object under a key that the outer two have,
/// or has an object between things that are none.
fn hides(weakest: &Value, middle: &Value, strongest: &Value) -> bool {
    let (Value::Object(weakest), Value::Object(middle), Value::Object(strongest)) =
        (weakest, middle, strongest)
    else {
        return true;
    };
    middle.iter().any(|(key, value)| match (weakest.get(key), strongest.get(key)) {
        (Some(weakest), Some(strongest)) => hides(weakest, value, strongest),
        _ => false,
    })
}
