//! `GET /organizations/NAME/association_requests`.

use pantry_model::Error;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;

/// Whom an organization has invited, and who has not answered.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let found = call.usecases().list_invitations(&caller, call.organization()?).await?;
    let items = found.iter().map(|it| json!({ "id": it.id, "username": it.user }));
    Ok(Answer::ok(&items.collect::<Vec<Value>>()))
}
