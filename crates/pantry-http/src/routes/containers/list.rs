//! `GET /organizations/ORG/containers`: the names of all, each with where it is found.

use pantry_model::Error;
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::call::Call;

/// Every container of the organization, but for the one that is ours.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let names = call.usecases().list_containers(&caller).await?;
    let organization = call.organization()?.as_str();
    let located = names.into_iter().map(|name| {
        let url = call.url(&["organizations", organization, "containers", &name]);
        (name, Value::String(url))
    });
    Ok(Answer::ok(&located.collect::<Map<_, _>>()))
}
