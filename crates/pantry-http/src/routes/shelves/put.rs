//! `PUT /organizations/SHELF/shelf`: without more, an organization becomes a shelf; else it must be
//! one, and what is said of it is so from now on.

use pantry_model::chef::ShelfUpdate;
use pantry_model::{ApplicationName, Error};
use serde::Serialize;

use crate::answer::Answer;
use crate::call::Call;

/// What was said.
#[derive(Serialize)]
struct Said<'a> {
    name: &'a ApplicationName,
    #[serde(skip_serializing_if = "Option::is_none")]
    published: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    granted_to_all: Option<bool>,
}

/// Makes a shelf, or changes one. The answer repeats what was said.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let name = call.organization()?;
    let update = ShelfUpdate::read(&call.object()?, name.as_str())?;
    let caller = call.caller()?;
    let is_new = if update.is_empty() {
        call.usecases().create_shelf(&caller, name).await?
    } else {
        call.usecases().update_shelf(&caller, name, &update).await?;
        false
    };
    let ShelfUpdate { published, granted_to_all } = update;
    let said = Said { name, published, granted_to_all };
    if is_new {
        let url = call.url(&["organizations", name.as_str(), "shelf"]);
        return Ok(Answer::created_at(&url, &said));
    }
    Ok(Answer::ok(&said))
}
