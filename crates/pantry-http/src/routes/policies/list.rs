//! `GET policies`: all policies, each with where it is found and which revisions it has.

use pantry_model::Error;
use serde_json::{Map, Value, json};

use super::revisions;
use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Lists policies.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let policies = call.usecases().list_policies(&caller).await?;
    let located = policies.into_iter().map(|(name, ids)| {
        let uri = locations::url(&call, &["policies", &name])?;
        Ok((name, json!({ "uri": uri, "revisions": revisions(ids) })))
    });
    Ok(Answer::ok(&located.collect::<Result<Map<String, Value>, Error>>()?))
}
