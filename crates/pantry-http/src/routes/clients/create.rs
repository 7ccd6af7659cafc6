//! `POST /organizations/ORG/clients`: a new API client. This is how machines register themselves,
//! with a validator's key, and they speak version 0 to do it.

use pantry_model::Error;
use pantry_model::chef::ApiVersion;
use pantry_model::chef::clients::NewApiClient;
use pantry_usecases::KEY_READER;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::keys;

/// 201, with the API client's first key.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let object = call.object()?;
    let new = NewApiClient::read(&object, call.version(), KEY_READER)?;
    let caller = call.caller()?;
    let created = call.usecases().create_api_client(&caller, &new).await?;
    let organization = call.organization()?.as_str();
    let path = ["organizations", organization, "clients", created.name.as_str()];
    let uri = call.url(&path);
    let mut body = keys::object([("uri", json!(uri))]);
    let certificate = object.get("certificate").filter(|certificate| !certificate.is_null());
    match (call.version(), &created.key, certificate) {
        (_, None, _) => {}
        (ApiVersion::V0, Some(_), Some(certificate)) => {
            body.insert("certificate".to_owned(), certificate.clone());
        }
        (ApiVersion::V0, Some(key), None) => {
            body.insert("public_key".to_owned(), json!(key.public_key));
            keys::add_private(&mut body, Some(key));
        }
        (_, Some(key), _) => {
            body.insert("chef_key".to_owned(), json!(keys::first(&call, &path, key)));
        }
    }
    Ok(Answer::created_at(&uri, &body))
}
