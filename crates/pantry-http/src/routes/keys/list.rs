//! `GET …/keys`.

use pantry_model::Error;
use pantry_usecases::KeySummary;
use serde_json::{Value, json};

use super::{owner, url};
use crate::answer::Answer;
use crate::call::Call;

/// The actor's keys, and whether each has ended.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let keys = call.usecases().list_keys(&caller, owner(&call)).await?;
    let shown = |KeySummary { name, expired }: KeySummary| {
        let uri = url(&call, &name);
        json!({ "uri": uri, "name": name, "expired": expired })
    };
    Ok(Answer::ok(&keys.into_iter().map(shown).collect::<Vec<Value>>()))
}
