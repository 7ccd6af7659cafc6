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
    let catalogue = call.usecases().cookbooks(&caller).await?;
    let under = locations::url(&call, &["cookbooks"])?;
    let universes = &call.shared.universes;
    let universe = universes.of(&catalogue, under).await?;
    let coding = Coding::wanted(call.headers());
    let tag = coding.entity_tag(universe.tag());
    if universe::has(call.headers(), universe.tag()) {
        return Ok(Answer::not_modified(&tag).varying_by_coding());
    }
    Ok(Answer::encoded(universe.bytes(coding, &universes.workers).await?, coding.name(), &tag))
}
