//! `GET /organizations/ORG/groups`: the names of all, each with where it is found.

use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Every group of the organization.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let names = call.usecases().list_groups(&caller).await?;
    locations::list(&call, &["groups"], names)
}
