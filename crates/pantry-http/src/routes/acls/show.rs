//! `GET …/_acl`: who may do what to something.

use pantry_model::Error;
use pantry_usecases::{AclOf, Names};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::call::Call;

/// The five permissions, each with its holders. `?detail=granular` tells users from API clients.
pub(super) async fn answer(call: &Call, of: AclOf<'_>) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let view = call.usecases().show_acl(&caller, of).await?;
    let is_granular = call.query("detail").as_deref() == Some("granular");
    let document: Map<String, Value> = view
        .into_iter()
        .map(|(permission, names)| (permission.to_string(), ace(&names, is_granular)))
        .collect();
    Ok(Answer::ok(&document))
}

fn ace(names: &Names, is_granular: bool) -> Value {
    if is_granular {
        json!({
            "actors": [],
            "users": names.users,
            "clients": names.clients,
            "groups": names.groups,
        })
    } else {
        json!({ "actors": names.actors().collect::<Vec<_>>(), "groups": names.groups })
    }
}
