//! `GET search/INDEX`: whole objects.

use pantry_model::Error;

use super::Asked;
use crate::answer::Answer;
use crate::call::Call;

/// Searches.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    Asked::read(&call)?.answer_whole(call).await
}
