//! `GET /organizations/ORG/principals/NAME`: whose public keys there are under a name. Nobody needs
//! to sign for it.

use hyper::StatusCode;
use pantry_model::Error;
use pantry_model::chef::ApiVersion;
use pantry_usecases::{PrincipalView, Principals};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;

/// The actor of this name, or in version 1 all of them.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let (name, version) = (call.parameter("name"), call.version());
    // At the top, it is about the default organization.
    let organization = match (call.parameter("organization"), &call.shared.default_organization) {
        ("", Some(default)) => default.as_str(),
        (named, _) => named,
    };
    let known = match call.usecases().principals(organization, name, version).await? {
        Principals::NoOrganization => return Ok(not_found("org", organization)),
        Principals::Known(known) => known,
    };
    let mut shown = known.into_iter().map(document);
    Ok(match (version, shown.next()) {
        (_, None) => not_found("principal", name),
        (ApiVersion::V0, Some(only)) => Answer::ok(&only),
        (_, Some(first)) => {
            let all: Vec<Value> = std::iter::once(first).chain(shown).collect();
            Answer::ok(&json!({ "principals": all }))
        }
    })
}

fn document(principal: PrincipalView) -> Value {
    json!({
        "name": principal.name,
        "public_key": principal.public_key,
        "type": if principal.is_client { "client" } else { "user" },
        "authz_id": principal.id,
        "org_member": principal.is_member,
    })
}

fn not_found(what: &str, name: &str) -> Answer {
    let body = json!({ "not_found": what, "error": format!("Cannot find {what} {name}") });
    Answer::json(StatusCode::NOT_FOUND, &body)
}
