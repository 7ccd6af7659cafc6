//! `PUT /organizations/ORG/clients/NAME`: changes an API client.
//!
//! The original looks for the API client before it looks at the body, and answers with the body as
//! it has understood it, not with what it has stored.

use pantry_model::chef::ApiVersion;
use pantry_model::chef::clients::ApiClientUpdate;
use pantry_model::refusals::clients;
use pantry_model::{Error, Refusal};
use pantry_usecases::{KEY_READER, UpdatedApiClient};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::keys;

/// The request's body, with what it has left out.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let name = call.parameter("name");
    let (body, update) = match read(&call) {
        Ok(read) => read,
        Err(refusal) => {
            if call.usecases().has_api_client(call.organization()?, name).await? {
                return Err(refusal.into());
            }
            call.caller()?;
            return Err(clients::not_found(name).into());
        }
    };
    let caller = call.caller()?;
    let updated = call.usecases().update_api_client(&caller, name, &update).await?;
    let uri = call.url(&["organizations", call.organization()?.as_str(), "clients", &updated.name]);
    let is_renamed = updated.renamed;
    let body = understood(body, call.version(), updated);
    Ok(if is_renamed { Answer::created_at(&uri, &body) } else { Answer::ok(&body) })
}

fn read(call: &Call) -> Result<(Map<String, Value>, ApiClientUpdate), Refusal> {
    let object = call.object()?;
    let update = ApiClientUpdate::read(&object, call.version(), KEY_READER)?;
    Ok((object, update))
}

fn understood(
    mut body: Map<String, Value>,
    version: ApiVersion,
    updated: UpdatedApiClient,
) -> Map<String, Value> {
    body.remove("id");
    for field in ["name", "clientname"] {
        body.insert(field.to_owned(), json!(updated.name));
    }
    body.insert("validator".to_owned(), json!(updated.validator));
    body.entry("json_class").or_insert_with(|| json!("Chef::ApiClient"));
    body.entry("chef_type").or_insert_with(|| json!("client"));
    if version > ApiVersion::V0 {
        return body;
    }
    let is_given =
        ["public_key", "certificate"].iter().any(|it| body.get(*it).is_some_and(|v| !v.is_null()));
    let is_made = updated.made.as_ref().is_some_and(|made| made.private_key.is_some());
    if is_made || !is_given {
        body.remove("certificate");
        body.insert("public_key".to_owned(), json!(updated.public_key));
    }
    // Where no key was made, the original says so.
    body.insert("private_key".to_owned(), json!(false));
    keys::add_private(&mut body, updated.made.as_ref());
    body
}
