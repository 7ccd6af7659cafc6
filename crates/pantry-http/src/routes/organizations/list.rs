//! `GET /organizations`: the names of all, each with where it is found.

use pantry_model::Error;
use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::call::Call;

/// Every organization, for superusers.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let names = call.usecases().all_applications(&caller).await?;
    let located = names.into_iter().map(|name| {
        let url = call.url(&["organizations", &name]);
        (name, Value::String(url))
    });
    Ok(Answer::ok(&located.collect::<Map<_, _>>()))
}
