//! `GET /organizations/ORG/groups`: the names of all, each with where it is found.

use pantry_model::Error;
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::call::Call;

/// Every group of the organization.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let names = call.usecases().list_groups(&caller).await?;
    let organization = call.organization()?.as_str();
    let located = names.into_iter().map(|name| {
        let url = call.url(&["organizations", organization, "groups", &name]);
        (name, Value::String(url))
    });
    Ok(Answer::ok(&located.collect::<Map<_, _>>()))
}
