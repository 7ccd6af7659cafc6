//! `PUT …/_acl/PERMISSION`: replaces those who hold one permission.

use pantry_model::Error;
use pantry_model::chef::AceUpdate;
use pantry_usecases::AclOf;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// An empty object.
pub(super) async fn answer(call: &Call, of: AclOf<'_>) -> Result<Answer, Error> {
    let update = AceUpdate::read(call.parameter("permission"), &call.object()?)?;
    let caller = call.caller()?;
    call.usecases().update_ace(&caller, of, &update).await?;
    Ok(Answer::ok(&json!({})))
}
