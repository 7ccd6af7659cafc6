//! `POST /organizations`: a new one, with the key of the API client that may make its others. The
//! answer has the same shape in every version of the API.

use pantry_model::Error;
use pantry_model::chef::NewOrganization;
use pantry_model::refusals::organizations;
use pantry_usecases::NewApplication;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// Makes an organization.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let NewOrganization { name, full_name } = NewOrganization::read(&call.object()?)?;
    let caller = call.caller()?;
    let new = NewApplication { name: name.clone(), full_name: Some(full_name) };
    let made = call.usecases().create_application(&caller, new).await;
    let made = made.map_err(|error| match error {
        Error::ApplicationTaken(_) => organizations::taken().into(),
        error => error,
    })?;
    let uri = call.url(&["organizations", name.as_str()]);
    let body = json!({
        "uri": uri,
        "clientname": made.validator,
        "private_key": made.validator_key.to_pem().as_str(),
    });
    Ok(Answer::created_at(&uri, &body))
}
