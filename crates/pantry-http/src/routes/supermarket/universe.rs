//! `GET universe`: all versions of all of a shelf's cookbooks, what they depend on and where they are.

use pantry_model::Error;

use super::{shelf, url};
use crate::answer::Answer;
use crate::call::Call;
use crate::routes::universe::send;

/// Gives the universe, unless its reader has it.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let shelf = shelf(&call).await?;
    let cookbooks = call.usecases().cookbooks_on(&shelf).await?;
    let under = url(&call, &shelf, &[]);
    send(&call, &call.shared.markets, cookbooks, under).await
}
