//! `GET search`: a shelf's cookbooks whose names have all words of a search in them.

use pantry_model::Error;
use pantry_usecases::MarketOrder;

use super::{listed, page, shelf};
use crate::answer::Answer;
use crate::call::Call;

/// Lists what is found.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let shelf = shelf(&call).await?;
    let (words, page) = (call.query("q").unwrap_or_default(), page(&call)?);
    let order = MarketOrder::Name;
    let found = call.usecases().list_on_shelf(&shelf, Some(&words), order, page).await?;
    Ok(Answer::ok(&listed(&call, &shelf, page.0, &found)))
}
