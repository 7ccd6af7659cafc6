//! `GET universe`: all versions of all cookbooks, what they depend on and where they are (RFC 14 of
//! Chef). Tools that choose versions themselves read it.

use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;
use crate::universe::{self, Coding};

/// Gives the universe, unless its reader has it.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let cookbooks = call.usecases().cookbooks(&caller).await?;
    let under = locations::url(&call, &["cookbooks"])?;
    let universe = call.shared.universes.of(cookbooks, under).await?;
    let coding = Coding::wanted(call.headers());
    let tag = coding.entity_tag(universe.tag());
    if universe::has(call.headers(), universe.tag()) {
        return Ok(Answer::not_modified(&tag).varying_by_coding());
    }
    let body = call.shared.universes.body(&universe, coding).await?;
    Ok(Answer::encoded(body, coding.name(), &tag))
}
