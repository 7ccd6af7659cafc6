//! `POST search/INDEX`: of each object, only what is asked for. If nothing is, it is `GET`.

use pantry_model::Error;
use pantry_model::chef::PartialSearch;
use pantry_usecases::FoundObject;
use serde_json::Value;

use super::Asked;
use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Searches.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let asked = Asked::read(&call)?;
    match PartialSearch::read(call.body())? {
        None => asked.answer_whole(call).await,
        Some(wanted) => asked.answer(call, move |call, object| row(call, &wanted, &object)).await,
    }
}

/// Where an object is, and what is asked of it.
fn row(call: &Call, wanted: &PartialSearch, object: &FoundObject) -> Result<Vec<u8>, Error> {
    let url = Value::String(locations::url(call, &object.path())?);
    Ok(format!(r#"{{"url":{url},"data":{}}}"#, object.part(wanted)?).into_bytes())
}
