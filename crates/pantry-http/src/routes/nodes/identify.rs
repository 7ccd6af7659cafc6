//! `GET nodes/NAME/_identifiers`: the ids of a node, for other services on the server's machine. They
//! do not sign for it. Nothing else has ids that are told.

use pantry_model::refusals::{nodes, request};
use pantry_model::{Class, Error, Refusal};
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// The ids of a node and of its organization. 403 for who asks from elsewhere.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    if !call.is_local() {
        let sentence = "only programs on the server's own machine may ask this";
        return Err(Refusal::listed(Class::Forbidden, sentence).into());
    }
    let (organization, kind) = (call.parameter("organization"), call.parameter("kind"));
    if kind != "nodes" {
        return Err(nodes::not_identified(kind).into());
    }
    let missing = || request::no_such_organization(organization);
    let organization = organization.parse().map_err(|_| missing())?;
    let ids = call.usecases().identify_node(&organization, call.parameter("name")).await?;
    let body = json!({ "id": ids.node, "authz_id": ids.node, "org_id": ids.application });
    Ok(Answer::ok(&body))
}
