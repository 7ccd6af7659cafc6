//! `GET /organizations/ORG/clients`.

use pantry_model::Error;
use serde_json::{Map, json};

use crate::answer::Answer;
use crate::call::Call;

/// The API clients by name, with their URLs.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let names = call.usecases().list_api_clients(&caller).await?;
    let organization = call.organization()?.as_str();
    let url = |name: String| {
        let url = call.url(&["organizations", organization, "clients", &name]);
        (name, json!(url))
    };
    let clients: Map<_, _> = names.into_iter().map(url).collect();
    Ok(Answer::ok(&clients))
}
