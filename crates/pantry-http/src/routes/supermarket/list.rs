//! `GET cookbooks`: some of a shelf's cookbooks, in an order.

use pantry_model::Error;
use pantry_usecases::MarketOrder;

use super::{listed, page, shelf};
use crate::answer::Answer;
use crate::call::Call;

/// Lists cookbooks. How often one is downloaded is not counted, so who asks for such an order gets
/// them by name.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let shelf = shelf(&call).await?;
    let order = match call.query("order").as_deref() {
        Some("recently_updated") => MarketOrder::RecentlyUpdated,
        Some("recently_added") => MarketOrder::RecentlyAdded,
        _ => MarketOrder::Name,
    };
    let page = page(&call)?;
    let found = call.usecases().list_on_shelf(&shelf, None, order, page).await?;
    Ok(Answer::ok(&listed(&call, &shelf, page.0, &found)))
}
