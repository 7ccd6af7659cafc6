//! `GET /organizations/ORG/containers`: the names of all, each with where it is found.

use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Every container of the organization, but for the one that is ours.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let names = call.usecases().list_containers(&caller).await?;
    locations::list(&call, &["containers"], names)
}
