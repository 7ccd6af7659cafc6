//! Policy groups, and what they follow.

use std::collections::BTreeMap;

use pantry_model::Error;
use serde_json::{Map, Value, json};

use crate::call::Call;
use crate::routes::locations;

pub(super) mod delete;
pub(super) mod follow;
pub(super) mod list;
pub(super) mod show;
pub(super) mod show_policy;
pub(super) mod unfollow;

/// What a group follows, as answers have it.
fn policies(followed: BTreeMap<String, String>) -> Value {
    let one = |(policy, id)| (policy, json!({ "revision_id": id }));
    Value::Object(followed.into_iter().map(one).collect::<Map<_, _>>())
}

/// What is answered about a group.
fn group(call: &Call, followed: BTreeMap<String, String>) -> Result<Value, Error> {
    let uri = locations::url(call, &["policy_groups", call.parameter("group")])?;
    Ok(json!({ "uri": uri, "policies": policies(followed) }))
}
